"""The vocabularies of the machine-readable answer are the enumerations of the code, no more and no less."""

from __future__ import annotations

import json
from pathlib import Path

from cds_service.clinical.advice.recommendations import Recommendation
from cds_service.clinical.facts.gap import GapKind

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "evaluation.schema.json").read_text())


def test_kinds_of_gaps() -> None:
    assert SCHEMA["properties"]["gaps"]["items"]["properties"]["kind"]["enum"] == list(GapKind)


def test_recommendations() -> None:
    assert SCHEMA["properties"]["recommendations"]["items"]["enum"] == list(Recommendation)
