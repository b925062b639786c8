"""How long the most expensive requests within all limits take in one process: python -m bench.worst."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from cds_service.app import create_app
from cds_service.settings import BYTES_A_MB, Settings
from tests.builders import (
    LOINC,
    NOW,
    alert,
    axi_cel,
    bundle,
    concept,
    dosage,
    draft,
    given,
    hook_request,
    hours_ago,
    ice,
    observation,
    order_call,
    prefetch,
    quantity,
)
from tests.excess import encoded, excess

Json = dict[str, Any]
SETTINGS = Settings(demo=True, decision_log="off")
ENTRIES, DRAFTS, MOST = SETTINGS.entry_limit - 3, SETTINGS.draft_limit, SETTINGS.body_limit_mb * BYTES_A_MB
DEXAMETHASONE = "3264"


class Costly(NamedTuple):
    """A request with as many parts as the limits allow."""

    what: str
    service: str
    body: Json


def temperature(hours: float) -> Json:
    """A temperature, alternately with and without fever."""
    return observation("8310-5", hours, LOINC, valueQuantity=quantity(36 + hours % 4, "Cel"))


def questionnaire(hours: float) -> Json:
    """A QuestionnaireResponse with many answers."""
    items = [{"linkId": str(number), "text": "x", "answer": [{"valueInteger": 1}]} for number in range(900)]
    subject, status = {"reference": "Patient/p-1"}, "completed"
    return {"resourceType": "QuestionnaireResponse", "id": f"q-{hours}", "subject": subject, "status": status} | {
        "authored": hours_ago(hours),
        "item": items,
    }


def panel(hours: float) -> Json:
    """An assessment with many components."""
    parts = [{"code": concept("orientation-year"), "valueBoolean": True} for _ in range(900)]
    return observation("ice-total", hours, component=parts)


def spread(make: Callable[[float], Json], count: int) -> Json:
    """So many resources, spread evenly over the last 45 days."""
    return bundle(*[make(0.1 + number * 1080 / count) for number in range(count)])


def costly() -> Iterator[Costly]:
    """For each kind of data, the most expensive request."""
    about = {"neuro": bundle(ice(5), alert()), "therapy": bundle(axi_cel())}
    scores = spread(lambda hours: ice(int(hours) % 11, hours), ENTRIES)
    drugs = spread(lambda hours: given(DEXAMETHASONE, hours), ENTRIES)
    fat = [draft(DEXAMETHASONE, *[dosage(4, hours=6)] * 480) for _ in range(DRAFTS)]
    view = "icans-patient-view"
    yield Costly("assessments", view, hook_request(prefetch(**about | {"neuro": scores})))
    yield Costly("temperatures", view, hook_request(prefetch(**about, vitals=spread(temperature, ENTRIES))))
    yield Costly("doses", view, hook_request(prefetch(**about, drugs=drugs)))
    yield Costly(
        "questionnaires of 900 answers",
        view,
        hook_request(prefetch(**about, questionnaires=spread(questionnaire, 300))),
    )
    yield Costly("panels of 900 components", view, hook_request(prefetch(**about | {"neuro": spread(panel, 140)})))
    yield Costly("draft orders of 480 dosages", "icans-order-sign", order_call(*fat, **about))
    # Few enough values, and small enough, not to be refused.
    for one in excess(SETTINGS.value_limit // 2 - 1000, int(MOST) - 10_000):
        yield Costly(one.what, one.service, one.body)


def main() -> None:
    """Print how many seconds each request takes."""
    client = create_app(SETTINGS, now=lambda: NOW).test_client()
    table = Table("as much as may be", "MB", "status", "kB back", "s")
    for what, service, request in costly():
        body = encoded(request)
        if len(body) > MOST:
            raise RuntimeError(f"{what}: larger than a body may be")
        begun = time.perf_counter()
        answer = client.post(f"/cds-services/{service}", data=body, content_type="application/json")
        took = time.perf_counter() - begun
        table.add_row(
            what,
            f"{len(body) / BYTES_A_MB:.1f}",
            str(answer.status_code),
            f"{len(answer.data) / 1024:.0f}",
            f"{took:.2f}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
