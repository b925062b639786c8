"""The real HAPI FHIR server of tests/hapi: built if needed, started for the tests or manually.

Manually: python -m tests.verification.hapi --port 8080 (make hapi).
"""

from __future__ import annotations

import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
import requests

from cds_service.sandbox.stories.seed import load_into

PROJECT = Path(__file__).parents[1] / "hapi"
JAR = PROJECT / "target" / "hapi.jar"
UNPACKED = PROJECT / "target" / "extracted" / "hapi.jar"
READY = "HAPI FHIR ready at "


def build() -> None:
    """Build the jar if a source is newer, and unpack it, which makes the start faster."""
    sources = [PROJECT / "pom.xml", *(PROJECT / "src").rglob("*")]
    newest = max(source.stat().st_mtime for source in sources)
    if not JAR.exists() or JAR.stat().st_mtime < newest:
        subprocess.run(["mvn", "-q", "-B", "-f", PROJECT / "pom.xml", "package"], check=True)
    if not UNPACKED.exists() or UNPACKED.stat().st_mtime < JAR.stat().st_mtime:
        unpack = ["java", "-Djarmode=tools", "-jar", JAR, "extract", "--force", "--destination", UNPACKED.parent]
        subprocess.run(unpack, check=True, stdout=subprocess.DEVNULL)
        UNPACKED.touch()


@contextmanager
def running(port: int = 0) -> Iterator[str]:
    """The base URL of a server on loopback that stops at the end of the block."""
    build()
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "stderr").open("wb") as errors:
        command = ["java", "-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", f"-Djava.io.tmpdir={folder}"]
        command += ["-jar", str(UNPACKED), f"--server.port={port}", "--exit-on-stdin-eof=true"]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=errors, text=True) as server:
            line = server.stdout.readline() if server.stdout else ""
            if not line.startswith(READY):
                server.wait(10)
                raise RuntimeError(f"HAPI did not start: {(Path(folder) / 'stderr').read_text()[-2000:]}")
            try:
                yield line.removeprefix(READY).strip()
            finally:
                server.communicate(timeout=30)


def severities(base: str, resource: dict, profile: str = "") -> list[tuple[str, str]]:
    """The severity and text of each issue that `$validate` finds in a resource."""
    url = f"{base}/{resource['resourceType']}/$validate{f'?profile={profile}' if profile else ''}"
    headers = {"Content-Type": "application/fhir+json", "Accept": "application/fhir+json"}
    answer = requests.post(url, json=resource, headers=headers, timeout=60)
    return [(issue["severity"], issue.get("diagnostics", "")) for issue in answer.json()["issue"]]


def put(base: str, resource: dict) -> None:
    """Store a resource with its own id."""
    url = f"{base}/{resource['resourceType']}/{resource['id']}"
    headers = {"Content-Type": "application/fhir+json", "Accept": "application/fhir+json"}
    answer = requests.put(url, json=resource, headers=headers, timeout=60)
    if answer.status_code not in (200, 201):
        raise RuntimeError(f"{answer.status_code}: {answer.text[:500]}")


@click.command()
@click.option("--port", default=8080, show_default=True, help="port to listen on, on this machine only")
def main(port: int) -> None:
    """Run a HAPI FHIR server with the sandbox patients until Ctrl-C."""
    click.echo("building and starting HAPI (the first time this downloads about 340 MB) ...")
    with running(port) as base:
        for line in load_into(base, datetime.now(UTC)):
            click.echo(f"  {line}")
        click.echo(f"HAPI FHIR with the sandbox patients at {base}  (Ctrl-C ends it; nothing is kept)")
        click.echo(f'try: curl "{base}/Patient?_summary=count"')
        click.echo("and, beside it: make demo, then a hook call with this fhirServer (README, Try it on HAPI)")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo("stopping")


if __name__ == "__main__":
    main()
