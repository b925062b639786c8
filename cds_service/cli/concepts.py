"""icans-cds concepts: the names to which a site can map its codes."""

from __future__ import annotations

import json
from pathlib import Path

import click

from cds_service.knowledge import Choices, load_knowledge
from cds_service.knowledge.concepts import mappable


@click.command()
@click.option(
    "--guideline",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Also list the products of your site file; repeatable.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def concepts(guideline: tuple[Path, ...], *, as_json: bool) -> None:
    """List every name that `[codes]` of a site file takes, with its meaning and how its value is read."""
    found = list(mappable(load_knowledge(Choices(guideline=guideline))))
    if as_json:
        click.echo(json.dumps([one._asdict() for one in found], indent=2, ensure_ascii=False))
        return
    width, group = max(len(one.name) for one in found), ""
    for one in found:
        if one.group != group:
            click.secho(f"{one.group}:", bold=True)
            group = one.group
        click.echo(f"  {one.name:<{width}}  {one.meaning}{f' ({one.value})' if one.value else ''}")
