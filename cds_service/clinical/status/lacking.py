"""Missing records on which everything else depends: the therapy, the birth date (rules T7, U1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from cds_service.clinical.grading.domain import Concern, Icans
from cds_service.clinical.status.ask import Ask, AskCode, Assessment
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.grade import Certainty

# Where one of these is all there is to ask, what is lacking is asked for in its place.
_QUIET = frozenset({AskCode.ICANS_1, AskCode.NEXT_ASSESSMENT})


class Lack(StrEnum):
    """What is to be recorded; the values are keys of the card texts."""

    THERAPY = "therapy"
    BIRTH_DATE = "birth-date"


def lacking(evaluation: Evaluation, asks: Sequence[Ask]) -> Iterator[Lack]:
    """All that is missing; none if data did not arrive, because it is then unknown what was recorded."""
    if evaluation.attention is Attention.FAILED:
        return
    if evaluation.attention is Attention.NO_THERAPY and evaluation.received.therapy_checked:
        yield Lack.THERAPY
    if needs_birth_date(evaluation.icans) or _assessed_by_unknown(evaluation, asks):
        yield Lack.BIRTH_DATE


def lack_first(evaluation: Evaluation, asks: Sequence[Ask], lacks: Sequence[Lack]) -> Lack | None:
    """What the summary asks for instead of the first ask; the therapy if both are missing.

    A birth date that decides which score counts comes before another score, unless a cause must be treated first.
    """
    ask = asks[0].code if asks else None
    if not lacks or ask is None or ask in _QUIET:
        return next(iter(lacks), None)
    decides = lacks[0] is Lack.BIRTH_DATE and needs_birth_date(evaluation.icans) and not evaluation.look_alikes.first
    return Lack.BIRTH_DATE if decides and ask is AskCode.ASSESS_NOW else None


def needs_birth_date(icans: Icans) -> bool:
    """Whether scores are on record and only the birth date decides which one counts (rule T7)."""
    return icans.score is not None and icans.score.concern is Concern.BIRTH_DATE


def _assessed_by_unknown(evaluation: Evaluation, asks: Sequence[Ask]) -> bool:
    """Whether a score is asked for to settle the grade, and it is not known which."""
    figures = (ask.figure for ask in asks if ask.code is AskCode.ASSESS_NOW)
    awake = any(isinstance(one, Assessment) and one.sedation is None for one in figures)
    return awake and evaluation.instrument is None and evaluation.icans.certainty is not Certainty.EXACT
