"""How deep one call goes and how many modules it enters: a patient-view call with prefetch for a sandbox patient.

Run this in a separate process with the root of the checkout as working directory and in PYTHONPATH. It uses HTTP as an
EHR does (discovery, the FHIR server of the demo, the hook), so it can also measure a checkout with another layout.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

Json = dict[str, Any]
PATIENT = "grade-2-worsening"  # as in the README
NOW = datetime(2026, 3, 8, 9, 0, tzinfo=UTC)
PACKAGE = Path.cwd() / "cds_service"


class Profile:
    """Records the modules of the service that a call enters, and the deepest stack of its functions.

    A comprehension, generator expression or lambda does not count as a function.
    """

    def __init__(self) -> None:
        self.modules: set[str] = set()
        self.deepest: list[str] = []
        self.deepest_modules = 0

    def __call__(self, frame: FrameType, event: str, _argument: object) -> None:
        """The callback for `sys.setprofile`."""
        if event == "call" and _is_ours(frame):
            self.modules.add(frame.f_code.co_filename)
            stack = list(_stack(frame))
            self.deepest = max(self.deepest, [_name(one) for one in stack], key=len)
            self.deepest_modules = max(self.deepest_modules, len({one.f_code.co_filename for one in stack}))


def main() -> None:
    """Print the figures as JSON."""
    profile = profile_of_a_call()
    figures = {
        "call_depth": len(profile.deepest),
        "call_depth_in_modules": profile.deepest_modules,
        "call_modules": len(profile.modules),
    }
    print(json.dumps({"figures": figures, "places": {"call_depth": profile.deepest[::-1]}}))


def profile_of_a_call() -> Profile:
    """The profile of a second call, so that work done only once is left out."""
    from cds_service.app import create_app  # noqa: PLC0415 (of the checkout that is measured)
    from cds_service.settings import Settings  # noqa: PLC0415

    client = create_app(Settings(demo=True, decision_log="/dev/null"), now=lambda: NOW).test_client()
    services = client.get("/cds-services").get_json()["services"]
    service = next(one for one in services if one["hook"] == "patient-view")
    body = _body({key: client.get(_query(template)).get_json() for key, template in service["prefetch"].items()})
    profile = Profile()
    for watch in (None, profile):
        sys.setprofile(watch)
        answer = client.post(f"/cds-services/{service['id']}", json=body)
        sys.setprofile(None)
        if not answer.get_json().get("cards"):
            raise RuntimeError(f"the service answered {answer.status_code} without a card")
    if not profile.modules:
        raise RuntimeError(f"it was not the service in {PACKAGE} that answered")
    return profile


def _query(template: str) -> str:
    return f"/fhir/{template.replace('{{context.patientId}}', PATIENT)}"


def _body(prefetch: Json) -> Json:
    context = {"userId": "Practitioner/demo", "patientId": PATIENT}
    identity = "5a1f5b1e-9f0c-4b3c-8e38-6a0e3b0f7d11"
    return {"hook": "patient-view", "hookInstance": identity, "context": context, "prefetch": prefetch}


def _stack(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        if _is_ours(frame) and not frame.f_code.co_name.startswith("<"):
            yield frame
        frame = frame.f_back


def _is_ours(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(f"{PACKAGE}/")


def _name(frame: FrameType) -> str:
    return f"{Path(frame.f_code.co_filename).relative_to(PACKAGE.parent)} {frame.f_code.co_name}"


if __name__ == "__main__":
    main()
