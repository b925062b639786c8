"""The command line: icans-cds serve | check | prefetch | concepts | codes | doctor | feedback."""

from __future__ import annotations

import sys

import click

from cds_service import __version__
from cds_service.cli.check import check
from cds_service.cli.codes import codes
from cds_service.cli.concepts import concepts
from cds_service.cli.doctor import doctor
from cds_service.cli.feedback import feedback
from cds_service.cli.prefetch import prefetch
from cds_service.cli.serve import serve
from cds_service.errors import IcansCdsError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="icans-cds")
def commands() -> None:
    """ICANS CDS: a CDS Hooks service for neurotoxicity after CAR-T cells and T-cell engagers."""


commands.add_command(serve)
commands.add_command(check)
commands.add_command(prefetch)
commands.add_command(concepts)
commands.add_command(codes)
commands.add_command(doctor)
commands.add_command(feedback)


def main() -> None:
    """Run a command; wrong input is reported in one line, without a traceback."""
    try:
        commands()
    except IcansCdsError as error:
        click.echo(f"icans-cds: {error}", err=True)
        sys.exit(2)
