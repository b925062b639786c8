"""icans-cds check: whether the tables, value sets, texts and cases are right."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import click

from cds_service.app import decider_of
from cds_service.checks.answers import check_answers
from cds_service.checks.clients import check_clients
from cds_service.checks.products import check_product, check_products
from cds_service.checks.report import Report
from cds_service.checks.site import check_site
from cds_service.checks.specification import check_cases, check_file, packaged_cases
from cds_service.checks.tables import check_codes, check_editions, check_product_codes, check_rows
from cds_service.checks.texts import check_texts
from cds_service.checks.words import check_words
from cds_service.hooks import SERVICES
from cds_service.knowledge import Choices, Knowledge, load_knowledge
from cds_service.settings import Settings


class Asked(NamedTuple):
    """What to check, from the options."""

    cases: tuple[Path, ...]
    guideline: tuple[Path, ...]
    edition: tuple[str, ...]
    product: str | None
    clients: Path | None
    demo: bool

    def knowledge(self) -> Knowledge:
        """The tables, including the site's own."""
        return load_knowledge(Choices(guideline=self.guideline, edition=self.edition))

    def reports(self) -> Iterator[Report]:
        """The report on one product, or all reports."""
        if self.product is None:
            return _all_reports(self)
        return iter((check_product(self.product, self.knowledge()),))


@click.command()
@click.option(
    "--cases",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Also run the cases in this file (docs/cases.md); repeatable.",
)
@click.option(
    "--guideline",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Check your site file (docs/site-file.md), and run your cases with it; repeatable.",
)
@click.option(
    "--edition",
    multiple=True,
    help="Id of an edition to check with, instead of the newest of its body; repeatable.",
)
@click.option("--product", help="Only list what each table says about this product, such as axi-cel.")
@click.option(
    "--clients",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Also check this clients file (docs/security.md).",
)
@click.option(
    "--demo", is_flag=True, help="The clients file is for a demo: its FHIR servers on this machine may use http."
)
def check(**options: Any) -> None:
    """Read every table, value set and text, run every case, and report what is wrong.

    Exits with 0 if all is right, with 1 if something is wrong, and with 2 if a file cannot be read at all. An overdue
    review counts as wrong here, but does not stop the service.
    """
    asked, failed = Asked(**options), False
    for report in asked.reports():
        click.echo(f"{'wrong' if report.problems else 'ok':<6} {report.subject}: {report.seen}")
        for line in report.problems:
            click.secho(f"       {line}", fg="red")
        for line in report.warnings:
            click.secho(f"       note: {line}", fg="yellow")
        for line in report.notes:
            click.echo(f"       {line}")
        failed = failed or bool(report.problems)
    sys.exit(int(failed))


def _all_reports(asked: Asked) -> Iterator[Report]:
    knowledge = load_knowledge(Choices(edition=asked.edition))
    today = datetime.now(UTC).date()  # noqa: TID251  (the edge of the program)
    cases = packaged_cases(asked.edition)
    yield check_editions(knowledge, today)
    yield check_rows(knowledge)
    yield check_codes(knowledge.terminology)
    yield check_product_codes(knowledge.terminology)
    yield check_products(knowledge)
    yield check_texts()
    yield check_words(knowledge)
    yield check_cases(cases, knowledge)
    sites = [check_site(file, today) for file in asked.guideline]
    yield from sites
    if not any(site.problems for site in sites):
        with_site = asked.knowledge()
        yield from (check_file(file, with_site) for file in asked.cases)
    yield check_answers(cases, decider_of(Settings(), knowledge), knowledge)
    yield Report("knowledge", knowledge.fingerprint)
    if asked.clients is not None:
        yield check_clients(asked.clients, SERVICES, demo=asked.demo)
