"""A site's own file: its content applies and comes first; mistakes are refused with their place."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cds_service.app import create_app, decider_of, knowledge_of
from cds_service.cases.case import NOW as MOMENT
from cds_service.cases.case import Case, Expected
from cds_service.cases.patient import facts_of
from cds_service.cases.verdict import assessed, differences
from cds_service.checks.answers import answer_to
from cds_service.checks.site import check_site
from cds_service.checks.specification import packaged_cases
from cds_service.cli import commands
from cds_service.clinical.assess import Answer, assess
from cds_service.clinical.drafts.proposal import Proposal
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.vocabulary import ORDERED_ACTIONS
from cds_service.errors import KnowledgeError
from cds_service.knowledge import Choices, Knowledge, load_knowledge
from cds_service.knowledge.site import SiteFile
from cds_service.rendering.card import Card, Presentation
from cds_service.rendering.cards import cards_of
from cds_service.settings import Settings
from tests.builders import CHART_OPENED, RXNORM, alert, axi_cel, bundle, given, hook_request, observation, prefetch
from tests.documents import fences, read
from tests.hooks.client import Client
from tests.parts import ROOT

DOCUMENT = ROOT / "docs" / "site-file.md"
EXAMPLE = fences(read(DOCUMENT), "toml")[0]
FLOWSHEET, FORMULARY = "https://hospital.example/flowsheet", "https://hospital.example/formulary"
CATALOGUE, DEX = "https://hospital.example/orders", f'["{FORMULARY}", "DEX-IV"]'
GRADE_2 = (("1 h", "ice-total", 5), ("1 h", "consciousness", "alert"))
FEVER = (("1 h", "body-temperature", 38.5), ("1 h", "oxygen-saturation", 97), ("1 h", "oxygen-device", "room-air"))
CRS_1, CRS_2 = (*FEVER, ("1 h", "systolic-pressure", 120)), (*FEVER, ("1 h", "systolic-pressure", 85))
TODAY = date(2027, 9, 1)
PROTOCOL = EXAMPLE[EXAMPLE.index("[edition]") : EXAMPLE.index("[[row]]")]


@pytest.fixture
def site(tmp_path: Path) -> Callable[..., Path]:
    """Writes a site file: the example, possibly with something replaced."""

    def write(before: str = "", after: str = "", text: str = EXAMPLE, name: str = "site.toml") -> Path:
        assert before in text
        file = tmp_path / name
        file.write_text(text.replace(before, after, 1))
        return file

    return write


def assessed_at(knowledge: Knowledge, **patient: Any) -> Answer:
    case = Case("a patient", (), Expected(), **{"records": GRADE_2} | patient)
    return assess(facts_of(case, knowledge.protocol.rules.drugs.products), CHART_OPENED, MOMENT, knowledge.protocol)


def evaluated(knowledge: Knowledge, **patient: Any) -> Evaluation:
    return assessed_at(knowledge, **patient).evaluation


def card(knowledge: Knowledge, **patient: Any) -> Card:
    answer = assessed_at(knowledge, **patient)
    return cards_of(answer, Presentation(knowledge.wording, knowledge.leaflets["en"], full_detail=True))[0]


def detail(knowledge: Knowledge, **patient: Any) -> list[str]:
    return card(knowledge, **patient).detail.split("\n")


@pytest.mark.slow
def test_the_example_of_the_document_is_right_and_is_told_as_there(site: Callable[..., Path]) -> None:
    result = CliRunner().invoke(commands, ["check", "--guideline", str(site())])

    assert 0 == result.exit_code, result.output
    assert fences(read(DOCUMENT), "text")[0] in result.output


def test_every_part_is_explained() -> None:
    table = re.findall(r"^\| `\[+\"?([a-z]+)", read(DOCUMENT), re.MULTILINE)

    parts = {field.name for field in fields(SiteFile)} - {"scale"}
    assert parts == set(table)


def test_the_sites_own_protocol_comes_first_then_the_shortest(site: Callable[..., Path]) -> None:
    lines = detail(load_knowledge(Choices(guideline=(site(),))))

    steroids = [line for line in lines if "dexamethasone" in line]
    assert ["Unit protocol 4", "Yescarta US label", "ASCO 2021"] == [
        re.findall(r"\((Unit protocol 4|Yescarta US label|ASCO 2021)", line)[0] for line in steroids
    ]
    assert steroids[0].startswith("- Corticosteroid: dexamethasone 10 mg IV every 8 h until grade 1")
    assert steroids[-1].endswith("The sources differ: discuss which your unit follows")


def test_the_sites_own_words_are_shown_and_do_nothing_else(site: Callable[..., Path]) -> None:
    knowledge = load_knowledge(Choices(guideline=(site("bleep 4711", "<b>*bleep*</b> [x](http://y)"),)))

    work_up = next(line for line in detail(knowledge) if line.startswith("- Work-up"))

    assert "EEG (&lt;b&gt;\\*bleep\\*&lt;/b&gt; \\[x\\]\\(http: //y\\)) (Unit protocol 4); brain MRI" in work_up


def test_what_the_site_avoids_is_shown_and_not_proposed(site: Callable[..., Path], knowledge: Knowledge) -> None:
    records, crs_2 = (*GRADE_2, *CRS_1), (*GRADE_2, *CRS_2)
    own = load_knowledge(Choices(guideline=(site(),)))

    assert "tocilizumab" in evaluated(knowledge, records=records).recommendations
    assert "tocilizumab" not in evaluated(own, records=records).recommendations
    assert "tocilizumab" in evaluated(own, records=crs_2).recommendations
    lines = [line for line in detail(own, records=records) if "ocilizumab for the concurrent CRS" in line]
    assert (
        "- Avoid tocilizumab for the concurrent CRS (grade 1: ask the cell therapy consultant) (Unit protocol 4)"
        == (lines[0])
    )
    assert lines[1].startswith("- Tocilizumab for the concurrent CRS: tocilizumab 8 mg/kg")
    assert not [one for one in card(own, records=records).suggestions if "tocilizumab" in one.label]
    assert "tocilizumab" not in card(own, records=records).summary


def test_the_sites_interval_says_when_the_next_assessment_is_due(site: Callable[..., Path]) -> None:
    due = evaluated(load_knowledge(Choices(guideline=(site("[8, 6, 4,", "[8, 6, 3,"),)))).next_assessment

    assert MOMENT - timedelta(hours=1) + timedelta(hours=3) == due


def test_a_dose_that_is_not_verified_is_not_shown(site: Callable[..., Path]) -> None:
    by_row = site("icans = [2]\n", "icans = [2]\nverified = false\n")
    own = [line for line in detail(load_knowledge(Choices(guideline=(by_row,)))) if "Unit protocol 4" in line]
    assert not [line for line in own if "every 8 h" in line]

    by_edition = site("verified = true", "verified = false")
    own = [line for line in detail(load_knowledge(Choices(guideline=(by_edition,)))) if "Unit protocol 4" in line]
    assert not [line for line in own if "every 8 h" in line]


def test_a_row_cannot_verify_what_its_edition_denies(site: Callable[..., Path]) -> None:
    denied = site("verified = true", "verified = false").read_text()
    file = site("icans = [2]\n", "icans = [2]\nverified = true\n", text=denied)

    own = [line for line in detail(load_knowledge(Choices(guideline=(file,)))) if "Unit protocol 4" in line]
    assert not [line for line in own if "every 8 h" in line]


def test_an_edition_must_say_whether_it_is_verified(site: Callable[..., Path]) -> None:
    silent = site("verified = true\n", "")

    assert "`verified`" in "\n".join(check_site(silent, TODAY).problems)
    with pytest.raises(KnowledgeError, match="verified"):
        load_knowledge(Choices(guideline=(silent,)))


def test_local_codes_products_answers_and_questionnaires_are_read(site: Callable[..., Path]) -> None:
    settings = Settings(demo=True, guideline=(str(site()),))
    client = Client(create_app(settings, now=lambda: MOMENT).test_client())
    arousal = observation(
        "301950",
        system=FLOWSHEET,
        valueCodeableConcept={"coding": [{"system": f"{FLOWSHEET}-answer", "code": "2"}]},
    )
    answer = client.call(
        prefetch(
            neuro=bundle(observation("301940", system=FLOWSHEET, valueInteger=9), arousal),
            therapy=bundle(given("CART-007", 120, system=FORMULARY)),
        )
    )

    evaluation = answer["extension"]["example.icans-cds.evaluation"]
    assert "CAR-19 of the EXAMPLE trial" == evaluation["patient"]["therapy"]
    assert (2, "exact") == (evaluation["icans"]["grade"], evaluation["icans"]["certainty"])
    assert "(day 5, CAR-19 (trial))" in answer["cards"][0]["summary"]
    assert "example-icans-4" in evaluation["knowledge"]
    services = client.flask.get("/cds-services").get_json()["services"]
    assert "hospital.example/flowsheet%7C301940" in services[0]["prefetch"]["scores"]


def test_a_local_questionnaire_is_read(site: Callable[..., Path]) -> None:
    settings = Settings(demo=True, guideline=(str(site()),))
    response = {
        "resourceType": "QuestionnaireResponse",
        "id": "q",
        "status": "completed",
        "questionnaire": "https://hospital.example/Questionnaire/ice",
        "subject": {"reference": "Patient/p-1"},
        "authored": "2026-03-08T09:00:00+01:00",
        "item": [{"linkId": "total", "answer": [{"valueInteger": 5}]}],
    }
    client = Client(create_app(settings, now=lambda: MOMENT).test_client())

    answer = client.call(prefetch(neuro=bundle(alert()), questionnaires=bundle(response)))

    assert 2 == answer["extension"]["example.icans-cds.evaluation"]["icans"]["grade"]


def test_the_service_says_who_answers_for_it(site: Callable[..., Path]) -> None:
    app = create_app(Settings(demo=True, guideline=(str(site()),)), now=lambda: MOMENT)

    known = app.test_client().get("/knowledge").get_json()

    assert {
        "name": "Example University Hospital",
        "clinicalOwner": "Dr A. Example, lead of cell therapy",
        "approved": "2026-09-01",
    } == known["site"]
    assert "example-icans-4" in [edition["id"] for edition in known["editions"]]


def test_patients_who_leave_get_the_number_of_the_site(site: Callable[..., Path]) -> None:
    app = create_app(Settings(demo=True, guideline=(str(site()),)), now=lambda: MOMENT)
    context = {"userId": "Practitioner/1", "patientId": "p-1", "encounterId": "e-1"}
    call = hook_request(prefetch(therapy=bundle(axi_cel())), hook="encounter-discharge", context=context)

    cards = Client(app.test_client()).post(call, "/cds-services/icans-encounter-discharge").get_json()["cards"]

    assert "Call my treatment center at once: +1 555 0100, day and night." in "\n".join(
        card["detail"] for card in cards
    )


def test_without_a_site_file_there_is_no_responsible_contact(client: Client) -> None:
    assert "site" not in client.flask.get("/knowledge").get_json()


def test_a_change_of_the_file_changes_the_knowledge(site: Callable[..., Path]) -> None:
    before = load_knowledge(Choices(guideline=(site(),))).fingerprint

    assert before != load_knowledge(Choices(guideline=(site("bleep 4711", "bleep 4712"),))).fingerprint


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ('action = "eeg"', 'action = "eggs"', "row 3: action: 'eggs' is none of admission, "),
        ("icans = [2]\n", "icans = [5]\n", "row 1 (corticosteroid): icans: expected grades from 0 to 4"),
        ("icans = [2]\n", "icans = []\n", "row 1 (corticosteroid): icans: expected grades from 0 to 4"),
        ('crs = "with"', 'crs = "without"', "row 2 (tocilizumab): crs_from, crs_to: only for rows with CRS"),
        ('crs = "with"', 'crs = "yes"', "row 2 (tocilizumab): crs: 'yes' is none of any, with, without"),
        ('["axicabtagene-ciloleucel"]', '["axi-cel"]', "row 1 (corticosteroid): products: 'axi-cel' is none of "),
        ('drug = "dexamethasone"', 'drug = "dexa"', "regimen 1 (dexa): drug: 'dexa' is none of "),
        ('route = "IV"', 'route = "PO"', "regimen 1 (dexamethasone): route: 'PO' is none of IV, intrathecal"),
        (', route = "IV"', "", "regimen 1 (dexamethasone): route: a dose needs one"),
        ("mg = [10]", "mg = [20, 10]", "amounts and intervals are one value or from-to, more than 0"),
        ("mg = [10]", "mg = [0]", "amounts and intervals are one value or from-to, more than 0"),
        ("mg = [10]", "mg = [5, 10, 20]", "amounts and intervals are one value or from-to, more than 0"),
        ('"until-grade-1"', '"until-grade-2"', "then: 'until-grade-2' is none of "),
        ('strength = "avoid"', 'strength = "never"', "row 2: strength: 'never' is none of advised, "),
        ('note = "bleep 4711"', "next_dose = { until = 'noon' }", "until: 'noon' is none of grade-1, resolved"),
        ("mg = [10]", 'mg = "10"', "Expected `array`, got `str` - at `$.row[0].regimens[0].mg`"),
        ("note", "notes", "not understood: row.1.notes"),
        ("[edition]", "[edition", "line"),
        ("ice-total =", "ice-totl =", "codes.ice-totl: no such concept"),
        ('"301950"', '"301940"', f"codes: {FLOWSHEET}|301940 is in both "),
        ('"awakens-to-voice"', '"dizzy"', "answers.consciousness: 'dizzy' is none of alert, "),
        ("[answers]\nconsciousness", "[answers]\nferritin", "answers.ferritin: neither a score nor a choice"),
        ("eeg = [[", "ecg = [[", "orders.ecg: none of capd, "),
        (f'[["{CATALOGUE}", "NEU-0030"]]', "[]", "orders.eeg: needs a code of your own"),
        (f'"{CATALOGUE}"', '"orders"', "orders.eeg: orders|NEU-0030 is not a code with the address of its system"),
        ('"NEU-0030"', '" "', "is not a code with the address of its system"),
        (DEX, f'["{CATALOGUE}", "NEU-0030"]', f"orders: {CATALOGUE}|NEU-0030 is in both eeg and dexamethasone"),
        (DEX, f'["{RXNORM}", "6902"]', f"orders.dexamethasone: {RXNORM}|6902 is a code of methylprednisolone"),
        ('= "ice-writing"', '= "handwriting"', "'handwriting' is neither a score nor a choice"),
        ('[["https://hospital.example/formulary", "CART-007"]]', "[]", "product.car-19-of-a-trial: needs a code"),
        ('"CAR-T"', '"CAR"', "car-19-of-a-trial: therapy_class: 'CAR' is none of CAR-T, T-cell engager, TCR-T"),
        ("[product.car-19-of-a-trial]", "[product.teclistamab]", "product.teclistamab: this product exists"),
        ("[8, 6, 4, 1, 1]", "[8, 6, 4, 1, 0]", "assessment: hours must be more than 0"),
        ("[8, 6, 4, 1, 1]", "[8, 6, 4, 1]", "at `$.assessment.hours`"),
        ('"example-icans-4"', '"asco-2021"', "edition: id 'asco-2021' is already used"),
        (PROTOCOL, "", "rows need an [edition] that gives their source"),
    ],
)
def test_every_mistake_is_reported_with_its_place(
    site: Callable[..., Path], before: str, after: str, expected: str
) -> None:
    file = site(before, after)

    assert expected in "\n".join(check_site(file, TODAY).problems)
    with pytest.raises(KnowledgeError, match=r"site\.toml: "):
        load_knowledge(Choices(guideline=(file,)))


def test_what_needs_attention_is_reported(site: Callable[..., Path]) -> None:
    by_row = check_site(site("icans = [2]\n", "icans = [2]\nverified = false\n"), TODAY)
    by_edition = check_site(site("verified = true", "verified = false"), TODAY)
    nothing = check_site(site(text=""), TODAY)

    assert () == check_site(site(), TODAY).warnings
    assert ("row 1 (corticosteroid): not verified, so its dose is not shown",) == by_row.warnings
    assert ("example-icans-4: not verified, so none of its doses is shown",) == by_edition.warnings
    assert ("example-icans-4: review was due by 2027-09-01",) == check_site(site(), date(2027, 9, 2)).problems
    own_date = site("icans = [2]\n", "icans = [2]\nreview_by = 2026-12-31\n")
    assert () == check_site(own_date, date(2026, 12, 31)).problems
    assert (
        "example-icans-4: row 1 (corticosteroid, ICANS 2, axicabtagene-ciloleucel): review was due by 2026-12-31",
    ) == check_site(own_date, date(2027, 1, 1)).problems
    assert ("nothing", ()) == (nothing.seen, nothing.problems)
    assert (
        "site: no clinical_owner is named",
        "codes: none of your own for ice-total; only the project's code is read",
    ) == nothing.warnings


def test_several_files_are_one_and_nothing_stands_in_two(site: Callable[..., Path]) -> None:
    codes = site(text='[codes]\nice-total = [["https://a.example", "1"]]\n', name="codes.toml")
    owner = site(text=EXAMPLE[: EXAMPLE.index("# Your protocol")], name="owner.toml")
    protocol = site(text=EXAMPLE[EXAMPLE.index("[edition]") : EXAMPLE.index("# How often")], name="protocol.toml")

    both = load_knowledge(Choices(guideline=(codes, owner, protocol))).site

    assert "Example University Hospital" == (both.parts.site and both.parts.site.name)
    assert (("https://a.example", "1"),) == both.codes["ice-total"]
    assert ["example-icans-4"] == [table.edition.id for table in both.protocols]
    with pytest.raises(KnowledgeError, match=r"site\.toml: codes ice-total is also in another site file"):
        load_knowledge(Choices(guideline=(codes, site())))
    with pytest.raises(KnowledgeError, match=r"site\.toml: site site is also in another site file"):
        load_knowledge(Choices(guideline=(owner, site())))


@pytest.mark.slow
def test_own_cases_run_with_the_own_protocol(site: Callable[..., Path], tmp_path: Path) -> None:
    cases = tmp_path / "unit.cases.toml"
    cases.write_text(
        'title = "t"\nabout = "a"\n[[case]]\nname = "own"\nrules = ["C5"]\n'
        'records = [["1 h", "ice-total", 5], ["1 h", "consciousness", "alert"]]\n'
        'expect = { own = ["corticosteroid: dexamethasone 10 mg q8h until-grade-1", "eeg"] }\n'
    )
    run = ["check", "--cases", str(cases)]

    assert "own: own: ()" in CliRunner().invoke(commands, run).output
    assert "ok     unit.cases.toml: 1" in CliRunner().invoke(commands, [*run, "--guideline", str(site())]).output
    wrong = site("icans = [2]\n", "icans = [7]\n")
    assert 1 == CliRunner().invoke(commands, [*run, "--guideline", str(wrong)]).exit_code


def test_a_guideline_of_the_package_has_the_shape_of_a_site_file(site: Callable[..., Path]) -> None:
    packaged = ROOT / "cds_service" / "clinical" / "guidelines" / "advice" / "asco_2021.toml"

    report = check_site(site('id = "asco-2021"', 'id = "ours"', packaged.read_text()), MOMENT.date())

    assert () == report.problems


def test_packaged_cases_hold_with_the_example(site: Callable[..., Path]) -> None:
    knowledge = knowledge_of(Settings(guideline=(str(site()),)))
    case = Case("a patient", (), Expected(icans="exact 2", recommended=("eeg",)), records=GRADE_2)

    assert [] == differences(case, knowledge.protocol)
    assert knowledge.fingerprint == decider_of(Settings(), knowledge).knowledge


def offered(knowledge: Knowledge) -> dict[str, list[dict[str, Any]]]:
    """What a patient with ICANS 2 is offered to order: the codings by the text."""
    records = (*GRADE_2, ("1 h", "body-temperature", 36.8))
    case = Case("a patient", (), Expected(), doses=(("5 d", "tisagenlecleucel"),), records=records)
    cards = answer_to(case, decider_of(Settings(), knowledge))["cards"]
    resources = [action["resource"] for one in cards[0]["suggestions"] for action in one["actions"]]
    concepts = [one.get("code") or one["medicationCodeableConcept"] for one in resources]
    return {concept["text"]: concept.get("coding", []) for concept in concepts}


def test_orders_have_the_codes_of_the_site_first(site: Callable[..., Path]) -> None:
    own, packaged = offered(load_knowledge(Choices(guideline=(site(),)))), offered(load_knowledge())

    assert [{"system": CATALOGUE, "code": "NEU-0030"}] == own["EEG"]
    assert {"system": FORMULARY, "code": "DEX-IV"} == own["dexamethasone"][0]
    assert packaged["dexamethasone"] == own["dexamethasone"][1:]
    assert [] == packaged["EEG"]
    others = own.keys() - {"EEG", "dexamethasone"}
    assert others
    assert {text: packaged[text] for text in others} == {text: own[text] for text in others}


def test_everything_that_is_offered_can_have_a_code_of_the_site(knowledge: Knowledge) -> None:
    answers = (assessed(case, knowledge.protocol) for case in packaged_cases())
    offers = [one for answer in answers for one in (*answer.proposals, *(c for a in answer.alerts for c in a.changes))]
    actions = {one.action for one in offers if isinstance(one, Proposal) and one.regimen is None}
    drugs = {one.regimen.drug for one in offers if one.regimen is not None}

    assert set(ORDERED_ACTIONS) == actions
    assert drugs <= {*knowledge.protocol.rules.drugs.corticosteroids, "tocilizumab"}
