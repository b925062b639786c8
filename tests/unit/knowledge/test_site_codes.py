"""The codes, units, answers and questionnaires of a site: they are read, and what can never match is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cds_service.checks.site import check_site
from cds_service.fhir_mapping.codes import LONGEST
from cds_service.fhir_mapping.mapper import MappingTables
from cds_service.knowledge import Choices, load_knowledge
from tests.builders import LOINC, NOW, PATIENT, observation
from tests.unit.mapping import mapped, tables, values

TODAY = date(2026, 3, 8)
FORM = "https://hospital.example/Questionnaire/ice"


def problems(tmp_path: Path, text: str) -> tuple[str, ...]:
    file = tmp_path / "site.toml"
    file.write_text(text)
    return check_site(file, TODAY).problems


def with_site(tmp_path: Path, text: str) -> dict[str, Any]:
    """What mapping needs with this site file."""
    file = tmp_path / "site.toml"
    file.write_text(text)
    knowledge = load_knowledge(Choices(guideline=(file,)))
    return {"terminology": knowledge.terminology, "units": knowledge.units}


def answered(link: str, **value: Any) -> dict[str, Any]:
    return {
        "resourceType": "QuestionnaireResponse",
        "id": "q-1",
        "questionnaire": f"{FORM}|3",
        "status": "completed",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "authored": NOW.isoformat(),
        "item": [{"linkId": link, "answer": [value]}],
    }


def test_a_unit_of_the_site_is_read(tmp_path: Path) -> None:
    site = with_site(
        tmp_path, '[units.platelets]\n"Tsd./\u00b5l" = "10*3/uL"\n[units.body-temperature]\n"Grad F" = "[degF]"\n'
    )

    facts = mapped(
        observation("777-3", system=LOINC, valueQuantity={"value": 45, "unit": "Tsd./\u03bcl"}),
        observation("8310-5", system=LOINC, valueQuantity={"value": 102.2, "unit": "Grad F"}),
        **site,
    )

    assert ([45], [39]) == (values(facts, "platelets"), values(facts, "body-temperature"))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('[units.platelet]\nx = "/nL"', "units.platelet: no measurement has this name"),
        ('[units.platelets]\nx = "mg"', "units.platelets: 'mg' is none of 10*9/L, "),
        ('[units.platelets]\n"/uL" = "/nL"', "units.platelets: '/uL' is a unit already, and another one than '/nL'"),
    ],
)
def test_a_unit_that_means_nothing_or_something_else_is_refused(tmp_path: Path, text: str, wrong: str) -> None:
    (found,) = problems(tmp_path, text)

    assert found.startswith(wrong)


def test_a_unit_that_is_known_already_may_be_repeated(tmp_path: Path) -> None:
    assert () == problems(tmp_path, '[units.platelets]\n"K/uL" = "10*9/L"\n')


@pytest.mark.parametrize(("answer", "points"), [(True, 1), (False, 0)])
def test_a_box_that_is_ticked_is_a_point(tmp_path: Path, answer: bool, points: int) -> None:
    site = with_site(tmp_path, f'[questionnaires."{FORM}"]\nwriting = "ice-writing"\n')

    assert [points] == values(mapped(answered("writing", valueBoolean=answer), **site), "ice-writing")


def test_a_site_can_say_what_true_and_false_mean(tmp_path: Path) -> None:
    text = (
        f'[questionnaires."{FORM}"]\nfit = "seizure"\nerror = "ice-writing"\n[answers]\n'
        'seizure = [["boolean", "true", "clinical-generalised"], ["boolean", "false", "none"]]\n'
        'ice-writing = [["boolean", "true", 0], ["boolean", "false", 1]]\n'
    )
    site = with_site(tmp_path, text)

    assert [0] == values(mapped(answered("error", valueBoolean=True), **site), "ice-writing")


def test_a_coded_answer_of_a_questionnaire_is_read(tmp_path: Path) -> None:
    text = (
        f'[questionnaires."{FORM}"]\nnaming = "ice-naming"\nlate = "developmental-delay"\n[answers]\n'
        'ice-naming = [["https://hospital.example/answers", "two", 2]]\n'
        'developmental-delay = [["https://hospital.example/answers", "yes", true]]\n'
    )
    site = with_site(tmp_path, text)
    coding = {"system": "http://hospital.example/answers/"}

    assert [2] == values(mapped(answered("naming", valueCoding=coding | {"code": "two"}), **site), "ice-naming")
    assert [True] == values(
        mapped(answered("late", valueCoding=coding | {"code": "yes"}), **site), "developmental-delay"
    )


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (
            '[codes]\nrass = [["", "1"]]',
            "codes.rass: '1' has no system, so it never matches: a code without a system may be anybody's",
        ),
        ('[codes]\nrass = [["urn:x", " "]]', "codes.rass: an empty code of urn:x never matches"),
        (
            f'[codes]\nrass = [["urn:x", "{"1" * LONGEST}"]]',
            f"codes.rass: a code of urn:x is longer than {LONGEST} characters with its system, so it never matches",
        ),
        ('[codes]\nrasss = [["urn:x", "1"]]', "codes.rasss: no such concept; `icans-cds concepts` lists all"),
        (
            '[answers]\nrass = [["", "1", 1]]',
            "answers.rass: '1' has no system, so it never matches: a code without a system may be anybody's",
        ),
        (
            '[answers]\nice-writing = [["boolean", "yes", 1]]',
            "answers.ice-writing: 'yes' is neither true nor false, so it never matches",
        ),
        ('[answers]\nice-writing = [["urn:x", "yes", 2]]', "answers.ice-writing: 2 is none of 0, 1"),
        ('[answers]\nferritin = [["urn:x", "yes", 2]]', "answers.ferritin: neither a score nor a choice"),
        (
            f'[questionnaires."{FORM}|3"]\nwriting = "ice-writing"',
            f"questionnaires.{FORM}|3: leave out the version after '|': every version is read alike",
        ),
        (
            '[questionnaires." "]\nwriting = "ice-writing"',
            "questionnaires: a questionnaire without a canonical never matches",
        ),
        (
            f'[questionnaires."{FORM}"]\nx = "ferritin"',
            f"questionnaires.{FORM}: 'ferritin' is neither a score nor a choice",
        ),
    ],
)
def test_what_can_never_match_is_refused_with_the_reason(tmp_path: Path, text: str, wrong: str) -> None:
    assert (wrong,) == problems(tmp_path, text)


def test_a_product_of_the_site_needs_a_code_with_a_system(tmp_path: Path) -> None:
    text = (
        '[product.x]\nname = "x"\nshort = "x"\ntherapy_class = "CAR-T"\nsingle_infusion = true\ncodes = [["", "7"]]\n'
    )

    assert ("product.x: '7' has no system, so it never matches: a code without a system may be anybody's",) == problems(
        tmp_path, text
    )


def test_a_code_of_a_packaged_product_cannot_be_given_to_another_drug(tmp_path: Path) -> None:
    text = '[codes]\npropofol = [["https://www.nlm.nih.gov/research/umls/rxnorm/", "1116927"]]\n'

    (wrong,) = problems(tmp_path, text)
    assert wrong.partition(" is in both ")[2] in ("propofol and dexamethasone", "dexamethasone and propofol")


def test_the_packaged_tables_are_not_changed_by_a_site(tmp_path: Path) -> None:
    with_site(tmp_path, '[units.platelets]\nx = "/nL"\n')

    assert isinstance(tables(), MappingTables)
    assert None is tables().units["platelets"].conversion("x")
