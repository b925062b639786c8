"""icans-cds check reports every mistake and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from cds_service.app import decider_of
from cds_service.checks import answers, texts
from cds_service.checks.answers import answer_to, check_answers
from cds_service.checks.specification import packaged_cases
from cds_service.checks.tables import check_codes, check_editions, check_rows
from cds_service.cli import commands
from cds_service.clinical.tables.names import Drug
from cds_service.fhir_mapping.codes import Code
from cds_service.fhir_mapping.terminology import Dictionary, ValueSet
from cds_service.knowledge import Knowledge
from cds_service.rendering.words.wording import Wording
from cds_service.settings import Settings
from tests.hooks.ehr import clients_file

OWN_CASES = """
title = "Our unit"
about = "Two patients."

[[case]]
name = "right"
rules = ["D1"]
records = [["1 h", "ice-total", 5], ["1 h", "consciousness", "alert"]]
expect = { icans = "exact 2" }

[[case]]
name = "wrong"
rules = ["D1"]
records = [["1 h", "ice-total", 5], ["1 h", "consciousness", "alert"]]
expect = { icans = "exact 1" }

[[case]]
name = "not a product"
rules = ["T3"]
doses = [["5 d", "snake-oil"]]
expect = { icans = "exact 1" }
"""


def test_the_packaged_files_have_no_problems() -> None:
    result = CliRunner().invoke(commands, ["check"])

    assert 0 == result.exit_code, result.output
    assert "wrong" not in result.output
    counted = re.search(
        r"^ok     cases: (\d+), which prove 12 fine points of the published tables and controls of (\d+)",
        result.output,
        re.MULTILINE,
    )
    assert counted is not None
    assert 150 <= len(packaged_cases()) == int(counted[1])
    assert len({hazard for case in packaged_cases() for hazard in case.hazard}) == int(counted[2])


def test_a_hospitals_own_cases_are_run_and_differences_reported(tmp_path: Path) -> None:
    file = tmp_path / "unit.cases.toml"
    file.write_text(OWN_CASES)

    result = CliRunner().invoke(commands, ["check", "--cases", str(file)])

    assert 1 == result.exit_code
    assert "wrong  unit.cases.toml: 3" in result.output
    assert "wrong: icans: exact 2, expected exact 1" in result.output
    assert "not a product: 'snake-oil' is neither a product nor a class of therapy" in result.output
    assert "right:" not in result.output


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ('"ice-total", 5', '"ice-totl", 5', "'ice-totl' is not the code of an Observation"),
        ('"ice-total", 5', '"ice-total", 11', "ice-total 11: the range is 0 to 10"),
        ('"alert"', '"asleep"', "consciousness 'asleep': not one of alert, awakens-spontaneously"),
        ("expect", 'drugs = [["1 h", "dexametasone"]]\nexpect', "'dexametasone' is not a drug"),
    ],
)
def test_a_misspelt_case_is_reported(tmp_path: Path, before: str, after: str, why: str) -> None:
    file = tmp_path / "typo.cases.toml"
    file.write_text(OWN_CASES.replace(before, after, 1))

    assert f"right: {why}" in CliRunner().invoke(commands, ["check", "--cases", str(file)]).output


def test_a_file_that_cannot_be_read_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    from cds_service.cli import main  # noqa: PLC0415  (the entry point ends the program)

    file = tmp_path / "typo.toml"
    file.write_text(OWN_CASES.replace("expect = { icans", "expect = { icand", 1))
    monkeypatch.setattr("sys.argv", ["icans-cds", "check", "--cases", str(file)])

    with pytest.raises(SystemExit) as stopped:
        main()

    assert 2 == stopped.value.code
    assert "icans-cds: typo.toml: not understood: case.0.expect.icand" in capsys.readouterr().err


def test_an_overdue_review_is_an_error(knowledge: Knowledge) -> None:
    first = date.fromisoformat(check_editions(knowledge, date.min).seen.rpartition(" ")[2])
    last = max(edition.review_by for edition in knowledge.editions)

    assert () == check_editions(knowledge, first).problems
    assert f"asco-2021: review was due by {last}" in check_editions(knowledge, last + timedelta(days=1)).problems


def test_an_overdue_review_of_a_single_row_is_an_error_that_names_it(knowledge: Knowledge) -> None:
    refractory = knowledge.protocol.rules.refractory
    row = refractory.evidence[0]
    own = replace(row, provenance=replace(row.provenance, review_by=date(2026, 12, 31)))
    table = replace(refractory, evidence=(own, *refractory.evidence[1:]))
    protocol = knowledge.protocol._replace(rules=replace(knowledge.protocol.rules, refractory=table))
    changed = replace(knowledge, protocol=protocol)

    assert () == check_editions(changed, date(2026, 12, 31)).problems
    assert "next review due by 2026-12-31" in check_editions(changed, date(2026, 12, 31)).seen
    assert ("blood-2023-refractory: evidence 1 (anakinra): review was due by 2026-12-31",) == check_editions(
        changed, date(2027, 1, 1)
    ).problems


def test_no_review_is_overdue_today(knowledge: Knowledge) -> None:
    assert () == check_editions(knowledge, datetime.now(UTC).date()).problems, "read the source again, then its dates"


def test_a_row_that_names_something_unknown_is_an_error(knowledge: Knowledge) -> None:
    asco = knowledge.protocol.management[0]
    wrong = replace(asco, row=(*asco.row, replace(asco.row[0], products=("snake-oil",))))
    protocol = knowledge.protocol._replace(management=(wrong,))

    problems = check_rows(replace(knowledge, protocol=protocol)).problems

    assert () == check_rows(knowledge).problems
    place = f"asco-2021: row {len(wrong.row)} (monitor-neuro)"
    assert [f"{place}: products: 'snake-oil' is none of "] == [problem[:68] for problem in problems]


def test_an_unverified_edition_is_an_error(knowledge: Knowledge) -> None:
    grading = knowledge.protocol.rules.grading
    unverified = replace(grading, edition=replace(grading.edition, verified=False))
    protocol = knowledge.protocol._replace(rules=replace(knowledge.protocol.rules, grading=unverified))

    report = check_editions(replace(knowledge, protocol=protocol), date(2026, 1, 1))

    assert ("astct-2019: not verified",) == report.problems


def test_a_code_with_two_drugs_is_an_error(knowledge: Knowledge) -> None:
    code = Code("http://snomed.info/sct", "1")
    drugs = Dictionary([ValueSet("propofol", frozenset({code})), ValueSet("ketamine", frozenset({code}))], Drug)

    report = check_codes(replace(knowledge.terminology, drugs=drugs))

    assert ("http://snomed.info/sct|1 is in both propofol and ketamine",) == report.problems


def test_languages_must_have_the_same_texts(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    english = {"status": {"head": {"exact": "grade $grade", "none": "none"}}}
    other = {"status": {"head": {"exact": "Grad", "other": "x"}}}

    assert {
        "xx: status.head.none is missing",
        "xx: status.head.other is not used",
        "xx: status.head.exact has the gaps none instead of $grade",
    } <= set(problems_of({"en": english, "xx": other}, knowledge, monkeypatch))


@pytest.mark.parametrize("named", ["ASCO 2021", "US label, text of July 2026", "ICANS CDS rules 2026"])
def test_a_wording_that_names_an_edition_is_an_error(
    knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    one = {"status": {"head": {"exact": f"grade (by {named})"}}}

    assert f"en: status.head.exact names {named}: cite it by cards/sources.toml" in problems_of(
        {"en": one}, knowledge, monkeypatch
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("some give none (a guide of February 2026)", "a year or a paper"),
        ("less counts as reduced (PMC9791940)", "a year or a paper"),
        ("by ASCO", "ASCO"),
        ("UF Health gives none", "UF Health"),
    ],
)
def test_a_wording_that_names_a_year_or_a_body_is_an_error(
    knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch, text: str, names: str
) -> None:
    assert f"en: status.head.exact names {names}: cite it by cards/sources.toml" in problems_of(
        {"en": {"status": {"head": {"exact": text}}}}, knowledge, monkeypatch
    )


def test_a_formula_has_a_year_in_its_name(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not [
        problem
        for problem in problems_of({"en": {"status": {"head": {"exact": "by CKD-EPI 2021"}}}}, knowledge, monkeypatch)
        if "names" in problem
    ]


def test_a_source_for_an_unused_placeholder_is_an_error(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    one = {"status": {"card": {"source": "ICANS CDS"}}}

    assert "sources.toml: status.card.source has no $source" in problems_of({"en": one}, knowledge, monkeypatch)


def problems_of(spoken: dict[str, dict], knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """The problems of the texts in these languages."""
    monkeypatch.setattr(texts, "languages", lambda: list(spoken))
    monkeypatch.setattr(texts, "load_wording", lambda name: Wording(spoken[name], knowledge.wording.behaviour))
    return texts.check_texts().problems


def test_an_answer_that_violates_a_specification_is_an_error(
    knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = next(case for case in packaged_cases() if "tocilizumab" in (case.expect.doses or ()))
    decider = decider_of(Settings(), knowledge)
    answer = answer_to(case, decider)
    card = answer["cards"][0]
    card["summary"] = "x" * 140
    card["source"]["topic"]["code"] = "icansInvented"
    card["suggestions"][0]["actions"][0]["resource"]["status"] = ["draft"]
    monkeypatch.setattr(answers, "answer_to", lambda *_: answer)

    problems = check_answers([case], decider, knowledge).problems

    assert f"{case.name}: cards.0.summary: Length must be between 1 and 139." in problems
    assert f"{case.name}: icansInvented is not in our CodeSystem" in problems
    assert any("Task: ('status',)" in problem for problem in problems)


def test_a_clients_file_is_checked_too(tmp_path: Path) -> None:
    file = clients_file(tmp_path, silent=["icans-patient-view"])

    result = CliRunner().invoke(commands, ["check", "--clients", str(file)])

    assert 0 == result.exit_code, result.output
    assert "ok     clients: mercy\n" in result.output
    assert "note: mercy: no fhir_servers, so all data must come as prefetch" in result.output
    assert "note: mercy: no cards are shown for icans-patient-view" in result.output


def test_a_clients_file_for_a_demo_is_checked_as_one(tmp_path: Path) -> None:
    command = ["check", "--clients", str(clients_file(tmp_path, fhir_servers=["http://127.0.0.1:8080/fhir"]))]

    strict, demo = CliRunner().invoke(commands, command), CliRunner().invoke(commands, [*command, "--demo"])

    assert (1, 0) == (strict.exit_code, demo.exit_code)
    assert "client.mercy.fhir_servers: http://127.0.0.1:8080/fhir: must be https" in strict.output


def test_every_mistake_in_a_clients_file_is_reported(tmp_path: Path) -> None:
    file = clients_file(tmp_path, issuer="mercy", services=["icans"], colour="red", fhir_servers=["http://a.example"])

    result = CliRunner().invoke(commands, ["check", "--clients", str(file)])

    assert 1 == result.exit_code
    said = result.output.partition("wrong  clients: clients.toml\n")[2].splitlines()
    assert ["client.mercy.colour", "client.mercy.issuer", "client.mercy.fhir_servers", "client.mercy.services"] == [
        line.strip().split(":")[0] for line in said[:4]
    ]
