"""How deep and how wide JSON goes, without reading it: what is more than any record has no reader."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import msgspec

from cds_service.clinical.facts.gap import GapKind
from cds_service.fhir_mapping.r4.datatypes import CodeableConcept
from cds_service.fhir_mapping.r4.structs import KNOWN_TYPES, Link, OperationOutcome, Resource, Search

SEVERE = frozenset({"error", "fatal"})
# An entry that does not even say what it is.
NAMELESS = "resource"
REFUSALS = frozenset({"security", "login", "unknown", "expired", "forbidden", "suppressed"})


class NotJson(ValueError):  # noqa: N818  (says what the text is)
    """The text is not JSON that can be read at all: syntax, numbers beyond range, lone surrogates."""


@dataclass(slots=True)
class Page:
    """What one answer held.

    `unreadable`: for each entry that could not be read, its type and code. `error`: it is no answer, or not a whole
    one; `failure`: the gap kind that an OperationOutcome in it means.
    """

    resources: list[Any] = field(default_factory=list)
    unreadable: list[tuple[str, CodeableConcept]] = field(default_factory=list)
    next_link: str | None = None
    entries: int = 0
    error: bool = False
    failure: GapKind | None = None


class _Entry(msgspec.Struct):
    resource: Resource | None = None
    search: Search | None = None


class _Bundle(msgspec.Struct, tag_field="resourceType", tag="Bundle"):
    entry: list[_Entry] = []
    link: list[Link] = []


class _NoBundle(msgspec.Struct, tag_field="resourceType", tag=""):
    """Beside a Bundle, so that what has no resourceType is not taken for an empty one."""


class _RawEntry(msgspec.Struct):
    resource: msgspec.Raw = msgspec.Raw()
    search: Search | None = None


class _RawBundle(msgspec.Struct, tag_field="resourceType", tag="Bundle"):
    entry: list[msgspec.Raw] = []
    link: list[Link] = []


class _Header(msgspec.Struct):
    resourceType: str | None = None


class _Coded(msgspec.Struct):
    code: CodeableConcept = msgspec.field(default_factory=CodeableConcept)


_bundle = msgspec.json.Decoder(_Bundle | _NoBundle)
_raw_bundle = msgspec.json.Decoder(_RawBundle)
_raw_entry = msgspec.json.Decoder(_RawEntry)
_resource = msgspec.json.Decoder(Resource)
_header = msgspec.json.Decoder(_Header)
_coded = msgspec.json.Decoder(_Coded)
_anything = msgspec.json.Decoder()


def read_page(text: bytes | msgspec.Raw) -> Page:
    """The resources of a Bundle, or a single resource.

    Raises NotJson if the text is not JSON. What is JSON but nothing that FHIR knows is an error page.
    """
    try:
        return _read(text)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise NotJson(str(error)) from error


def _read(text: bytes | msgspec.Raw) -> Page:
    try:
        bundle = _bundle.decode(text)
    except msgspec.ValidationError:
        return _read_carefully(text)
    if isinstance(bundle, _NoBundle):
        return Page(error=True)
    page = _page_of(bundle)
    for entry in bundle.entry:
        if entry.resource is not None:
            _sort_in(entry.resource, page)
    return page


def _read_carefully(text: bytes | msgspec.Raw) -> Page:
    """The slow way, for a single resource or a Bundle with an entry of an unknown or wrong form."""
    if _type_of(text) != "Bundle":
        page = Page()
        _read_entry(text, page)
        page.error = page.error or not page.resources
        return page
    try:
        bundle = _raw_bundle.decode(text)
    except msgspec.ValidationError:
        _require_json(text)
        return Page(error=True)
    page = _page_of(bundle)
    for entry in bundle.entry:
        _read_raw(entry, page)
    return page


def _page_of(bundle: _Bundle | _RawBundle) -> Page:
    following = next((link.url for link in bundle.link if link.relation == "next"), None)
    return Page(next_link=following, entries=len(bundle.entry))


def _read_raw(text: msgspec.Raw, page: Page) -> None:
    try:
        entry = _raw_entry.decode(text)
    except msgspec.ValidationError:
        _require_json(text)
        page.unreadable.append((NAMELESS, CodeableConcept()))
        return
    if bytes(entry.resource) not in (b"", b"null"):
        _read_entry(entry.resource, page)


def _read_entry(text: bytes | msgspec.Raw, page: Page) -> None:
    try:
        _sort_in(_resource.decode(text), page)
    except msgspec.ValidationError:
        _require_json(text)
        kind = _type_of(text)
        if kind in KNOWN_TYPES or not kind:
            page.unreadable.append((kind or NAMELESS, _code_of(text)))


def _sort_in(resource: Any, page: Page) -> None:
    """An OperationOutcome is no data: a warning is no results, an error a failure (hooks:P8)."""
    if isinstance(resource, OperationOutcome):
        severe = [issue for issue in resource.issue if issue.severity in SEVERE]
        if severe:
            refused = any(issue.code in REFUSALS for issue in severe)
            page.error, page.failure = True, GapKind.NOT_PERMITTED if refused else GapKind.SERVER_UNAVAILABLE
    else:
        page.resources.append(resource)


def _type_of(text: bytes | msgspec.Raw) -> str:
    try:
        return _header.decode(text).resourceType or ""
    except msgspec.ValidationError:
        _require_json(text)
        return ""


def _code_of(text: bytes | msgspec.Raw) -> CodeableConcept:
    try:
        return _coded.decode(text).code
    except msgspec.ValidationError:
        return CodeableConcept()


def _require_json(text: bytes | msgspec.Raw) -> None:
    """Tell a resource of a wrong form from text that is no JSON at all: raises msgspec's error for the latter."""
    _anything.decode(text)


_UP, _DOWN, _QUOTE = 1, 255, ord('"')
_LEAF = bytes((_UP, _DOWN))
# Taking the innermost layers off first leaves little to count; more than these would not pay.
_LAYERS = 4
_STEPS = bytes.maketrans(b'{[]}"', bytes((_UP, _UP, _DOWN, _DOWN, _QUOTE)))
_REST = bytes(set(range(256)) - set(b'{[]}"'))
_ESCAPED, _TEXT, _EMPTY_TEXT = re.compile(rb"\\.", re.DOTALL), re.compile(rb'"[^"]*"?'), b'""'


def depth_of(text: bytes) -> int:
    """Levels of objects and arrays in a JSON text; brackets inside strings do not count."""
    if b"\\" in text:
        text = _ESCAPED.sub(b"", text)
    steps = text.translate(_STEPS, _REST).replace(_EMPTY_TEXT, b"")
    if b'"' in steps:
        steps = _TEXT.sub(b"", steps)
    peeled = 0
    while peeled < _LAYERS and _LEAF in steps:
        steps, peeled = steps.replace(_LEAF, b""), peeled + 1
    # As signed bytes: one up, one down.
    return peeled + max(accumulate(array("b", steps), initial=0))


def values_of(text: bytes) -> int:
    """About how many values a JSON text has: each is the first of a list or object, or comes after a comma."""
    return text.count(b",") + text.count(b"[") + text.count(b"{")
