"""Editions stand side by side in a folder: of each body one is in force, the newest verified one or the one named."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest
from click.testing import CliRunner

from cds_service.app import create_app
from cds_service.checks.tables import check_editions
from cds_service.cli import commands
from cds_service.errors import KnowledgeError
from cds_service.knowledge import PACKAGED, Choices, load_knowledge
from cds_service.knowledge import editions as module
from cds_service.knowledge.editions import (
    ADVICE,
    LABELS,
    SINGLE,
    case_files,
    edition_files,
    files_in_force,
    load_labels,
)
from cds_service.settings import Settings
from tests.builders import NOW
from tests.parts import ROOT

GUIDELINES = ROOT / "cds_service" / "clinical" / "guidelines"
VERIFIED = "verified = true"


@pytest.fixture
def guidelines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the tables, which the service reads."""
    copy = copytree(GUIDELINES, tmp_path / "guidelines")
    monkeypatch.setattr(module, "GUIDELINES", copy)
    return copy


def newer_asco(guidelines: Path, *, verified: bool = True) -> None:
    """A second edition beside the first, with its own id, name and dose."""
    text = (guidelines / "advice" / "asco_2021.toml").read_text()
    text = text.replace('id = "asco-2021"', 'id = "asco-2026"').replace('label = "ASCO 2021"', 'label = "ASCO 2026"')
    text = text if verified else text.replace(VERIFIED, "verified = false", 1)
    (guidelines / "advice" / "asco_2026.toml").write_text(text)


def advising(choices: Choices = PACKAGED) -> list[str]:
    """The editions whose advice is in force."""
    return [table.edition.id for table in load_knowledge(choices).protocol.management]


def test_every_table_stands_in_the_folder_of_its_kind() -> None:
    assert {*SINGLE, ADVICE, LABELS} == {one.name for one in GUIDELINES.iterdir()}
    assert {path.name for path in GUIDELINES.glob("*/*.toml") if ".cases" not in path.name} == {
        one.source.name for one in edition_files()
    }


def test_of_two_editions_of_a_body_the_newest_is_in_force(guidelines: Path) -> None:
    before = load_knowledge().fingerprint
    newer_asco(guidelines)

    knowledge = load_knowledge()

    assert {"asco-2021", "asco-2026"} <= {one.edition.id for one in edition_files()}
    assert ["asco-2026", "cartox-support-2018"] == advising()[:2]
    assert "asco-2021" not in advising()
    assert {"asco-2026"} == {row.provenance.edition for row in knowledge.protocol.management[0].row}
    assert knowledge.fingerprint.startswith("astct-2019 asco-2026 ")
    assert before != knowledge.fingerprint
    assert "Source: ASCO 2026 (" in knowledge.wording.say("alerts.source.steroid-stopped-early")


def test_an_unverified_edition_is_not_in_force(guidelines: Path) -> None:
    before = load_knowledge().fingerprint
    newer_asco(guidelines, verified=False)

    assert "asco-2021" == advising()[0]
    assert before == load_knowledge().fingerprint
    report = check_editions(load_knowledge(), NOW.date())
    assert ((), ("asco-2026 is not in force",)) == (report.problems, report.notes)


def test_the_edition_that_a_setting_names_is_in_force(guidelines: Path) -> None:
    newer_asco(guidelines)

    app = create_app(Settings(demo=True, edition=("asco-2021",)), now=lambda: NOW)
    told = app.test_client().get("/knowledge").json

    assert told is not None
    ids = [edition["id"] for edition in told["editions"]]
    assert "asco-2021" in ids
    assert "asco-2026" not in ids
    assert "asco-2021" == advising(Choices(edition=("asco-2021",)))[0]


def test_cases_beside_an_edition_run_only_while_it_is_in_force(guidelines: Path) -> None:
    assert "asco_2021.cases.toml" in {file.name for file in case_files()}
    newer_asco(guidelines)

    assert "asco_2021.cases.toml" not in {file.name for file in case_files()}
    assert "orders_and_stays.cases.toml" in {file.name for file in case_files()}
    assert "asco_2021.cases.toml" in {file.name for file in case_files(["asco-2021"])}


def test_an_edition_that_there_is_not_is_refused(guidelines: Path) -> None:
    newer_asco(guidelines)

    with pytest.raises(KnowledgeError, match=r"no edition asco-1999; known editions: .*asco-2026, asco-2021"):
        load_knowledge(Choices(edition=("asco-1999",)))
    with pytest.raises(KnowledgeError, match="of which one can be in force: asco-2026, asco-2021"):
        load_knowledge(Choices(edition=("asco-2021", "asco-2026")))
    assert 1 == CliRunner().invoke(commands, ["check", "--edition", "asco-1999"]).exit_code


def test_labels_are_chosen_like_any_edition_and_a_region_is_a_file(guidelines: Path) -> None:
    labels = (guidelines / "labels" / "us_2026.toml").read_text()
    newer = labels.replace("labels-us-2026-07", "labels-us-2027")
    (guidelines / "labels" / "us_2027.toml").write_text(newer)
    (guidelines / "labels" / "ch_2026.toml").write_text(newer.replace("labels-us-2027", "labels-ch-2026"))

    assert "labels-us-2027" == load_labels("us").edition.id
    assert "labels-us-2026-07" == load_labels("us", ["labels-us-2026-07"]).edition.id
    assert "labels-ch-2026" == load_labels("ch").edition.id


def test_a_file_that_is_no_edition_of_a_body_is_refused(guidelines: Path) -> None:
    (guidelines / "grading" / "astct.toml").write_text("")
    with pytest.raises(KnowledgeError, match=r"guidelines/grading/astct\.toml: <body>_<year>.toml expected"):
        files_in_force("us")
    (guidelines / "grading" / "astct.toml").unlink()

    (guidelines / "grading" / "other_2025.toml").write_text("")
    with pytest.raises(KnowledgeError, match="guidelines/grading: one body's editions expected, not astct, other"):
        files_in_force("us")


@pytest.mark.parametrize("text", ["", "[edition]\nid = 'x'", "[edition"])
def test_an_edition_without_an_identity_is_refused_by_name(guidelines: Path, text: str) -> None:
    newer_asco(guidelines)
    (guidelines / "advice" / "asco_2026.toml").write_text(text)

    with pytest.raises(KnowledgeError, match=r"asco_2026\.toml: "):
        files_in_force("us")
