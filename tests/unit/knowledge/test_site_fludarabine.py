"""The label of fludarabine that a site follows (docs/site-file.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from cds_service.app import knowledge_of
from cds_service.cases.case import Case, Expected
from cds_service.cases.verdict import assessed
from cds_service.errors import KnowledgeError
from cds_service.settings import Settings


def state_with(tmp_path: Path, text: str, creatinine: float) -> str:
    """What is said of a full dose of fludarabine at this creatinine; the patient weighs 80 kg and is 60 years old."""
    file = tmp_path / "site.toml"
    file.write_text(text, encoding="utf-8")
    knowledge = knowledge_of(Settings(guideline=(str(file),)))
    given = tuple((f"{days} d", "fludarabine", {"mg": 60}) for days in (10, 9, 8))
    records = (("11 d", "body-weight", 80), ("11 d", "body-height", 180), ("11 d", "creatinine", creatinine))
    case = Case("", ("R5",), Expected(), records=records, drugs=given)
    evaluation = assessed(case, knowledge.protocol).evaluation
    return next(str(one.state) for one in evaluation.risk.factors if one.name == "fludarabine-renal")


@pytest.mark.rule("R5")
@pytest.mark.parametrize(
    ("text", "creatinine", "state"),
    [
        ("", 1.12, "present"),  # a clearance of 79
        ('[fludarabine]\nlabel = "fludara"\n', 1.12, "present"),
        ('[fludarabine]\nlabel = "generic"\n', 1.12, "absent"),
        ('[fludarabine]\nlabel = "generic"\n', 1.26, "absent"),  # 70.5
        ('[fludarabine]\nlabel = "generic"\n', 1.28, "present"),  # 69.4
    ],
)
def test_the_site_says_by_which_label_a_full_dose_is_judged(
    tmp_path: Path, text: str, creatinine: float, state: str
) -> None:
    assert state == state_with(tmp_path, text, creatinine)


def test_an_unknown_label_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="fludarabine: label: 'mine' is none of fludara, generic"):
        state_with(tmp_path, '[fludarabine]\nlabel = "mine"\n', 1)
