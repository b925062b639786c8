"""docker-compose.yml, as a Compose client reads it."""

from __future__ import annotations

import re
import subprocess
from typing import Any

import click
import pytest
import yaml

from cds_service.cli.serve import serve
from tests.parts import ROOT

pytestmark = pytest.mark.compose


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    """The services, with all variables filled in."""
    command = ["docker-compose", "-f", str(ROOT / "docker-compose.yml"), "config"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert 0 == done.returncode, done.stderr
    return yaml.safe_load(done.stdout)["services"]


def test_the_file_is_valid_and_has_four_services(services: dict[str, dict[str, Any]]) -> None:
    assert {"database", "fhir", "patients", "cds"} == set(services)


def test_every_image_is_our_own_or_pinned_by_version(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        own = service["image"] == "icans-cds:demo"
        assert own or re.search(r":v?\d[\w.-]*$", service["image"]), name
    assert services["fhir"]["image"].startswith("docker.io/hapiproject/hapi:v")


def test_nothing_is_reachable_from_another_machine(services: dict[str, dict[str, Any]]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", ())]

    assert ports
    assert all(str(port).startswith("127.0.0.1:") for port in ports)


def test_each_part_waits_until_what_it_needs_is_healthy(services: dict[str, dict[str, Any]]) -> None:
    assert {"database": {"condition": "service_healthy"}} == services["fhir"]["depends_on"]
    assert {"condition": "service_completed_successfully"} == services["cds"]["depends_on"]["patients"]
    for name in ("database", "fhir"):
        assert "test" in services[name]["healthcheck"]
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text()


def test_the_service_runs_as_a_demo_with_hapi_named(services: dict[str, dict[str, Any]]) -> None:
    """The program accepts the command line."""
    command = services["cds"]["command"]
    options = serve.make_context("icans-cds serve", command[1:], resilient_parsing=False).params

    assert "serve" == command[0]
    assert options["demo"] is True
    assert ("http://localhost:8080/fhir",) == options["fhir_server"]
    assert list(options["fhir_server"]) == services["patients"]["command"]
    with pytest.raises(click.NoSuchOption):
        serve.make_context("icans-cds serve", ["--demos"])


def test_the_image_refuses_to_start_for_patients_by_accident() -> None:
    command = re.findall(r"^CMD (.*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)

    assert ['["serve", "--host", "0.0.0.0"]'] == command
