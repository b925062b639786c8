"""The detail of the status card: what to do now, why, gaps, running treatment, risk, sources; one line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cds_service.clinical.status.ask import AskCode
from cds_service.clinical.status.attention import Attention
from cds_service.rendering.status_card.acts import Act, acts_of, avoided_line, ct_line
from cds_service.rendering.status_card.lines import footer_line, missing_line, risk_line, running_line, why_line
from cds_service.rendering.words.view import View
from cds_service.rendering.words.wording import bullets, words_in


class DetailContent(NamedTuple):
    """The content of a detail: its entries, and whether it includes risk and gaps that do not affect the grade."""

    acts: Sequence[Act]
    risk: bool = True
    all_missing: bool = True


def detail_of(view: View) -> str:
    """As much as the word limit allows, as Markdown."""
    return _text(view, content_of(view))


def content_of(view: View) -> DetailContent:
    """As much as fits: entries are dropped first, in the reverse order of rule Q, then the risk."""
    acts = _first(acts_of(view), view.wording.behaviour.detail.acts)
    shorter = tuple(_shorter(DetailContent((), risk=False) if _is_quiet(view) else DetailContent(acts)))
    fitting = (one for one in shorter if words_in(_text(view, one)) <= allowed(view, one.acts))
    return next(fitting, shorter[-1])


def _is_quiet(view: View) -> bool:
    """Whether nothing is asked for except the next assessment."""
    codes = {ask.code for ask in view.answer.asks}
    return codes <= {AskCode.NEXT_ASSESSMENT} and view.evaluation.attention is not Attention.FAILED


def _first(acts: Sequence[Act], number: int) -> tuple[Act, ...]:
    """The first entries, and all that must be kept."""
    room = max(0, number - sum(act.kept for act in acts))
    chosen = [act for act in acts if not act.kept][:room]
    return tuple(act for act in acts if act.kept or act in chosen)


def _shorter(whole: DetailContent) -> Iterator[DetailContent]:
    """Successively shorter versions: without what does not affect the grade, entries after the first, then the risk."""
    yield whole
    yield whole._replace(all_missing=False)
    acts = list(whole.acts)
    for act in [act for act in reversed(whole.acts) if not act.kept]:
        if len(acts) > 1:
            acts.remove(act)
            yield DetailContent(tuple(acts), all_missing=False)
    yield DetailContent(tuple(acts), risk=False, all_missing=False)


def allowed(view: View, acts: Iterable[Act]) -> int:
    """The number of words that these entries allow."""
    limits = view.wording.behaviour.detail
    if sum(act.treats for act in acts) > 1:
        return limits.words_two_treatments
    return limits.words_no_icans if view.evaluation.icans.all.hi == 0 else limits.words


def _text(view: View, content: DetailContent) -> str:
    lines = ("\n".join(bullets("", (act.text for act in content.acts))), *_lines(view, content))
    return "\n\n".join(filter(None, lines))


def _lines(view: View, content: DetailContent) -> Iterator[str]:
    if view.evaluation.attention is not Attention.FAILED:
        yield ct_line(view)
        yield avoided_line(view)
        yield why_line(view, whole=content.all_missing)
        yield missing_line(view, whole=content.all_missing)
        yield running_line(view)
        yield risk_line(view) if content.risk else ""
    yield footer_line(view)
