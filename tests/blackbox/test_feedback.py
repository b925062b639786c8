"""What CDS Hooks requires of feedback (B)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.blackbox.ehr import Ehr
from tests.hooks.ehr import SERVICE


@pytest.mark.requirement("hooks:B1")
@pytest.mark.requirement("hooks:B2")
@pytest.mark.requirement("hooks:B3")
@pytest.mark.requirement("hooks:B4")
@pytest.mark.requirement("hooks:B5")
@pytest.mark.requirement("hooks:B6")
def test_feedback_is_received_in_every_form(ehr: Ehr, graded: dict[str, Any]) -> None:
    (card,) = graded["cards"]
    time = datetime.now(UTC).isoformat(timespec="seconds")
    reason = {"reason": {"code": "x", "system": "urn:x"}}
    entries: list[dict[str, Any]] = [
        {"outcome": "accepted", "acceptedSuggestions": [{"id": card["suggestions"][0]["uuid"]}]},
        {"outcome": "overridden", "overrideReason": reason},
        {"outcome": "overridden", "overrideReasons": [reason], "extension": {"com.epic.x": 1}},
        {"outcome": "overridden"},
    ]
    body = {"feedback": [{"card": card["uuid"], "outcomeTimestamp": time} | entry for entry in entries]}
    response = ehr.post(body, f"{SERVICE}/feedback")

    assert 200 == response.status_code
    assert (4, 0) == (response.json()["received"], response.json()["unknownCards"])
