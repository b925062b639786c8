"""The report as JSON, for programs."""

from __future__ import annotations

from typing import Any

from cds_service.doctor.report import NotKnown, Report, SearchDone, Understood

Json = dict[str, Any]


def report_json(report: Report) -> Json:
    """The report, with the terms of the contract."""
    written = {
        "subject": report.subject,
        "asOf": report.as_of,
        "understood": [_understood(one) for one in report.understood if one.number],
        "notFound": [one.concept for one in report.understood if not one.number],
        "unknown": [_unknown(one) for one in report.unknown],
        "siteFile": report.site_file,
        "dataUse": (report.evaluation or {}).get("dataUse"),
        "why": report.why,
        "card": dict(report.cards[0]) if report.cards else None,
        "cards": [dict(card) for card in report.cards],
        "evaluation": report.evaluation,
        "searches": [_search(one) for one in report.searches],
        "problems": [one._asdict() for one in report.problems],
    }
    return {name: value for name, value in written.items() if value is not None}


def _understood(one: Understood) -> Json:
    written = one._asdict()
    return {name: value for name, value in (written | {"count": written.pop("number")}).items() if value}


def _unknown(one: NotKnown) -> Json:
    unknown, meant = one.unknown, one.guess
    written = {
        "kind": str(unknown.kind),
        "system": unknown.system,
        "code": unknown.code,
        "display": unknown.display,
        "suggestedConcept": meant.concept if meant else None,
        "suggestedAnswer": meant.value if meant else None,
        "toml": one.toml,
    }
    return {name: value for name, value in written.items() if value not in ("", None)} | {"count": one.number}


def _search(one: SearchDone) -> Json:
    return {name: value for name, value in one._asdict().items() if value != ""}
