"""The report without what identifies the patient, so that it can be mailed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cds_service.doctor.report import Report

HIDDEN = "(hidden)"
# A reference to a resource by its id.
_REFERENCE = re.compile(r"(?<![/\w])([A-Z][A-Za-z]+)/[A-Za-z0-9.-]{1,255}")
_PARAMETER = re.compile(r"(?<=[?&])(patient|subject)=[^&]*")


def without_identifiers(report: Report, patient: str) -> Report:
    """The same report with every id of the patient and of resources replaced."""

    def hide(value: Any) -> Any:
        if isinstance(value, str):
            return _hidden(value, patient)
        if isinstance(value, Mapping):
            return {name: hide(inner) for name, inner in value.items()}
        return [hide(inner) for inner in value] if isinstance(value, list | tuple) else value

    return replace(
        report,
        subject=HIDDEN,
        cards=tuple(hide(card) for card in report.cards),
        evaluation=hide(report.evaluation),
        searches=tuple(one._replace(query=_query(one.query, patient)) for one in report.searches),
        problems=tuple(one._replace(text=_hidden(one.text, patient)) for one in report.problems),
    )


def _query(query: str, patient: str) -> str:
    """A search by its parameters; a further page is an address that only the server understands."""
    resource, mark, parameters = query.partition("?")
    if mark and "_getpages" in parameters:
        return f"{resource}?(next page)"
    return _hidden(_PARAMETER.sub(rf"\1={HIDDEN}", query), patient)


def _hidden(text: str, patient: str) -> str:
    plain = _REFERENCE.sub(rf"\1/{HIDDEN}", text)
    return plain.replace(patient, HIDDEN) if len(patient) > 1 else plain
