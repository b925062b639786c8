"""icans-cds doctor: what it says of a record, and that a hospital gets from nothing to the right card by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cds_service.cli import commands
from cds_service.cli import main as run_main
from cds_service.errors import IcansCdsError
from tests.builders import (
    LOINC,
    NOW,
    alert,
    axi_cel,
    bundle,
    condition,
    given,
    hook_request,
    ice,
    observation,
    patient,
    prefetch,
    quantity,
)
from tests.cli.made_up_hospital import AS_OF, propofol, request
from tests.hooks.fhir_server import Answer, Call, Server, serving

Json = dict[str, Any]
MOMENT = f"{AS_OF:%Y-%m-%dT%H:%M:%SZ}"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(commands, ["doctor", "--as-of", MOMENT, *map(str, arguments)])


def report(*arguments: str | Path, code: int | None = None) -> Json:
    result = run("--json", *arguments)
    assert code is None or code == result.exit_code, result.output
    return json.loads(result.stdout)


def written(folder: Path, content: Any, name: str = "sent.json") -> Path:
    file = folder / name
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def whole_record(*more: Json) -> Json:
    return bundle(patient(), ice(5), alert(), axi_cel(), *more, type="collection")


@pytest.fixture
def mapped(tmp_path: Path) -> Path:
    """The site file that the doctor's lines make, pasted as often as there are new ones."""
    call, site = written(tmp_path, request(propofol())), tmp_path / "site.toml"
    site.write_text(report("--request", call, code=1)["siteFile"])
    site.write_text(site.read_text() + report("--request", call, "--guideline", site, code=1)["siteFile"])
    return site


def test_from_local_codes_to_the_right_grade_by_pasting(tmp_path: Path, mapped: Path) -> None:
    checked = CliRunner().invoke(commands, ["check", "--guideline", str(mapped)])
    assert 0 == checked.exit_code, checked.output

    call = written(tmp_path, request(), "plain.json")
    before = report("--request", call, code=1)
    after = report("--request", call, "--guideline", mapped)

    assert "card" not in before
    assert (2, "exact") == (after["evaluation"]["icans"]["grade"], after["evaluation"]["icans"]["certainty"])
    assert after["card"]["summary"].startswith("ICANS 2")
    found = {one["concept"]: one for one in after["understood"]}
    assert ("F", "K/uL") == (found["body-temperature"]["unit"], found["platelets"]["unit"])
    assert 1 == after["evaluation"]["crs"]["grade"]


def test_propofol_by_a_local_code_is_then_known_to_sedate(tmp_path: Path, mapped: Path) -> None:
    call = written(tmp_path, request(propofol()), "sedated.json")

    after = report("--request", call, "--guideline", mapped, code=0)

    assert "under propofol" in after["card"]["summary"]
    assert "cannot-grade" == after["evaluation"]["icans"]["certainty"]
    assert [] == after["unknown"]


def test_the_lines_are_marked_as_guesses(tmp_path: Path) -> None:
    found = report("--request", written(tmp_path, request()))

    assert all("a guess" in one["toml"] for one in found["unknown"] if "suggestedConcept" in one)
    rass = next(one for one in found["unknown"] if one.get("display") == "RASS")
    assert ("code", "310", "rass", 1) == (rass["kind"], rass["code"], rass["suggestedConcept"], rass["count"])


def test_what_has_no_likeness_gets_no_guess(tmp_path: Path) -> None:
    strange = observation("x-1", system="https://hospital.example", valueQuantity=quantity(3, "mmol"))
    odd = {"coding": [{"system": "https://hospital.example", "code": "q", "display": "Obtunded"}]}
    obtunded = observation("consciousness", 2, valueCodeableConcept=odd)
    pills = given("4711", system="https://hospital.example/formulary")
    units = observation("2276-4", system=LOINC, valueQuantity={"value": 900, "unit": "ug/decilitre"})
    loose = observation("ice", system="", valueInteger=5)
    record = whole_record(strange, obtunded, pills, units, loose, condition("Z99.9"))

    found = report("--bundle", written(tmp_path, record), code=1)

    assert ["answer", "unit", "drug", "code", "code", "code"] == [
        one["kind"] for one in found["unknown"] if "toml" not in one
    ]
    said = " ".join(one["text"] for one in found["problems"])
    assert "answer of consciousness not understood, 1 times: q “Obtunded”" in said
    assert "unit of ferritin not understood" in said
    assert "codes without a system" in said


def test_a_whole_record_without_problems_is_well(tmp_path: Path) -> None:
    result = run("--bundle", written(tmp_path, whole_record()))

    assert 0 == result.exit_code, result.output
    assert "No problems found" in result.stdout
    assert "ICANS 2" in result.stdout


def test_there_is_a_reason_where_there_is_no_card(tmp_path: Path) -> None:
    found = report("--bundle", written(tmp_path, bundle(patient(), alert(), type="collection")), code=0)

    assert found["why"].startswith("no card")
    assert "card" not in found


def test_the_answer_is_that_of_the_service(tmp_path: Path, client: Any) -> None:
    fetched = prefetch(neuro=bundle(ice(5), alert()), therapy=bundle(axi_cel()))
    served = client.call(fetched)["extension"]["example.icans-cds.evaluation"]

    found = report("--request", written(tmp_path, hook_request(fetched)))["evaluation"]

    assert NOW == AS_OF
    for part in ("icans", "crs", "gaps", "dataUse", "urgency", "recommendations"):
        assert json.dumps(served[part]).replace("o-", "") == json.dumps(served[part]).replace("o-", "")
        if part != "icans":
            assert served[part] == found[part]
    assert served["icans"]["grade"] == found["icans"]["grade"]


def test_no_identifier_is_told_unless_asked(tmp_path: Path) -> None:
    record = written(tmp_path, whole_record())
    page = tmp_path / "page.html"

    hidden = run("--json", "--html", page, "--bundle", record).stdout + page.read_text()
    shown = run("--json", "--html", page, "--with-identifiers", "--bundle", record).stdout + page.read_text()

    for one in ("p-1", "MedicationAdministration/ma-", "Observation/o-"):
        assert one not in hidden
        assert one in shown


def test_the_page_needs_nothing_else_and_escapes_what_it_shows(tmp_path: Path) -> None:
    evil = observation("e", system="https://hospital.example", valueInteger=1)
    evil["code"]["coding"][0]["display"] = "<script>alert(1)</script>"
    page = tmp_path / "page.html"

    run("--bundle", written(tmp_path, whole_record(evil)), "--html", page)

    text = page.read_text()
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert not [one for one in ("src=", "<link", "url(", "@import") if one in text]


@pytest.mark.parametrize(
    ("content", "option", "why"),
    [
        ("{", "--bundle", "not JSON"),
        ("{}", "--bundle", "not a FHIR Bundle"),
        ('{"resourceType": "Bundle"}', "--bundle", "holds 0 such Patients"),
        (
            '{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient"}}]}',
            "--bundle",
            "holds 1 such",
        ),
        ("[", "--request", "not JSON"),
        ("[]", "--request", "not a CDS Hooks request"),
        ('{"hook": "order-dispatch"}', "--request", "not a CDS Hooks request"),
        ('{"hook": "patient-view"}', "--request", "Not a CDS Hooks request: "),
    ],
)
def test_a_wrong_file_is_named_and_nothing_of_it_repeated(tmp_path: Path, content: str, option: str, why: str) -> None:
    ended = run(option, written(tmp_path, content))

    assert isinstance(ended.exception, IcansCdsError)
    assert why in str(ended.exception)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "name one record"),
        (("--fhir", "http://localhost:1", "--bundle", "README.md"), "name one record"),
        (("--fhir", "http://localhost:1"), "--fhir needs --patient"),
        (("--fhir", "ftp://x", "--patient", "p"), "--fhir: "),
        (("--bundle", "no-such-file"), "does not exist"),
    ],
)
def test_wrong_usage_exits_with_2(
    arguments: tuple[str, ...], why: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr("sys.argv", ["icans-cds", "doctor", *arguments])

    with pytest.raises(SystemExit) as ended:
        run_main()

    assert 2 == ended.value.code
    assert why in capsys.readouterr().err


def test_the_help_names_the_three_ways_and_the_exit_codes() -> None:
    text = run("--help").output

    for one in ("--fhir", "--bundle", "--request", "Exits with 0"):
        assert one in text


CAPABLE = {
    "resourceType": "CapabilityStatement",
    "fhirVersion": "4.0.1",
    "rest": [
        {
            "resource": [
                {"type": "Patient"},
                {"type": "Condition", "searchParam": [{"name": "patient"}]},
                {"type": "Observation", "searchParam": [{"name": one} for one in ("patient", "code")]},
            ]
        }
    ],
}


@pytest.fixture
def server() -> Any:
    with serving(lambda _: Answer(bundle())) as found:
        yield found


def answering(server: Server, **by_type: Any) -> None:
    """A server that answers by type of resource, and else with nothing."""

    def rule(call: Call) -> Answer:
        found = by_type.get(call.kind, bundle())
        return found if isinstance(found, Answer) else Answer(found)

    server.rule = rule


def test_a_server_is_asked_and_each_search_is_timed(server: Server) -> None:
    strange = observation("310", system="https://hospital.example", valueInteger=5)
    strange["code"]["coding"][0]["display"] = "ICE score"
    answering(
        server,
        metadata=CAPABLE,
        Patient=patient(),
        Observation=bundle(ice(5), alert(), strange),
        MedicationAdministration=bundle(axi_cel()),
    )

    found = report("--fhir", server.base, "--patient", "p-1", code=1)

    searches = [one["query"] for one in found["searches"]]
    assert "Patient/(hidden)" in searches
    assert all(one["milliseconds"] > 0 and one["url_length"] > len(server.base) for one in found["searches"])
    said = " ".join(one["text"] for one in found["problems"])
    assert "does not offer Procedure" in said
    assert "Observation: the server does not say that it can search by date" in said
    assert ["ice-total"] == [one["suggestedConcept"] for one in found["unknown"]]


@pytest.mark.parametrize(
    ("status", "why"),
    [(401, "HTTP 401"), (404, "HTTP 404")],
)
def test_a_server_that_refuses_is_a_problem_with_its_reason(server: Server, status: int, why: str) -> None:
    answering(server, Patient=Answer(status=status), metadata=Answer(body=b"no"))

    found = report("--fhir", server.base, "--patient", "p-1", code=1)

    said = " ".join(one["text"] for one in found["problems"])
    assert why in said
    assert "CapabilityStatement" in said


def test_nothing_listens_there() -> None:
    result = run("--fhir", "http://127.0.0.1:9", "--patient", "p-1", "--deadline-seconds", "5")

    assert 1 == result.exit_code
    assert "no connection" in result.output.replace("\n", " ")
