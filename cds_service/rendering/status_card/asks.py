"""What to do next, in a few words each, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cds_service.clinical.status.phrase import Phrase
from cds_service.rendering.status_card.crs import crs_grade
from cds_service.rendering.status_card.look_alikes import first_texts
from cds_service.rendering.words.view import View


def ask_texts(view: View) -> Iterator[str]:
    """Each ask; ICU and what follows it about a corticosteroid are one phrase."""
    due = view.evaluation.next_assessment
    values = {
        "what": ", ".join(first_texts(view)),
        "instrument": view.instrument,
        "crs": crs_grade(view),
        "time": view.at_briefly(due) if due else "",
    }
    yield from (view.say(f"status.ask.{key}", **values) for key in _keys(view.answer.phrases))


def _keys(asks: Sequence[Phrase]) -> Iterator[str]:
    for before, ask, after in zip((None, *asks), asks, (*asks[1:], None), strict=False):
        if ask is Phrase.ICU and after is not None and after.is_steroid:
            continue
        yield f"{Phrase.ICU}-{ask}" if before is Phrase.ICU and ask.is_steroid else str(ask)
