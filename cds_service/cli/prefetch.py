"""icans-cds prefetch: the prefetch templates, for EHRs in which somebody types them in."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import click
import msgspec

from cds_service.adapters.clients import GENERIC, Client, read_clients
from cds_service.app import knowledge_of
from cds_service.errors import SettingsError
from cds_service.fhir_mapping.data_requirements import Requirement, requirements_of
from cds_service.fhir_mapping.searches import SearchStyle, in_style
from cds_service.hooks import SERVICES
from cds_service.knowledge.profiles import load_profiles
from cds_service.settings import Settings


@click.command()
@click.option("--profile", type=click.Choice(tuple(load_profiles())), default=GENERIC, show_default=True)
@click.option("--dated", is_flag=True, help="with FHIRPath dates, for EHRs that compute {{today() - 45 days}}")
@click.option(
    "--client", type=(click.Path(path_type=Path), str), help="clients file and name: as that client gets them"
)
@click.option("--guideline", multiple=True, help="your site's own file, whose codes are asked for too; repeatable")
@click.option("--json", "as_json", is_flag=True, help="as a JSON object: key and template")
def prefetch(
    profile: str, client: tuple[Path, str] | None, guideline: tuple[str, ...], *, dated: bool, as_json: bool
) -> None:
    """Print each prefetch key with its template, for typing in.

    A key may be left out: the service then fetches it from the FHIR server, or says on the card that it is missing.
    """
    settings = Settings.from_env(os.environ)  # noqa: TID251  (the edge of the program)
    knowledge = knowledge_of(settings.changed({"guideline": guideline} if guideline else {}))
    chosen = SearchStyle(load_profiles()[profile], dated_templates=dated)
    style = _client(settings, *client).searches if client else chosen
    requirements = requirements_of(knowledge.terminology, knowledge.protocol.rules.decisions.record)
    _show(in_style(requirements, style), style, as_json=as_json)


def _client(settings: Settings, file: Path, name: str) -> Client:
    by_name = {one.client.name: one.client for one in read_clients(file, SERVICES, demo=settings.demo)}
    if name not in by_name:
        raise SettingsError(f"--client: {name!r} is none of {', '.join(by_name)}")
    return by_name[name]


def _show(requirements: Iterable[Requirement], style: SearchStyle, *, as_json: bool) -> None:
    if as_json:
        templates = {one.key: one.template() for one in requirements}
        click.echo(msgspec.json.format(msgspec.json.encode(templates), indent=2).decode())
        return
    click.echo(f"# {style.profile.label}: {style.profile.known}")
    for one in requirements:
        template = one.template()
        click.echo(f"\n# {one.key}{_when(one)}, {len(template)} characters\n{template}")


def _when(requirement: Requirement) -> str:
    """Whether every service needs it."""
    if not requirement.optional:
        return f" ({'required' if requirement.need else 'optional'})"
    return f" (only {', '.join(name for name, hook in SERVICES.items() if requirement.group in hook.also_needs)})"
