"""The table of domains that explains the grade."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.course.concepts import ICE
from cds_service.clinical.facts.patient import Need
from cds_service.clinical.grading.domain import Concern, Domain
from cds_service.clinical.tables.grade import Certainty, Range
from cds_service.rendering.status_card.doubts import limited_by
from cds_service.rendering.words.values import finding
from cds_service.rendering.words.view import View


def findings_table(view: View) -> Iterator[str]:
    """Each domain with its finding, time and grade; the title names the deciding domains."""
    icans = view.evaluation.icans
    if not icans.domains:
        return
    yield _title(view)
    yield ""
    yield from (view.say("detail.table.header"), view.say("detail.table.rule"))
    yield from (_row(view, domain) for domain in icans.domains)


def items_text(view: View) -> str:
    """The points of the tested items, in the order of the score."""
    present = view.evaluation.scores.present
    items = present.items.items() if present else ()
    return ", ".join(f"{view.say(f'status.item.{item}')} {points}" for item, points in items)


def _title(view: View) -> str:
    icans = view.evaluation.icans
    if not icans.decided_by:
        return view.say("detail.section.why-not")
    decided = ", ".join(view.say(f"status.domain.{name}") for name in icans.decided_by)
    key = "why-at-least" if icans.certainty is Certainty.AT_LEAST else "why"
    return view.say(f"detail.section.{key}", grade=icans.grade, domains=decided)


def _row(view: View, domain: Domain) -> str:
    values = {
        "domain": view.instrument if domain is view.score else view.say(f"status.domain.{domain.name}"),
        "finding": _finding(view, domain),
        "time": view.at(domain.time) if domain.time else "-",
        "grade": _grade(view, domain.range),
    }
    return view.say("detail.table.row", **values)


def _finding(view: View, domain: Domain) -> str:
    if not domain.value and domain.concern is None and (past := _past(view, domain)):
        return past
    if not domain.value:
        nothing = "not-arrived" if Need.OBSERVATIONS in view.evaluation.received.failed else "none"
        return view.say(f"status.value.{_unread(view, domain) or domain.concern or nothing}")
    return "; ".join(filter(None, (_value(view, domain), _concern(view, domain), _explained(view, domain))))


def _past(view: View, domain: Domain) -> str:
    """A finding that is too old to count (rule D7); empty if there is none."""
    past = next((one for one in view.evaluation.earlier.no_longer_counted if one.domain == domain.name), None)
    if past is None:
        return ""
    return view.say("detail.table.past", finding=view.say(f"status.value.{past.value}"), time=view.at(past.time))


def _unread(view: View, domain: Domain) -> str:
    """That something was recorded and could not be used; empty if there is no such record."""
    if domain is view.score:
        return view.evaluation.unread.score or ""
    sedated = domain.concern is Concern.SEDATED
    return "unread" if not sedated and domain.name in view.evaluation.unread.domains else ""


def _value(view: View, domain: Domain) -> str:
    if domain.name != ICE:
        return finding(view, domain)
    points = view.say("detail.table.points", points=domain.value, maximum=view.evaluation.scores.maximum)
    items = items_text(view)
    return f"{points}: {items}" if items else points


def _concern(view: View, domain: Domain) -> str:
    if domain.concern is None:
        return ""
    return limited_by(view, domain) or view.say(f"status.concern.{domain.concern}")


def _explained(view: View, domain: Domain) -> str:
    if not domain.explained_by:
        return ""
    return view.say("detail.table.explained", causes=", ".join(map(view.cause, domain.explained_by)))


def _grade(view: View, graded: Range) -> str:
    if graded.lo == graded.hi:
        return view.say("detail.grade.exact", lo=graded.lo)
    return view.say(f"detail.grade.{'range' if graded.lo else 'up-to'}", lo=graded.lo, hi=graded.hi)
