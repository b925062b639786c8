"""From JSON to typed resources: Bundles of any shape, and what a response says about itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

from cds_service.clinical.facts.gap import GapKind
from cds_service.fhir_mapping.r4.careful import read_carefully
from cds_service.fhir_mapping.r4.structs import (
    Issue,
    Link,
    Medication,
    OperationOutcome,
    Patient,
    Resource,
    Response,
    Search,
)

SEVERE = frozenset({"error", "fatal"})
# An entry that does not name its type.
NAMELESS = "resource"
REFUSALS = frozenset({"security", "login", "unknown", "expired", "forbidden", "suppressed"})
# The codes of issues beside data which mean that the data are incomplete (FHIR's IssueType).
REMARKS_OF_LOSS = REFUSALS | {
    "incomplete",
    "throttled",
    "timeout",
    "transient",
    "too-costly",
    "exception",
    "no-store",
    "lock-error",
}
REFUSED_STATUS = frozenset({"401", "403"})
# Resources that others refer to by the fullUrl of their entry.
REFERRED_TO = frozenset({Medication, Patient})
NOT_COUNTED = frozenset({"include", "outcome"})


class NotJson(ValueError):  # noqa: N818  (says what the text is)
    """The text cannot be read as JSON: bad syntax, numbers out of range, lone surrogates."""


@dataclass(slots=True)
class Page:
    """The content of one response.

    `unreadable`: the type of each entry that could not be read. `error`: it is not a response, or not a complete one;
    `failure`: the gap kind for an OperationOutcome or the status of an entry. `incomplete`: why there may be more data
    that no further page contains; empty: no sign of that. `matches`: the number of entries that `total` counts.
    `by_full_url`: resources that others may refer to by the fullUrl of their entry. `self_link`: the search, as the
    server understood it.
    """

    resources: list[Any] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    next_link: str | None = None
    self_link: str | None = None
    entries: int = 0
    matches: int = 0
    total: int | None = None
    error: bool = False
    failure: GapKind | None = None
    incomplete: str = ""
    by_full_url: dict[str, Any] = field(default_factory=dict)

    def fail(self, *, refused: bool) -> None:
        """Record that an error was sent instead of data."""
        kind = GapKind.NOT_PERMITTED if refused else GapKind.SERVER_UNAVAILABLE
        self.error, self.failure = True, self.failure or kind


class _Entry(msgspec.Struct):
    resource: Resource | None = None
    search: Search | None = None
    response: Response | None = None
    fullUrl: str | None = None


class _Bundle(msgspec.Struct, tag_field="resourceType", tag="Bundle"):
    entry: list[_Entry] = []
    link: list[Link] = []
    total: Any = None


class _NoBundle(msgspec.Struct, tag_field="resourceType", tag=""):
    """The alternative to a Bundle, so that JSON without a resourceType is not taken for an empty Bundle."""


class _Sent(msgspec.Struct):
    """Anything that was sent, decoded only as far as needed to see what it is."""

    resourceType: Any = None
    resource: msgspec.Raw = msgspec.Raw()
    entry: msgspec.Raw = msgspec.Raw()
    link: Any = None
    total: Any = None


class _SentEntry(msgspec.Struct):
    resource: msgspec.Raw = msgspec.Raw()
    search: Any = None
    response: Any = None
    fullUrl: Any = None


_bundle = msgspec.json.Decoder(_Bundle | _NoBundle)
_entry = msgspec.json.Decoder(_Entry)
_sent = msgspec.json.Decoder(_Sent)
_sent_entry = msgspec.json.Decoder(_SentEntry)
_list = msgspec.json.Decoder(list[msgspec.Raw])
_anything = msgspec.json.Decoder()
_TYPES = {kind.__name__: kind for kind in Resource.__args__}
_NOTHING = (b"", b"null")


def read_page(text: bytes | msgspec.Raw) -> Page:
    """The resources of a Bundle, or a single resource.

    Raises NotJson if the text is not JSON. JSON that is not FHIR becomes an error page.
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
        return _read_carefully(text)
    page = _page_of(bundle.link, len(bundle.entry), bundle.total)
    for entry in bundle.entry:
        _add_entry(entry, page)
    return page


def _add_entry(entry: _Entry, page: Page) -> None:
    resource = entry.resource
    if entry.response is not None:
        _note_response(entry.response, page)
    if resource is None:
        page.incomplete = page.incomplete or "an entry without a resource"
        return
    if entry.search is None or entry.search.mode not in NOT_COUNTED:
        page.matches += 1
    _sort_in(resource, page)
    if entry.fullUrl is not None and type(resource) in REFERRED_TO:
        page.by_full_url[entry.fullUrl] = resource


def _note_response(response: Response | None, page: Page) -> None:
    """Record the status of one request of a batch."""
    if response is None:
        return
    status = (response.status or "2")[:3]
    if not status.startswith("2"):
        page.fail(refused=status in REFUSED_STATUS)
    if response.outcome is not None:
        _note_issues(response.outcome.issue, page)


def _sort_in(resource: Any, page: Page) -> None:
    """Add a resource to the page; an OperationOutcome is not data."""
    if isinstance(resource, OperationOutcome):
        _note_issues(resource.issue, page)
        if resource.unread:
            page.incomplete = page.incomplete or "OperationOutcome: not readable"
    else:
        page.resources.append(resource)


def _note_issues(issues: list[Issue], page: Page) -> None:
    """An error is a failure; a warning means no results, unless it says that something was left out (hooks:P8)."""
    severe = [issue for issue in issues if issue.severity in SEVERE]
    if severe:
        page.fail(refused=any(issue.code in REFUSALS for issue in severe))
    remarks = [issue.code for issue in issues if issue.code in REMARKS_OF_LOSS]
    if remarks:
        page.incomplete = page.incomplete or f"OperationOutcome: {remarks[0]}"


def _page_of(links: list[Link], entries: int, total: Any) -> Page:
    """A page without its entries."""
    by_relation = {link.relation: link.url for link in reversed(links)}
    return Page(
        next_link=by_relation.get("next"), self_link=by_relation.get("self"), entries=entries, total=_whole(total)
    )


def _whole(value: Any) -> int | None:
    """The number, if the value is a whole one."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


# The slow path, for anything that is not a strictly valid Bundle.


def _read_carefully(text: bytes | msgspec.Raw) -> Page:
    """The slow path, for anything but a well-formed Bundle."""
    page = Page()
    if not _add(text, page):
        page.error = page.error or not page.resources
    return page


def _add(text: bytes | msgspec.Raw, page: Page) -> bool:
    """Add a Bundle, a resource, one nested in `resource`, or each in a list; whether it may validly be empty."""
    try:
        sent = _sent.decode(text)
    except msgspec.ValidationError:
        return _add_list(text, page)
    if sent.resourceType == "Bundle":
        return _add_bundle(sent, page)
    if sent.resourceType is None and _is_object(sent.resource):
        return _add(sent.resource, page)
    resource = _resource_of(text, page)
    if resource is not None:
        _sort_in(resource, page)
    return False


def _add_list(text: bytes | msgspec.Raw, page: Page) -> bool:
    texts = _list_of(text)
    if not texts:
        return False
    page.entries += len(texts)
    understood = [_add(one, page) for one in texts]
    return all(understood) or bool(page.resources)


def _add_bundle(sent: _Sent, page: Page) -> bool:
    """Add the content of a Bundle, which may be nested in another."""
    texts = [] if bytes(sent.entry) in _NOTHING else _list_of(sent.entry)
    if texts is None:
        page.error = True
        return True
    inner = _page_of(_links(sent.link), len(texts), sent.total)
    for one in texts:
        _add_sent_entry(one, inner)
    _merge(inner, page)
    return True


def _add_sent_entry(text: msgspec.Raw, page: Page) -> None:
    """Add an entry; an invalid one affects only itself."""
    try:
        _add_entry(_entry.decode(text), page)
    except msgspec.ValidationError:
        _add_odd_entry(text, page)


def _add_odd_entry(text: msgspec.Raw, page: Page) -> None:
    try:
        sent = _sent_entry.decode(text)
    except msgspec.ValidationError:
        _anything.decode(text)
        _note_nameless(page)
        return
    entry = _Entry(
        search=read_carefully(Search, sent.search).resource,
        response=read_carefully(Response, sent.response).resource,
        fullUrl=sent.fullUrl if isinstance(sent.fullUrl, str) else None,
    )
    if bytes(sent.resource) in _NOTHING:
        _add_entry(entry, page)
    elif _type_of(sent.resource) == "Bundle":
        _add(sent.resource, page)
        _note_response(entry.response, page)
    else:
        _add_odd_resource(sent.resource, entry, page)


def _add_odd_resource(text: msgspec.Raw, entry: _Entry, page: Page) -> None:
    entry.resource = _resource_of(text, page)
    if entry.resource is not None:
        _add_entry(entry, page)
    else:
        page.matches += 1
        _note_response(entry.response, page)


def _resource_of(text: bytes | msgspec.Raw, page: Page) -> Any:
    """A resource as far as it can be read; None if it is not of interest, or its type cannot be determined."""
    sent = _anything.decode(text)
    kind = _type_of(text)
    if kind not in _TYPES:
        if not kind:
            _note_nameless(page)
        return None
    read = read_carefully(_TYPES[kind], sent)
    resource: Any = read.resource
    if "code" in {path.partition(".")[0] for path in read.lost} and not resource.code.coding:
        page.unreadable.append(kind)
        return None
    if read.lost:
        resource.unread = read.lost
    return resource


def _merge(inner: Page, page: Page) -> None:
    """Merge nested Bundles: only one of several can be followed, and each has its own total and its own search."""
    page.self_link = None if page.entries else inner.self_link
    page.resources += inner.resources
    page.unreadable += inner.unreadable
    page.by_full_url |= inner.by_full_url
    page.entries += inner.entries
    page.matches += inner.matches
    page.error, page.failure = page.error or inner.error, page.failure or inner.failure
    left = "further pages of several Bundles" if inner.next_link and page.next_link else inner.incomplete
    page.incomplete = page.incomplete or left
    page.next_link = page.next_link or inner.next_link
    if inner.total is not None:
        page.total = (page.total or 0) + inner.total


def _note_nameless(page: Page) -> None:
    page.unreadable.append(NAMELESS)
    page.incomplete = page.incomplete or "an entry that is no resource"


def _links(sent: Any) -> list[Link]:
    read = (read_carefully(Link, one).resource for one in (sent if isinstance(sent, list) else []))
    return [link for link in read if link is not None]


def _list_of(text: bytes | msgspec.Raw) -> list[msgspec.Raw] | None:
    """The texts of a list, or a single object in place of one; None: it is neither."""
    if _is_object(text):
        return [msgspec.Raw(text)]
    try:
        return _list.decode(text)
    except msgspec.ValidationError:
        _anything.decode(text)
        return None


def _is_object(text: bytes | msgspec.Raw) -> bool:
    return bytes(memoryview(text)[:1]) == b"{"


def _type_of(text: bytes | msgspec.Raw) -> str:
    try:
        kind = _sent.decode(text).resourceType
    except msgspec.ValidationError:
        return ""
    return kind if isinstance(kind, str) else ""
