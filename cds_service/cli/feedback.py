"""icans-cds feedback: what clinicians do with the cards."""

from __future__ import annotations

import csv
import io
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import make_url

from cds_service.adapters.database import DEFAULT_FILE, Database
from cds_service.adapters.feedback_store import UNANSWERED, UNKNOWN, Tally, tallies
from cds_service.errors import SettingsError
from cds_service.settings import Settings

OVERRIDDEN, ALL = "overridden", "all"
OUTCOMES = ("accepted", OVERRIDDEN, UNANSWERED)
Row = tuple[str, ...]


@click.command()
@click.option("--store", default=None, help="The store in which the service keeps cards and feedback. [ICANS_STORE]")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="Count only cards shown since this time (UTC)."
)
@click.option("--json", "form", flag_value="json", help="Print JSON.")
@click.option(
    "--csv", "form", flag_value="csv", help="Print CSV, one row per service, topic, grade, outcome and reason."
)
def feedback(store: str | None, since: datetime | None, form: str | None) -> None:
    """Report how many cards were accepted, overridden or left unanswered, by service and grade, and why.

    If a user responded to one card several times, the latest response counts. A low acceptance rate does not mean that
    the cards were no use: a clinician may read a card and carry on without responding to it.
    """
    settings = Settings.from_env(os.environ)  # noqa: TID251  (the edge of the program)
    address = store or settings.store or DEFAULT_FILE
    found = tallies(_opened(address), since.replace(tzinfo=UTC) if since else None)
    match form:
        case "json":
            click.echo(json.dumps([tally._asdict() for tally in found], indent=2))
        case "csv":
            click.echo(_csv(found), nl=False)
        case _:
            click.echo("\n".join(_report(found) if found else _nothing(address, since)))


def _opened(address: str) -> Database:
    if "://" not in address and not Path(address).exists():
        raise SettingsError(f"no store at {address}; give the service's store with --store (or ICANS_STORE)")
    return Database(address)


def _csv(found: Iterable[Tally]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([Tally._fields, *found])
    return text.getvalue()


def _nothing(address: str, since: datetime | None) -> Iterator[str]:
    when = f"since {since:%Y-%m-%d %H:%M} UTC" if since else "yet"
    yield f"No cards shown {when} in the store {_place(address)}."
    yield "A card is recorded when `icans-cds serve` answers with it; silent services show none."
    yield "An EHR that is set up to do so sends feedback to POST /cds-services/{id}/feedback."


def _place(address: str) -> str:
    """An address without its password."""
    return make_url(address).render_as_string() if "://" in address else address


def _report(found: Sequence[Tally]) -> Iterator[str]:
    known = [tally for tally in found if tally.certainty != UNKNOWN]
    yield from _table(("service", "ICANS grade", "shown", *OUTCOMES), _rates(known))
    reasons = [tally for tally in known if tally.outcome == OVERRIDDEN]
    if reasons:
        yield from ("", *_table(("service", "ICANS grade", "overridden", "reason"), _reasons(reasons)))
    strange = sum(tally.cards for tally in found if tally.certainty == UNKNOWN)
    if strange:
        yield f"\nFeedback on {strange} more cards that are not in this store: shown while the store was unavailable,"
        yield "by another installation, or to a client other than the one that reported them."


def _rates(found: Iterable[Tally]) -> Iterator[Row]:
    """One row per service and grade, and one for the total."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for tally in found:
        counts[tally.service, _grade(tally), tally.outcome] += tally.cards
        counts[ALL, "", tally.outcome] += tally.cards
    groups = sorted({(service, grade) for service, grade, _ in counts}, key=lambda group: (group[0] == ALL, *group))
    for service, grade in groups:
        ended = [counts[service, grade, outcome] for outcome in OUTCOMES]
        yield (service, grade, str(sum(ended)), *(_share(number, sum(ended)) for number in ended))


def _reasons(found: Iterable[Tally]) -> Iterator[Row]:
    """The most frequent reason of each service and grade first."""
    counts: Counter[tuple[str, str, str]] = Counter()
    totals: Counter[tuple[str, str]] = Counter()
    for tally in found:
        counts[tally.service, _grade(tally), _reason(tally)] += tally.cards
        totals[tally.service, _grade(tally)] += tally.cards
    for (service, grade, reason), number in sorted(counts.items(), key=lambda item: (*item[0][:2], -item[1], item[0])):
        yield (service, grade, _share(number, totals[service, grade]), reason)


def _reason(tally: Tally) -> str:
    return tally.reason or ("only a comment (not kept)" if tally.commented else "none given")


def _grade(tally: Tally) -> str:
    if tally.grade is None:
        return tally.certainty
    return str(tally.grade) if tally.certainty == "exact" else f"{tally.grade} {tally.certainty}"


def _share(number: int, of_all: int) -> str:
    return f"{number} ({number / of_all:.0%})"


def _table(head: Row, rows: Iterable[Row]) -> Iterator[str]:
    """Columns as wide as their widest value."""
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()
