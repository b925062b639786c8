"""The search parameters of the embedded server, and FHIR dates as spans of time: a date is as wide as its precision."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

TOKEN, DATE, REFERENCE = "token", "date", "reference"


class Parameter(NamedTuple):
    """How a parameter is compared, and with which elements; `target`: the type of a bare id."""

    kind: str
    elements: tuple[str, ...]
    target: str = ""


def _token(*elements: str) -> Parameter:
    return Parameter(TOKEN, elements)


def _date(*elements: str) -> Parameter:
    return Parameter(DATE, elements)


def _about(element: str = "subject") -> dict[str, Parameter]:
    return {"patient": Parameter(REFERENCE, (element,), "Patient"), "subject": Parameter(REFERENCE, (element,))}


_STATUS = _token("status")
_DRUG = _token("medicationCodeableConcept")
_GIVEN = ("effectiveDateTime", "effectivePeriod", "effectiveInstant")

PARAMETERS: dict[str, dict[str, Parameter]] = {
    "Patient": {"identifier": _token("identifier"), "gender": _token("gender"), "birthdate": _date("birthDate")},
    "Encounter": {**_about(), "status": _STATUS, "class": _token("class"), "date": _date("period")},
    "Observation": {
        **_about(),
        "code": _token("code"),
        "category": _token("category"),
        "status": _STATUS,
        "date": _date(*_GIVEN),
    },
    "MedicationAdministration": {**_about(), "code": _DRUG, "status": _STATUS, "effective-time": _date(*_GIVEN)},
    "MedicationRequest": {**_about(), "code": _DRUG, "status": _STATUS, "authoredon": _date("authoredOn")},
    "Medication": {"code": _token("code"), "status": _STATUS},
    "Procedure": {
        **_about(),
        "code": _token("code"),
        "category": _token("category"),
        "status": _STATUS,
        "date": _date("performedDateTime", "performedPeriod"),
    },
    "Condition": {
        **_about(),
        "code": _token("code"),
        "category": _token("category"),
        "clinical-status": _token("clinicalStatus"),
        "verification-status": _token("verificationStatus"),
        "onset-date": _date("onsetDateTime", "onsetPeriod"),
        "recorded-date": _date("recordedDate"),
    },
    "QuestionnaireResponse": {**_about(), "status": _STATUS, "authored": _date("authored")},
    "ServiceRequest": {**_about(), "code": _token("code"), "status": _STATUS, "authored": _date("authoredOn")},
    "Task": {**_about("for"), "code": _token("code"), "status": _STATUS, "authored-on": _date("authoredOn")},
}
# The only one that the service needs: a drug that is given by reference.
INCLUDES = {"MedicationAdministration": {"MedicationAdministration:medication": "medicationReference"}}


_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)?")
_YEAR, _MONTH = 1, 2
_LAST_MONTH = 12
_EARLIEST, _LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class Span(NamedTuple):
    """From `start` until just before `end`, in UTC."""

    start: datetime
    end: datetime


# Compares the span of a search value with that of a resource (FHIR R4, search, date).
COMPARISONS: dict[str, Callable[[Span, Span], bool]] = {
    "eq": lambda wanted, found: wanted.start <= found.start and found.end <= wanted.end,
    "ge": lambda wanted, found: found.end > wanted.start,
    "gt": lambda wanted, found: found.end > wanted.end,
    "le": lambda wanted, found: found.start < wanted.end,
    "lt": lambda wanted, found: found.start < wanted.start,
}


def is_day(text: str) -> bool:
    """Whether a date has no time of day, and therefore no zone."""
    return _DATE.fullmatch(text) is not None


def span_of(text: str, *, wall: bool = False) -> Span | None:
    """The span of a FHIR date, dateTime or instant; None if it is none of these.

    `wall`: by the clock where it was written, so that a day means the day there. Without a zone it is taken as UTC.
    """
    try:
        whole = _DATE.fullmatch(text)
        if whole:
            return _of_date([int(part) for part in whole.groups() if part])
        moment = _MOMENT.fullmatch(text)
        return _of_moment(text, moment, wall=wall) if moment else None
    except (ValueError, OverflowError):
        return None


def span_of_element(value: Any, *, wall: bool = False) -> Span | None:
    """The span of an element: a date, or a Period, which may be open at either end."""
    match value:
        case str():
            return span_of(value, wall=wall)
        case dict():
            ends = (value.get("start"), value.get("end"))
            start, end = (span_of(text, wall=wall) if isinstance(text, str) else None for text in ends)
            if start or end:
                return Span(start.start if start else _EARLIEST, end.end if end else _LATEST)
    return None


def _of_date(parts: list[int]) -> Span:
    year, month, day = (*parts, 1, 1)[:3]
    start = datetime(year, month, day, tzinfo=UTC)
    if len(parts) == _YEAR:
        return Span(start, start.replace(year=year + 1))
    if len(parts) == _MONTH:
        return Span(start, datetime(year + month // _LAST_MONTH, month % _LAST_MONTH + 1, 1, tzinfo=UTC))
    return Span(start, start + timedelta(days=1))


def _of_moment(text: str, moment: re.Match[str], *, wall: bool) -> Span:
    seconds, fraction, zone = moment.groups()
    start = datetime.fromisoformat(text)
    start = start.astimezone(UTC) if zone and not wall else start.replace(tzinfo=UTC)
    width = timedelta(milliseconds=1) if fraction else timedelta(seconds=1) if seconds else timedelta(minutes=1)
    return Span(start, start + width)
