"""The full assessment of a patient, in the order in which a clinician looks for it.

As GitHub-flavoured Markdown, and the same as HTML. A site without an app can use it as the detail of its status card.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from markdown_it import MarkdownIt

from cds_service.clinical.course.charted import ChartedGrade
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.tables.grade import Certainty
from cds_service.rendering.status_card.course import course_sentences
from cds_service.rendering.status_card.doubts import gap_lines
from cds_service.rendering.status_card.findings import findings_table
from cds_service.rendering.status_card.look_alikes import cause_lines, look_alike_lines, missing_lines
from cds_service.rendering.status_card.notes import note_lines
from cds_service.rendering.status_card.options import option_blocks
from cds_service.rendering.status_card.risk import risk_lines
from cds_service.rendering.status_card.treatment import treatment_lines
from cds_service.rendering.words.view import View, footer_lines
from cds_service.rendering.words.wording import bullets

_markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def as_html(markdown: str) -> str:
    """Our own Markdown as HTML; HTML inside it stays text, and images are not loaded."""
    html: str = _markdown.render(markdown)
    return html


def full_assessment(view: View) -> str:
    """A charted grade that differs, then every section that has content."""
    parts = (_section(view, one) for one in _sections(view))
    return "\n\n".join(filter(None, (*_charted(view), *parts)))


def _urgency(view: View) -> str:
    """The rows of table U that call for the indicator, each once, and the rule of the first ask."""
    urgency, ask = view.evaluation.urgency, view.answer.ask
    reasons = dict.fromkeys(view.say(f"detail.urgency.{one.row}", value=one.value) for one in urgency.reasons)
    why = view.say(f"detail.indicator.{urgency.indicator.value}", reasons="; ".join(reasons))
    return " ".join(filter(None, (why, view.say("detail.indicator.ask", rule=ask.rule) if ask else "")))


class _Section(NamedTuple):
    """A section by its name, which is the key of its heading, and its blocks of Markdown."""

    name: str
    blocks: Iterable[str]


def _sections(view: View) -> Iterator[_Section]:
    """The sections in order; after a failure only those that do not depend on the record."""
    evaluation = view.evaluation
    yield _Section("options", option_blocks(view))
    if evaluation.attention is not Attention.FAILED:
        others = (*cause_lines(view), *look_alike_lines(view), *missing_lines(view))
        domains = (_urgency(view), "\n".join(findings_table(view)), "\n".join(note_lines(view)))
        yield _Section("domains", domains)
        yield _Section("course", (*course_sentences(view), *treatment_lines(view)))
        yield _Section("risk", ("\n".join(bullets("", risk_lines(view))),))
        yield _Section("look-alikes", ("\n".join(bullets("", others)),))
    yield _Section("data", ("\n".join(bullets("", gap_lines(view))),))
    yield _Section("sources", footer_lines(view))


def _section(view: View, section: _Section) -> str:
    """A heading with its blocks; empty if there are none."""
    filled = [block for block in section.blocks if block]
    return "\n\n".join((f"## {view.say(f'detail.section.{section.name}')}", *filled)) if filled else ""


def _charted(view: View) -> Iterator[str]:
    """A charted grade that differs from the computed one comes first, for ICANS and CRS (rule G4)."""
    evaluation, icans, crs = view.evaluation, view.evaluation.icans, view.evaluation.crs
    yield from _differing(view, "icans", evaluation.charted_icans, _Computed(icans.certainty, icans.known_grade))
    yield from _differing(view, "crs", evaluation.charted_crs, _Computed(crs.certainty, crs.grade))


class _Computed(NamedTuple):
    """The computed grade, None if there is none, and how certain it is."""

    certainty: Certainty
    grade: int | None


def _differing(view: View, scale: str, record: ChartedGrade | None, ours: _Computed) -> Iterator[str]:
    if record is not None and record.differs:
        key = "-none" if ours.grade is None else "-at-least" if ours.certainty is Certainty.AT_LEAST else ""
        computed = view.say(f"detail.charted.ours{key}", grade=ours.grade)
        values = {"grade": record.grade, "time": view.at(record.time), "ours": computed}
        yield view.say(f"detail.charted.differs-{scale}", **values)
