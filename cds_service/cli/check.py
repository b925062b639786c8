"""icans-cds check: whether the tables, value sets and texts are right."""

from __future__ import annotations

import click

from cds_service.knowledge import load_knowledge


@click.command()
def check() -> None:
    """Read every table, value set and text, and say what is wrong."""
    knowledge = load_knowledge()
    click.echo(f"ok: {knowledge.fingerprint}")
