"""icans-cds doctor: why the service sees what it sees in one record."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from cds_service.access import limits_of
from cds_service.adapters.outbound import parse_base
from cds_service.app import decider_of, knowledge_of
from cds_service.doctor.examine import Examination
from cds_service.doctor.page import page_of
from cds_service.doctor.plain import report_json
from cds_service.doctor.privacy import without_identifiers
from cds_service.doctor.report import Report, SearchDone
from cds_service.doctor.server import WatchedServer
from cds_service.doctor.sources import of_bundle, of_server, read_json
from cds_service.doctor.terminal import print_report
from cds_service.errors import SettingsError
from cds_service.fhir_mapping.data_requirements import Requirement, requirements_of
from cds_service.fhir_mapping.orders.drafts import Call, read_drafts
from cds_service.fhir_mapping.searches import SearchStyle, in_style
from cds_service.gather.outcome import Wanted
from cds_service.hooks import SERVICES
from cds_service.hooks.schemas import HookRequest, read_hook_request
from cds_service.hooks.spec import HookSpec
from cds_service.knowledge.profiles import load_profiles
from cds_service.settings import Settings

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_WIDE = 110  # columns, where the output is no terminal
_THREADS = 16


@dataclass(frozen=True, slots=True)
class Asked:
    """Which record, and how to reach it."""

    fhir: str
    patient: str
    token_file: Path | None
    bundle: Path | None
    request: Path | None

    def body(self, requirements: Sequence[Requirement]) -> bytes:
        """The call to examine. Raises SettingsError unless exactly one record is named."""
        named = [name for name, value in zip(("--fhir", "--bundle", "--request"), self._sources, strict=True) if value]
        if len(named) != 1:
            raise SettingsError("name one record: --fhir URL --patient ID, or --bundle FILE, or --request FILE")
        if self.bundle is not None:
            bundle = read_json(self.bundle.read_bytes(), "--bundle")
            return msgspec.json.encode(of_bundle(bundle, self.patient, requirements))
        if self.request is not None:
            return self.request.read_bytes()
        if not self.patient:
            raise SettingsError("--fhir needs --patient ID")
        return msgspec.json.encode(of_server(self.fhir, self.patient, ""))

    @property
    def _sources(self) -> tuple[object, ...]:
        return self.fhir, self.bundle, self.request

    @property
    def token(self) -> str | None:
        """The access token, from a file so that no other user of the machine can read it."""
        return self.token_file.read_text("utf-8").strip() or None if self.token_file else None


@click.command()
@click.option("--fhir", default="", metavar="URL", help="Base URL of a FHIR R4 server; needs --patient.")
@click.option("--patient", default="", metavar="ID", help="The patient's id on that server, or in the Bundle.")
@click.option("--token-file", type=_FILE, help="File that holds the access token for the server.")
@click.option("--bundle", type=_FILE, help="A FHIR Bundle with the record, such as Patient/$everything.")
@click.option("--request", type=_FILE, help="A recorded CDS Hooks request; its prefetch is examined.")
@click.option("--guideline", multiple=True, type=_FILE, help="Your site file; repeatable. [ICANS_GUIDELINE]")
@click.option("--profile", type=click.Choice(tuple(load_profiles())), help="What kind of server it is.")
@click.option("--ca-file", type=_FILE, help="PEM file of the authorities that are trusted. [ICANS_CA_FILE]")
@click.option("--deadline-seconds", type=float, default=30.0, show_default=True, help="For all searches together.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%dT%H:%M:%SZ"]), help="Examine as of this moment; default: now.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), help="Also write one HTML page, to mail around."
)
@click.option("--with-identifiers", is_flag=True, help="Do not hide the ids of the patient and of resources.")
def doctor(**given: Any) -> None:
    """Say why the service sees what it sees in one record.

    What was understood, concept by concept; every code that was not, with the line for your site file; why there is a
    card, or none; each search with its time; and the card itself, made exactly as for a clinician.

    \b
    icans-cds doctor --fhir https://fhir.hospital.example/r4 --patient 123 --token-file token
    icans-cds doctor --bundle record.json --guideline site.toml
    icans-cds doctor --request call.json --json

    Exits with 0 if there is nothing to mend, 1 if there are problems, 2 if it was called wrongly.
    """
    asked = Asked(*(given[name] for name in ("fhir", "patient", "token_file", "bundle", "request")))
    as_of = given["as_of"].replace(tzinfo=UTC) if given["as_of"] else datetime.now(UTC)  # noqa: TID251  (the edge of the program)
    report = _examined(asked, _settings(given), as_of, hidden=not given["with_identifiers"])
    if given["html"]:
        given["html"].write_text(page_of(report), "utf-8")
    if given["as_json"]:
        click.echo(json.dumps(report_json(report), indent=2, ensure_ascii=False))
    else:
        console = Console()
        print_report(report, console if console.is_terminal else Console(width=_WIDE))
    sys.exit(0 if report.is_well else 1)


def _settings(given: dict[str, Any]) -> Settings:
    chosen = {
        "guideline": tuple(map(str, given["guideline"])),
        "ca_file": str(given["ca_file"] or ""),
        "profile": given["profile"] or "",
        "deadline_seconds": given["deadline_seconds"],
    }
    environ = os.environ  # noqa: TID251  (the edge of the program)
    return Settings.from_env(environ).changed({name: value for name, value in chosen.items() if value})


def _examined(asked: Asked, settings: Settings, as_of: datetime, *, hidden: bool) -> Report:
    knowledge = knowledge_of(settings)
    wanted = requirements_of(knowledge.terminology, knowledge.protocol.rules.decisions.record)
    body = asked.body(wanted)
    hook = _hook(body, asked)
    call = read_hook_request(body, hook, settings.draft_limit)
    style = SearchStyle(load_profiles()[settings.profile])
    requirements = hook.needed(in_style(wanted, style) if asked.fhir else wanted)
    drafts = read_drafts(call.draft_orders, call.selections)
    with ThreadPoolExecutor(_THREADS) as pool, _progress(len(requirements), shown=bool(asked.fhir)) as noted:
        examination = Examination(knowledge, decider_of(settings, knowledge), requirements, pool, as_of)
        server = _server(asked, settings, noted) if asked.fhir else None
        record = _wanted(call, settings, server)
        report = examination.report(replace(record, orders=drafts.resources), Call(hook.id, hook.kind, drafts))
    named = replace(report, subject=call.patient_id)
    return without_identifiers(named, call.patient_id) if hidden else named


def _wanted(call: HookRequest, settings: Settings, server: WatchedServer | None) -> Wanted:
    return Wanted(call.patient_id, call.encounter_id, call.prefetch, settings.entry_limit, server)


def _hook(body: bytes, asked: Asked) -> HookSpec:
    """The service that a call is for. Raises SettingsError if there is none."""
    if asked.request is None:
        return SERVICES["icans-patient-view"]
    call = read_json(body, "--request")
    name = f"icans-{call.get('hook')}" if isinstance(call, dict) else ""
    if name not in SERVICES:
        hooks = ", ".join(one.hook for one in SERVICES.values())
        raise SettingsError(f"--request: this is JSON, and not a CDS Hooks request for one of {hooks}")
    return SERVICES[name]


def _server(asked: Asked, settings: Settings, noted: Any) -> WatchedServer:
    try:
        base = parse_base(asked.fhir)
    except ValueError as error:
        raise SettingsError(f"--fhir: {error}") from error
    allowance = limits_of(settings).begin(settings.deadline_seconds)
    return WatchedServer(base, asked.token, allowance, noted=noted)


@contextmanager
def _progress(total: int, *, shown: bool) -> Iterator[Any]:
    """A bar on standard error that moves with each answer; the report goes to standard output."""
    console = Console(stderr=True)
    columns = (TextColumn("searching"), BarColumn(), TextColumn("{task.completed} answers"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not (shown and console.is_terminal)) as bar:
        task = bar.add_task("", total=total)

        def noted(_: SearchDone) -> None:
            bar.advance(task)

        yield noted
