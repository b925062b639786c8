"""Whether a resource matches a search parameter: tokens, dates and references, compared as in FHIR R4."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from cds_service.sandbox.fhir.parameters import (
    COMPARISONS,
    DATE,
    REFERENCE,
    TOKEN,
    Parameter,
    is_day,
    span_of,
    span_of_element,
)
from cds_service.sandbox.stories.story import Json

Test = Callable[[Json], bool]
Token = tuple[str | None, str | None]
_PREFIX = re.compile(r"[a-z]{2}")


def test_of(parameter: Parameter, value: str) -> Test:
    """The test for a value, in which a comma means or. Raises ValueError that says what is expected."""
    return _TESTS[parameter.kind](parameter, value.split(","))


def reference_of(resource: Json, element: str) -> tuple[str, str]:
    """Type and id of an element's reference; empty if it has none."""
    value = resource.get(element)
    return type_and_id(value.get("reference", "")) if isinstance(value, dict) else ("", "")


def type_and_id(text: str) -> tuple[str, str]:
    """Type and id of a relative, absolute or versioned reference; a bare id has no type."""
    parts = text.split("/_history/", maxsplit=1)[0].split("/")
    return (parts[-2] if len(parts) > 1 else ""), parts[-1]


def _token_test(parameter: Parameter, values: Sequence[str]) -> Test:
    return partial(_has_token, parameter.elements, [_token(value) for value in values])


def _token(text: str) -> Token:
    """System and code; None: any system. An empty system: codes without a system."""
    system, bar, code = text.rpartition("|")
    return (system if bar else None), (code or None)


def _has_token(elements: Sequence[str], wanted: Sequence[Token], resource: Json) -> bool:
    found = [token for element in elements for token in _tokens(resource.get(element))]
    return any(_is_same(token, one) for token in found for one in wanted)


def _is_same(found: Token, wanted: Token) -> bool:
    """A plain code, such as a status, has no system of its own and so matches any system."""
    if wanted[1] is not None and found[1] != wanted[1]:
        return False
    return wanted[0] is None or found[0] is None or found[0] == wanted[0]


def _tokens(value: Any) -> Iterator[Token]:
    """System and code of a code, Coding, CodeableConcept or Identifier, or of each one in a list."""
    match value:
        case str():
            yield None, value
        case list():
            for each in value:
                yield from _tokens(each)
        case {"coding": list(codings)}:
            yield from _tokens(codings)
        case dict():
            yield value.get("system", ""), value.get("code", value.get("value"))


def _date_test(parameter: Parameter, values: Sequence[str]) -> Test:
    return partial(_has_date, parameter.elements, [_comparison(value) for value in values])


def _comparison(value: str) -> Callable[[Any], bool]:
    """The comparison for a search value; a day is compared by the clock of the ward that wrote it, as in HAPI."""
    prefix, date = (value[:2], value[2:]) if _PREFIX.match(value) else ("eq", value)
    # The plus sign of a zone arrives as a space if it was not encoded.
    wanted = span_of(date.replace(" ", "+"))
    if wanted is None or prefix not in COMPARISONS:
        raise ValueError(f"a date with one of the prefixes {', '.join(COMPARISONS)}, or none, is expected")
    holds, wall = partial(COMPARISONS[prefix], wanted), is_day(date)

    def compares(element: Any) -> bool:
        span = span_of_element(element, wall=wall)
        return span is not None and holds(span)

    return compares


def _has_date(elements: Sequence[str], comparisons: Sequence[Callable[[Any], bool]], resource: Json) -> bool:
    return any(compares(resource.get(element)) for element in elements for compares in comparisons)


def _reference_test(parameter: Parameter, values: Sequence[str]) -> Test:
    return partial(_refers_to, parameter, [type_and_id(value) for value in values])


def _refers_to(parameter: Parameter, wanted: Sequence[tuple[str, str]], resource: Json) -> bool:
    for element in parameter.elements:
        kind, identity = reference_of(resource, element)
        right = kind == parameter.target or not parameter.target
        if right and any(identity == one and kind == (asked or kind) for asked, one in wanted):
            return True
    return False


_TESTS: dict[str, Callable[[Parameter, Sequence[str]], Test]] = {
    TOKEN: _token_test,
    DATE: _date_test,
    REFERENCE: _reference_test,
}
