"""What patients take home: in each language, plain, complete, and without a day that the label does not give."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest

from cds_service.cases.case import NOW, Case, Expected
from cds_service.cases.patient import facts_of
from cds_service.clinical.assess import assess
from cds_service.clinical.drafts.discharge import Discharge
from cds_service.clinical.drafts.leaving import discharge_of
from cds_service.knowledge import Knowledge
from cds_service.knowledge.editions import load_labels, regions
from cds_service.rendering.order_cards.leaflet import BLANK, leaflet_of
from tests.builders import CHART_OPENED

LONGEST = 20
CALL = {
    *("38 °C (100.4 °F)", "confusion", "headache", "shaking", "nausea", "talking", "weakness", "balance", "muscles"),
    *("staying awake", "how you act", "mood", "not there", "restless", "excited", "shivering", "sweating"),
}
LATER = ("slowly", "handwriting", "face", "personality")
AGAINST_BCMA = {"idecabtagene-vicleucel", "ciltacabtagene-autoleucel"}
# The ten subjects of the leaflet of ACCC, HOPA, NCODA and ONS, by the key of the question about each.
SUBJECTS = ["number", "emergency", "near", "company", "watched", "diary", "notice", "lasting", "avoid", "wallet"]
# Words for clinicians: they stand on the wallet card alone.
MEDICAL = {"icans", "crs", "neurotoxicity", "cytokine", "infusion", "monitor", "symptomatic", "fever", "administer"}


def leaving(
    knowledge: Knowledge, doses: tuple[Any, ...], region: str = "us", drugs: tuple[Any, ...] = (), at: datetime = NOW
) -> Discharge | None:
    records = (("2 h", "ice-total", 8), ("2 h", "consciousness", "alert")) if drugs else ()
    case = Case("a patient", (), Expected(), doses=doses, records=records, drugs=drugs)
    facts = facts_of(case, knowledge.protocol.rules.drugs.products)
    return discharge_of(assess(facts, CHART_OPENED, NOW, knowledge.protocol).evaluation, load_labels(region), at)


def told(knowledge: Knowledge, product: str, days: int = 3, region: str = "us", language: str = "en") -> list[str]:
    discharge = leaving(knowledge, ((f"{days} d", product),), region)
    assert discharge is not None
    return list(leaflet_of(discharge, knowledge.leaflets[language], "555-0100").lines)


def test_remaining_days_are_given_with_their_date(knowledge: Knowledge) -> None:
    lines = told(knowledge, "axicabtagene-ciloleucel", 6)

    assert [
        "Your team must see you every day until 9 March 2026 (1 more day).",
        "Stay near your treatment center until 16 March 2026 (8 more days).",
        "Do not drive until 16 March 2026 (8 more days).",
        "Do not drive while you have any sign from the lists below.",
    ] == lines[:4]


def test_the_same_in_spanish_in_the_eu(knowledge: Knowledge) -> None:
    lines = told(knowledge, "tisagenlecleucel", 3, "eu", "es")

    assert [
        "Su equipo debe verle 2 o 3 veces en la primera semana, hasta el 12 de marzo de 2026 (faltan 4 días).",
        "Quédese cerca de su centro de tratamiento hasta el 2 de abril de 2026 (faltan 25 días).",
        "Debe poder llegar allí en 2 horas o menos.",
        "Pregunte a su equipo cuándo puede volver a conducir.",
    ] == lines[:4]
    assert "Llame de inmediato al 112 si hay:" in lines


def test_what_is_over_is_not_mentioned(knowledge: Knowledge) -> None:
    lines = told(knowledge, "axicabtagene-ciloleucel", 14)

    assert "Do not drive while you have any sign from the lists below." == lines[0]


def test_carvykti_in_the_eu_goes_on_with_regular_checks(knowledge: Knowledge) -> None:
    lines = told(knowledge, "ciltacabtagene-autoleucel", 3, "eu")

    assert "After that, you come for regular checks until 2 April 2026." in lines


def test_a_product_without_a_label_gets_no_days(knowledge: Knowledge) -> None:
    lines = told(knowledge, "afamitresgene-autoleucel")

    assert [
        "Ask your team when you may drive again.",
        "Do not drive while you have any sign from the lists below.",
    ] == (lines[:2])


def test_when_to_call_is_complete(knowledge: Knowledge) -> None:
    text = "\n".join(told(knowledge, "teclistamab"))

    assert [] == [sign for sign in sorted(CALL) if sign not in text]
    assert "at 555-0100 if you have:" in text
    assert "Call 911 at once for:\na seizure\nsomeone who is very hard to wake" in text


def test_the_wallet_card_says_what_was_given_and_whom_to_call(knowledge: Knowledge) -> None:
    discharge = leaving(knowledge, (("3 d", "teclistamab"),))
    assert discharge is not None

    card = leaflet_of(discharge, knowledge.leaflets["en"]).wallet_card

    assert "Wallet card. Keep it with you and show it to any doctor or nurse:" == card[0]
    assert "I get a T-cell engager: teclistamab. Last dose: 5 March 2026." == card[1]
    assert f"Call my treatment center at once: {BLANK}." == card[-1]


def test_questions_fit_the_patient(knowledge: Knowledge) -> None:
    engager = leaving(knowledge, (("3 d", "teclistamab"),))
    unnamed = leaving(knowledge, (("3 d", "CAR-T"),), drugs=(("1 h", "dexamethasone", {"mg": 10}),))
    assert engager is not None
    assert unnamed is not None

    words = knowledge.leaflets["en"]

    assert "next dose" in leaflet_of(engager, words).questions[-1]
    assert "steroid" in leaflet_of(unnamed, words).questions[-1]
    assert "CAR-T" in leaflet_of(unnamed, words).wallet_card[1]
    assert "" == unnamed.label


def test_everything_is_read_in_one_order(knowledge: Knowledge) -> None:
    discharge = leaving(knowledge, (("3 d", "teclistamab"),))
    assert discharge is not None

    titles = [block[0] for block in leaflet_of(discharge, knowledge.leaflets["en"], "555-0100").blocks]

    assert [
        "Your checks, staying near, and driving",
        "Call your team right away, day or night, at 555-0100 if you have:",
        "Call 911 at once for:",
        "Why you must call early:",
        "How you can tell that you are getting better:",
        "Questions to ask your team before you leave:",
        "Wallet card. Keep it with you and show it to any doctor or nurse:",
    ] == titles


def test_without_a_therapy_there_is_no_leaflet(knowledge: Knowledge) -> None:
    assert leaving(knowledge, ()) is None


@pytest.mark.parametrize("language", ["en", "es"])
def test_delayed_signs_are_told_after_cells_against_bcma_alone(knowledge: Knowledge, language: str) -> None:
    words = knowledge.leaflets[language]
    told = {}
    for product in load_labels("us").label:
        discharge = leaving(knowledge, (("3 d", product),))
        assert discharge is not None
        told[product] = leaflet_of(discharge, words, "555-0100").later

    assert {product for product, lines in told.items() if lines} == AGAINST_BCMA
    title, *signs = told["ciltacabtagene-autoleucel"]
    assert "555-0100" in title
    assert len(LATER) == len(signs)
    assert "911" in signs[2]
    if language == "en":
        assert all(sign in line for sign, line in zip(LATER, signs, strict=True))


def test_what_it_can_lead_to_is_told_with_where_it_is_treated(knowledge: Knowledge) -> None:
    text = "\n".join(told(knowledge, "teclistamab"))

    assert "Without care they can lead to seizures, brain damage, or death." in text
    assert "This is treated in the hospital" in text
    assert "How you can tell that you are getting better:\nYou think more clearly." in text


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_ten_subjects_are_asked_about(knowledge: Knowledge, language: str) -> None:
    words = knowledge.leaflets[language]
    discharge = leaving(knowledge, (("3 d", "axicabtagene-ciloleucel"),))
    assert discharge is not None

    asked = leaflet_of(discharge, words).questions

    assert [words.say(f"leaflet.questions.{subject}") for subject in SUBJECTS] == list(asked[1:11])


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("region", regions())
def test_every_product_has_a_leaflet_in_plain_language(knowledge: Knowledge, region: str, language: str) -> None:
    for product in load_labels(region).label:
        discharge = leaving(knowledge, (("3 d", product),), region)
        assert discharge is not None
        leaflet = leaflet_of(discharge, knowledge.leaflets[language])
        for line in (*leaflet.lines, *leaflet.questions, *leaflet.wallet_card):
            sentences = [one for one in re.split(r"(?<=[.!?:])\s", re.sub(r"\(.*?\)", "", line)) if one]
            assert max(len(one.split()) for one in sentences) <= LONGEST, line
        assert not MEDICAL & set(re.findall(r"[a-z]+", " ".join(leaflet.lines).lower())), product
