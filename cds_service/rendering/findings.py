"""Why this grade: the table of the domains."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.grade import Range
from cds_service.clinical.icans import Domain
from cds_service.rendering.view import View


def findings_table(view: View) -> Iterator[str]:
    """Each domain with its finding, time and grade; what decided comes in the title."""
    icans = view.evaluation.icans
    if not icans.domains:
        return
    decided = [view.wording.word(f"status.domain.{name}") for name in icans.decided_by]
    grade = "" if icans.grade is None else view.say("detail.charted.ours", grade=icans.grade)
    titled = view.say("detail.section.why", grade=grade, domains=", ".join(decided)) if decided else ""
    yield titled or view.say("detail.section.why-not")
    yield ""
    yield from (view.say("detail.table.header"), view.say("detail.table.rule"))
    yield from (_row(view, domain) for domain in icans.domains)


def _row(view: View, domain: Domain) -> str:
    time = view.at(domain.time) if domain.time else "-"
    name = view.wording.word(f"status.domain.{domain.name}")
    return view.say(
        "detail.table.row", domain=name, finding=_finding(view, domain), time=time, grade=_grade(view, domain.range)
    )


def _finding(view: View, domain: Domain) -> str:
    if not domain.value:
        return view.wording.word(f"status.value.{domain.concern or 'none'}")
    text = (
        f"{domain.value} of {view.evaluation.chart.rules.grading.ice.maximum}"
        if domain.name == "ice"
        else view.value(domain)
    )
    notes = [
        domain.scale if domain.scale not in ("", "ASTCT") else "",
        _concern(view, domain),
        _explained(view, domain),
    ]
    return "; ".join(filter(None, (text, *notes)))


def _concern(view: View, domain: Domain) -> str:
    return view.wording.word(f"status.concern.{domain.concern}") if domain.concern else ""


def _explained(view: View, domain: Domain) -> str:
    if not domain.explained_by:
        return ""
    cause = view.wording.quoted(view.wording.word(f"status.value.{domain.explained_by}"))
    return view.say("detail.table.explained", cause=cause)


def _grade(view: View, graded: Range) -> str:
    if graded.lo == graded.hi:
        return view.say("detail.grade.exact", lo=graded.lo)
    return view.say(f"detail.grade.{'range' if graded.lo else 'up-to'}", lo=graded.lo, hi=graded.hi)
