"""Lenient reading of invalid resources, element by element: an unreadable element affects only itself.

Accepted: null (as absent), quoted numbers and booleans, a number as a code, a single element in place of a list and the
reverse, a bare code as a CodeableConcept, element names of other FHIR releases.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar

from msgspec import inspect

from cds_service.fhir_mapping.r4.datatypes import CodeableConcept, Struct
from cds_service.fhir_mapping.r4.releases import in_r4, is_false, is_true

S = TypeVar("S", bound=Struct)

_NUMBER = re.compile(r"\s*[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?\s*", re.ASCII)
# Far below Python's recursion limit, and deeper than any real record.
_DEEPEST = 100


class _Unfit(Exception):  # noqa: N818  (a reason, not a fault: its element is left out)
    """A value that does not fit its element."""


class CarefullyRead(NamedTuple, Generic[S]):
    """A resource as far as it can be read; None if it cannot be read at all. `lost`: paths of unreadable elements."""

    resource: S | None
    lost: tuple[str, ...] = ()


def read_carefully(kind: type[S], sent: Any) -> CarefullyRead[S]:
    """Read what can be read of a resource, or of a part of one."""
    lost: list[str] = []
    try:
        return CarefullyRead(_struct(inspect.type_info(kind), sent, (), lost), tuple(dict.fromkeys(lost)))
    except _Unfit:
        return CarefullyRead(None)


def _struct(kind: Any, value: Any, path: tuple[str, ...], lost: list[str]) -> Any:
    value = _only(value)
    if kind.cls is CodeableConcept and isinstance(value, str):
        value = {"coding": [{"code": value}]}
    if not isinstance(value, dict) or len(path) > _DEEPEST:
        raise _Unfit
    sent, read = in_r4(kind.cls.__name__, value), {}
    for name, element, of in _elements(kind.cls):
        if sent.get(element) is None:
            continue
        try:
            read[name] = _value(of, sent[element], (*path, element), lost)
        except _Unfit:
            lost.append(".".join((*path, element)))
    return kind.cls(**read)


class _Element(NamedTuple):
    """A field by the name that it has in its Struct, with the element of R4 that it holds and its type."""

    field: str
    element: str
    type: inspect.Type


@cache
def _elements(kind: type[Struct]) -> tuple[_Element, ...]:
    """The fields to read; elements of other releases have already been translated."""
    fields = inspect.type_info(kind).fields  # type: ignore[attr-defined]
    known = (_Element(field.name, field.encode_name, _required(field.type)) for field in fields)
    return tuple(one for one in known if not isinstance(one.type, inspect.CustomType | inspect.VarTupleType))


def _required(kind: inspect.Type) -> inspect.Type:
    """The type of an element without its None."""
    if isinstance(kind, inspect.UnionType):
        return next(one for one in kind.types if not isinstance(one, inspect.NoneType))
    return kind


def _value(kind: inspect.Type, value: Any, path: tuple[str, ...], lost: list[str]) -> Any:
    if isinstance(kind, inspect.StructType):
        return _struct(kind, value, path, lost)
    if isinstance(kind, inspect.ListType):
        return _list(kind, value, path, lost)
    return value if isinstance(kind, inspect.AnyType) else _READERS[type(kind)](_only(value))


def _list(kind: inspect.ListType, value: Any, path: tuple[str, ...], lost: list[str]) -> list[Any]:
    """The elements of a list that can be read."""
    read = []
    for one in value if isinstance(value, list) else [value]:
        try:
            read.append(_value(kind.item_type, one, path, lost))
        except _Unfit:
            lost.append(".".join(path))
    return read


def _only(value: Any) -> Any:
    """The single element of a list of one."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise _Unfit


def _number(value: Any) -> float:
    """A number, or a value that is clearly one in quotes."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number or (isinstance(value, str) and _NUMBER.fullmatch(value)):
        try:
            number = float(value)
        except OverflowError as error:
            raise _Unfit from error
        if math.isfinite(number):
            return number
    raise _Unfit


def _boolean(value: Any) -> bool:
    if is_true(value) or is_false(value):
        return is_true(value)
    raise _Unfit


_READERS: dict[type[inspect.Type], Callable[[Any], Any]] = {
    inspect.StrType: _text,
    inspect.FloatType: _number,
    inspect.BoolType: _boolean,
}
