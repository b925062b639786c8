"""Searches in the embedded server; a parameter that is not understood is refused, never ignored."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote

from cds_service.errors import RefusedError
from cds_service.sandbox.fhir.matching import Test, reference_of, test_of, type_and_id
from cds_service.sandbox.fhir.parameters import DATE, INCLUDES, PARAMETERS, span_of_element
from cds_service.sandbox.fhir.store import Store
from cds_service.sandbox.stories.story import Json

PAGE, DEFAULT_COUNT, MAX_COUNT = "_page", 100, 1000
TOTALS, FORMATS = ("accurate", "estimate", "none"), ("json", "application/json", "application/fhir+json")
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
_NAME = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_NUMBER = re.compile(r"\d{1,6}")


class SearchError(RefusedError):
    """A search that this server does not understand; the text names the parameter, never its value."""


class Found(NamedTuple):
    """One page: matches, the resources they refer to, the total, and the offset of the next page."""

    matches: list[Json]
    included: list[Json]
    total: int | None
    following: int | None


class Sort(NamedTuple):
    """The elements by which to sort."""

    elements: tuple[str, ...]
    descending: bool


@dataclass(slots=True)
class Query:
    """A parsed search. `patient_id`: only this patient's resources need to be searched."""

    tests: list[Test] = field(default_factory=list)
    order: list[Sort] = field(default_factory=list)
    includes: list[str] = field(default_factory=list)
    count: int = DEFAULT_COUNT
    offset: int = 0
    counted: bool = True
    patient_id: str = ""


def search(store: Store, kind: str, pairs: Iterable[tuple[str, str]]) -> Found:
    """The page of resources of a type that match these parameters. Raises SearchError."""
    query = _understood(kind, pairs)
    hits = [resource for resource in store.all(kind, query.patient_id) if all(test(resource) for test in query.tests)]
    for elements, descending in reversed(query.order):
        hits = _sorted(hits, elements, descending=descending)
    end = query.offset + query.count
    page = hits[query.offset : end]
    following = end if query.count and end < len(hits) else None
    return Found(page, list(_included(store, page, query)), len(hits) if query.counted else None, following)


def _understood(kind: str, pairs: Iterable[tuple[str, str]]) -> Query:
    query = Query()
    for name, given in pairs:
        # Some clients encode a template's query twice: a `|` is then still %7C here.
        value = unquote(given) if _ENCODED.search(given) else given
        try:
            _add(query, kind, name, value)
        except ValueError as error:
            raise SearchError(f"Search parameter {_shown(name)} of {kind}: {error}.") from error
    return query


def _add(query: Query, kind: str, name: str, value: str) -> None:
    if not value:
        raise ValueError("it has no value")
    if name in _CONTROLS:
        _CONTROLS[name](query, kind, value)
    else:
        query.tests.append(_test(kind, name, value))
        if name == "patient" and "," not in value:
            query.patient_id = type_and_id(value)[1]


def _shown(name: str) -> str:
    return f'"{name}"' if _NAME.fullmatch(name) else "(its name is none)"


def _test(kind: str, name: str, value: str) -> Test:
    parameters = PARAMETERS.get(kind, {})
    if name == "_id":
        wanted = frozenset(value.split(","))
        return lambda resource: resource["id"] in wanted
    if name not in parameters:
        known = sorted({*parameters, "_id", *_CONTROLS} - {PAGE})
        raise ValueError(f"unknown; known are {', '.join(known)}")
    return test_of(parameters[name], value)


def _sorted(hits: Sequence[Json], elements: Sequence[str], *, descending: bool) -> list[Json]:
    """By the start of a date; resources without one come last in either direction."""
    spans = [next(filter(None, (span_of_element(one.get(name)) for name in elements)), None) for one in hits]
    dated = [(span.start, one) for span, one in zip(spans, hits, strict=True) if span]
    dated.sort(key=lambda pair: pair[0], reverse=descending)
    return [*(one for _, one in dated), *(one for span, one in zip(spans, hits, strict=True) if not span)]


def _included(store: Store, page: Iterable[Json], query: Query) -> Iterator[Json]:
    """The resources that a page refers to, each once, if they are on this server."""
    for key in dict.fromkeys(reference_of(one, element) for element in query.includes for one in page):
        resource = store.read(*key)
        if resource is not None:
            yield resource


def _set_sort(query: Query, kind: str, value: str) -> None:
    for part in value.split(","):
        parameter = PARAMETERS.get(kind, {}).get(part.removeprefix("-"))
        if parameter is None or parameter.kind != DATE:
            raise ValueError("only the type's date parameters can be sorted by")
        query.order.append(Sort(parameter.elements, descending=part.startswith("-")))


def _set_include(query: Query, kind: str, value: str) -> None:
    known = INCLUDES.get(kind, {})
    if value not in known:
        raise ValueError(f"known are {', '.join(known) or 'none'}")
    query.includes.append(known[value])


def _set_count(query: Query, _kind: str, value: str) -> None:
    query.count = min(_number(value), MAX_COUNT)


def _set_page(query: Query, _kind: str, value: str) -> None:
    query.offset = _number(value)


def _number(value: str) -> int:
    if not _NUMBER.fullmatch(value):
        raise ValueError("a whole number is expected")
    return int(value)


def _set_total(query: Query, _kind: str, value: str) -> None:
    if value not in TOTALS:
        raise ValueError(f"one of {', '.join(TOTALS)} is expected")
    query.counted = value != "none"


def _check_format(_query: Query, _kind: str, value: str) -> None:
    if value not in FORMATS:
        raise ValueError("this server speaks JSON only")


_CONTROLS: dict[str, Callable[[Query, str, str], None]] = {
    "_sort": _set_sort,
    "_count": _set_count,
    "_include": _set_include,
    "_total": _set_total,
    "_format": _check_format,
    PAGE: _set_page,
}
