"""Load the stories as of now into a FHIR server: python -m cds_service.sandbox.stories.seed URL."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Any, NamedTuple

import click
import msgspec
import requests

from cds_service.errors import IcansCdsError
from cds_service.sandbox.stories.story import Json, Story, read_stories

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?((?:\.\d+)?(?:Z|[+-]\d\d:\d\d))")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_PARTIAL = re.compile(r"(\d{4})(?:-(\d\d))?")
# In these elements a year is a date; elsewhere it may be a code. Other texts are never dates.
_DATED = re.compile(r".*(Date|DateTime)|start|end|authoredOn|authored|date")
_TEXTS = frozenset({"code", "display", "div", "id", "system", "text", "value", "valueString", "version"})
_LOAD_SECONDS, _LOOK_SECONDS, _PAUSE_SECONDS = 60, 5, 1.0
_MIDDLE_MONTH, _MIDDLE_DAY = 7, 15


class LoadError(IcansCdsError):
    """A FHIR server is unavailable, or rejected the patients."""


class _Shift(NamedTuple):
    """How far to move: moments by `span`, days by calendar days, so that "day 6" stays day 6."""

    span: timedelta
    days: int


def shifted(bundle: Json, now: datetime) -> Json:
    """The same story with its present at `now`: every date moves, keeping its offset and its precision."""
    original = datetime.fromisoformat(bundle["timestamp"]).replace(microsecond=0)
    present = now.astimezone(original.tzinfo).replace(microsecond=0)
    moved: Json = _moved(bundle, "", _Shift(present - original, (present.date() - original.date()).days))
    return moved


def resources_of(bundle: Json) -> Iterator[Json]:
    """The resources of a Bundle, in its order."""
    return (entry["resource"] for entry in bundle.get("entry", ()))


def load_into(base: str, now: datetime, stories: Sequence[Story] | None = None) -> Iterator[str]:
    """Load each patient into a FHIR server and print a line for each. Raises LoadError."""
    with _session() as session:
        for story in read_stories() if stories is None else stories:
            bundle = _transaction(shifted(story.bundle, now))
            _post(session, base, story.slug, bundle)
            yield f"{story.slug}: {len(bundle['entry'])} resources"


def wait_for(base: str, seconds: float) -> None:
    """Wait until a FHIR server answers /metadata. Raises LoadError if it does not within this many seconds."""
    deadline = time.monotonic() + seconds
    with _session() as session:
        trouble = _trouble(session, base)
        while trouble:
            if time.monotonic() >= deadline:
                raise LoadError(f"{base} is not up after {seconds:g} s: {trouble}")
            time.sleep(_PAUSE_SECONDS)
            trouble = _trouble(session, base)


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    return session


def _trouble(session: requests.Session, base: str) -> str:
    """Why a server cannot be used yet; empty if it can."""
    try:
        status = session.get(f"{base.rstrip('/')}/metadata", timeout=_LOOK_SECONDS).status_code
    except requests.RequestException as error:
        return type(error).__name__
    return "" if status == HTTPStatus.OK else f"/metadata answered {status}"


def _moved(value: Any, name: str, shift: _Shift) -> Any:
    """A JSON value with its dates moved; `name` is that of its element."""
    match value:
        case dict():
            return {key: _moved(inner, key, shift) for key, inner in value.items()}
        case list():
            return [_moved(inner, name, shift) for inner in value]
        case str() if name not in _TEXTS:
            return _moved_text(value, name, shift)
        case _:
            return value


def _moved_text(text: str, name: str, shift: _Shift) -> str:
    moment = _MOMENT.fullmatch(text)
    if moment:
        minutes, seconds, rest = moment.groups(default="")
        local = datetime.fromisoformat(minutes + (seconds or ":00")) + shift.span
        return local.isoformat(timespec="seconds" if seconds else "minutes") + rest
    if _DAY.fullmatch(text):
        return (date.fromisoformat(text) + timedelta(shift.days)).isoformat()
    partial = _PARTIAL.fullmatch(text)
    if partial and _DATED.fullmatch(name):
        year, month = partial.groups()
        middle = date(int(year), int(month or _MIDDLE_MONTH), _MIDDLE_DAY if month else 1) + timedelta(shift.days)
        return middle.isoformat()[: len(text)]
    return text


def _transaction(bundle: Json) -> Json:
    """One transaction that puts every resource under its own id, so that loading twice changes nothing."""
    entries = []
    for entry in bundle.get("entry", ()):
        resource = entry["resource"]
        url = f"{resource['resourceType']}/{resource['id']}"
        named = {"fullUrl": entry["fullUrl"]} if "fullUrl" in entry else {}
        entries.append({**named, "resource": resource, "request": {"method": "PUT", "url": url}})
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _post(session: requests.Session, base: str, slug: str, bundle: Json) -> None:
    headers = {"Content-Type": "application/fhir+json", "Accept": "application/fhir+json"}
    try:
        answer = session.post(base, msgspec.json.encode(bundle), headers=headers, timeout=_LOAD_SECONDS)
    except requests.RequestException as error:
        raise LoadError(f"{slug}: {base} did not answer: {type(error).__name__}") from error
    if answer.status_code != HTTPStatus.OK:
        raise LoadError(f"{slug}: {base} answered {answer.status_code}: {_diagnostics(answer)}")


def _diagnostics(answer: requests.Response) -> str:
    """The text of an OperationOutcome, or the start of any other response."""
    try:
        outcome = answer.json()
        return "; ".join(issue.get("diagnostics", issue.get("code", "")) for issue in outcome["issue"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return answer.text[:200]


@click.command()
@click.argument("base_url")
@click.option("--timeout", default=120.0, show_default=True, help="seconds to wait for the server to be up")
def main(base_url: str, timeout: float) -> None:
    """Load the demo's patients into the FHIR server at BASE_URL, with their stories starting now."""
    try:
        wait_for(base_url, timeout)
        for line in load_into(base_url, datetime.now(UTC)):  # noqa: TID251  (the edge of the program)
            click.echo(line)
    except IcansCdsError as error:
        click.echo(f"seed: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
