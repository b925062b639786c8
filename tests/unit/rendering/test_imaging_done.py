"""Which imaging takes the MRI off what is drafted and asked for."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from cds_service.cases.case import NOW, Case, Expected
from cds_service.cases.verdict import assessed
from cds_service.clinical.tables.vocabulary import Action
from cds_service.knowledge import Knowledge
from cds_service.rendering.status_card.acts import acts_of
from cds_service.rendering.words.view import Clock, View

RECORDS = (("1 h", "ice-total", 5), ("1 h", "consciousness", "alert"), ("1 h", "body-temperature", 36.8))
MRI, CT = {"modality": "mri"}, {"modality": "ct"}


@pytest.mark.rule("P3")
@pytest.mark.parametrize(
    ("imaging", "wanted"),
    [
        ((), True),
        ((("2 h", "neuroimaging", "normal", MRI),), False),
        ((("72 h", "neuroimaging", "normal", MRI),), False),
        ((("73 h", "neuroimaging", "normal", MRI),), True),
        ((("2 h", "neuroimaging", "normal", CT),), True),
        ((("2 h", "neuroimaging", "other", CT),), True),
        ((("2 h", "neuroimaging", "normal"),), True),
        ((("2 h", "neuroimaging", "other"),), False),
        ((("2 h", "neuroimaging", "normal", CT), ("5 h", "neuroimaging", "normal", MRI)), False),
    ],
)
def test_an_mri_or_an_unknown_image_that_shows_something_takes_it_off(
    knowledge: Knowledge, imaging: tuple[Any, ...], *, wanted: bool
) -> None:
    answer = assessed(Case("a patient", (), Expected(), records=(*RECORDS, *imaging)), knowledge.protocol)
    view = View(answer, knowledge.wording, Clock(NOW, UTC), demo=False)

    drafted = Action.MRI in {one.action for one in answer.proposals}
    named = "brain MRI" in "\n".join(act.text for act in acts_of(view))

    assert (wanted, wanted) == (drafted, named)
