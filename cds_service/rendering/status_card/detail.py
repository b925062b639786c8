"""The detail of the status card: what to do now, why, what is missing, what runs, risk, where from; a line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cds_service.clinical.status.ask import AskCode
from cds_service.clinical.status.attention import Attention
from cds_service.rendering.status_card.acts import Act, acts_of, avoided_line
from cds_service.rendering.status_card.lines import footer_line, missing_line, risk_line, running_line, why_line
from cds_service.rendering.words.view import View
from cds_service.rendering.words.wording import bullets, words_in


class Told(NamedTuple):
    """How much a detail tells: its entries, and whether the risk and what does not bear on the grade have a line."""

    acts: Sequence[Act]
    risk: bool = True
    all_missing: bool = True


def detail_of(view: View) -> str:
    """What there is room for, as Markdown."""
    return _text(view, told_of(view))


def told_of(view: View) -> Told:
    """As much as there are words for: entries go first, in the reverse order of rule Q, then the risk."""
    acts = _first(acts_of(view), view.wording.behaviour.detail.acts)
    shorter = tuple(_shorter(Told((), risk=False) if _is_quiet(view) else Told(acts)))
    fitting = (one for one in shorter if words_in(_text(view, one)) <= allowed(view, one.acts))
    return next(fitting, shorter[-1])


def _is_quiet(view: View) -> bool:
    """Whether nothing is asked for but the next assessment."""
    codes = {ask.code for ask in view.answer.asks}
    return codes <= {AskCode.NEXT_ASSESSMENT} and view.evaluation.attention is not Attention.FAILED


def _first(acts: Sequence[Act], number: int) -> tuple[Act, ...]:
    """The first of them, and all that are always kept."""
    room = max(0, number - sum(act.kept for act in acts))
    chosen = [act for act in acts if not act.kept][:room]
    return tuple(act for act in acts if act.kept or act in chosen)


def _shorter(whole: Told) -> Iterator[Told]:
    """The same with less and less: what does not bear on the grade, entries but the first, the risk."""
    yield whole
    yield whole._replace(all_missing=False)
    acts = list(whole.acts)
    for act in [act for act in reversed(whole.acts) if not act.kept]:
        if len(acts) > 1:
            acts.remove(act)
            yield Told(tuple(acts), all_missing=False)
    yield Told(tuple(acts), risk=False, all_missing=False)


def allowed(view: View, acts: Iterable[Act]) -> int:
    """How many words there may be beside these entries."""
    limits = view.wording.behaviour.detail
    if sum(act.treats for act in acts) > 1:
        return limits.words_two_treatments
    return limits.words_no_icans if view.evaluation.icans.all.hi == 0 else limits.words


def _text(view: View, told: Told) -> str:
    lines = ("\n".join(bullets("", (act.text for act in told.acts))), *_lines(view, told))
    return "\n\n".join(filter(None, lines))


def _lines(view: View, told: Told) -> Iterator[str]:
    if view.evaluation.attention is not Attention.FAILED:
        yield avoided_line(view)
        yield why_line(view)
        yield missing_line(view, whole=told.all_missing)
        yield running_line(view)
        yield risk_line(view) if told.risk else ""
    yield footer_line(view)
