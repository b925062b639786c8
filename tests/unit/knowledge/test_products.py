"""The codes of drug products: each leads to its drug, given and ordered; what is left out never does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

import pytest

from cds_service.checks.tables import check_product_codes
from cds_service.clinical.facts.occasion import OccasionKind
from cds_service.errors import KnowledgeError
from cds_service.fhir_mapping.codes import NDC, RXNORM, Code
from cds_service.fhir_mapping.gathered import Gathered
from cds_service.fhir_mapping.mapper import Mapper
from cds_service.fhir_mapping.orders.drafts import Call, read_drafts
from cds_service.knowledge import Knowledge
from cds_service.knowledge.products import PRODUCTS, load_products, rows_of
from tests.builders import NOW, PATIENT, alert, bundle, dosage, draft, given, ice, order_call, prefetch
from tests.hooks.client import Client, evaluation
from tests.unit.mapping import mapped, tables


def codes_of_products() -> list[tuple[str, Code]]:
    """Each row of the tables as its file has it, an NDC as it is printed with its labeler."""
    rxnorm = [(row["concept"], Code(RXNORM, row["code"])) for row in rows_of(PRODUCTS / "rxnorm.csv")]
    ndc = [
        (row["concept"], Code(NDC, f"{row['labeler']}-{product}"))
        for row in rows_of(PRODUCTS / "ndc.csv")
        for product in row["products"].split()
    ]
    return rxnorm + ndc


ROWS = codes_of_products()


def by_source(found: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    drugs = defaultdict(set)
    for source, drug in found:
        drugs[source.rpartition("/")[2]].add(drug)
    return drugs


def test_each_row_leads_to_its_drug_where_it_was_given() -> None:
    facts = mapped(*(given(code, 12, system, id=f"m{row}") for row, (_, (system, code)) in enumerate(ROWS)))

    read = by_source(
        [(one.source, one.drug) for one in facts.administrations] + [(one.source, one.product) for one in facts.doses]
    )
    assert {f"m{row}": {concept} for row, (concept, _) in enumerate(ROWS)} == read


def test_each_row_leads_to_its_drug_where_it_is_ordered() -> None:
    drafts = [draft(code, dosage(1), system=system, id=f"d{row}") for row, (_, (system, code)) in enumerate(ROWS)]
    call = Call("s", OccasionKind.ORDER_SIGN, read_drafts(bundle(*drafts, type="collection"), None))

    orders = Mapper(tables()).occasion(call, Gathered(PATIENT, None, []), NOW).orders

    read = by_source((one.reference, one.drug) for one in orders)
    assert {f"d{row}": {concept} for row, (concept, _) in enumerate(ROWS)} == read


def printed(product: str, four_digits: frozenset[str]) -> str:
    """The 10 digits of a package without hyphens, as its labeler prints them."""
    labeler, number = product[:5], product[5:]
    if labeler[0] == "0":
        return labeler[1:] + number + "01"
    return labeler + number + "1" if labeler in four_digits else labeler + number[1:] + "01"


def test_no_ndc_without_hyphens_leads_to_another_drug(knowledge: Knowledge) -> None:
    products = [(concept, code.code.replace("-", "")) for concept, code in ROWS if code.system == NDC]
    four_digits = frozenset(product[:5] for _, product in products if product[5] != "0")

    found = [
        (concept, knowledge.terminology.drugs.find([Code(NDC, printed(product, four_digits))]))
        for concept, product in products
    ]

    assert [] == [(concept, drug) for concept, drug in found if drug not in (concept, None)]
    assert 0.995 < sum(drug is not None for _, drug in found) / len(found)


@pytest.mark.parametrize("code", ["1116927", "3264"])
def test_an_order_of_a_product_is_checked_like_one_of_its_ingredient(client: Client, code: str) -> None:
    chart = {"neuro": bundle(ice(1), alert()), "therapy": bundle(given("1987398", 120))}
    answer = client.post(order_call(draft(code, dosage(4)), **chart), "/cds-services/icans-order-sign").get_json()

    assert ["steroid-below-options"] == [one["finding"] for one in evaluation(answer)["findings"]]


def test_a_number_of_tablets_is_no_amount() -> None:
    (given_once,) = mapped(given("1116927", 1, dosage={"dose": {"value": 2, "unit": "tablet"}})).administrations

    assert ("dexamethasone", None) == (given_once.drug, given_once.milligrams)


LEFT_OUT = load_products().left_out


def test_none_that_is_left_out_is_recognised_where_it_was_given() -> None:
    facts = mapped(*(given(one.code.code, 12, one.code.system) for one in LEFT_OUT))

    assert ((), (), (), ()) == (facts.administrations, facts.doses, facts.unread_drugs, facts.unread_therapies)


def test_none_that_is_left_out_is_recognised_where_it_is_ordered() -> None:
    drafts = [draft(one.code.code, dosage(1), system=one.code.system) for one in LEFT_OUT]
    call = Call("s", OccasionKind.ORDER_SIGN, read_drafts(bundle(*drafts, type="collection"), None))

    assert () == Mapper(tables()).occasion(call, Gathered(PATIENT, None, []), NOW).orders


def test_each_that_is_left_out_has_a_reason() -> None:
    assert [] == [one for one in LEFT_OUT if not (one.reason and one.name and one.code.code)]


def test_a_mixture_with_an_opioid_or_a_sedative_is_told_from_others() -> None:
    kinds = {one.code.code: one.contains for one in LEFT_OUT}

    assert ("opioid", "opioid", "sedative", "") == tuple(
        kinds[code] for code in ("42844", "1049589", "1249617", "2675991")
    )


def test_only_a_mixture_with_an_opioid_or_a_sedative_counts_as_an_unknown_drug() -> None:
    told = [one for one in LEFT_OUT if mapped(given(one.code.code, 12, one.code.system)).unknown_drugs]

    assert [one for one in LEFT_OUT if one.contains or one.code.system == NDC] == told


def test_a_mixture_before_a_low_score_is_said(client: Client) -> None:
    oxycodone_with_paracetamol = given("1049589", 2)
    chart = {"neuro": bundle(ice(1), alert()), "therapy": bundle(given("1987398", 120))}
    answer = client.call(prefetch(**chart, drugs=bundle(oxycodone_with_paracetamol)))

    assert "1 dose of an unknown drug was given shortly before: sedation not checked" in answer["cards"][0]["detail"]


def test_check_counts_the_codes_and_finds_no_fault(knowledge: Knowledge) -> None:
    report = check_product_codes(knowledge.terminology)

    assert ("1995 rxnorm, 11490 ndc; 2342 left out", ()) == (report.seen, report.problems)


def test_check_tells_of_a_table_without_verification_and_of_a_code_left_out_and_recognised(
    knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaged = load_products()
    changed = replace(
        packaged,
        sources=packaged.sources | {"ndc": replace(packaged.sources["ndc"], verified=False)},
        left_out=(replace(packaged.left_out[0], code=Code(RXNORM, "8782")),),
    )
    monkeypatch.setattr("cds_service.checks.tables.load_products", lambda: changed)

    found = check_product_codes(replace(knowledge.terminology, value_sets={}))

    assert "ndc: not verified, so not used" == found.problems[0]
    assert "propofol: no value set has this name" in found.problems
    assert found.problems[-1].startswith(f"{RXNORM}|8782 is recognised, and left out: ")


def test_each_source_states_its_edition_and_terms() -> None:
    assert {"rxnorm", "ndc"} == set(load_products().sources)
    assert "NLM is not responsible for the product" in load_products().sources["rxnorm"].licence


@pytest.mark.parametrize("text", ["concept,code\npropofol\n", "concept,code\npropofol,1,2\n"])
def test_a_row_that_is_not_complete_is_refused(tmp_path, text: str) -> None:
    (tmp_path / "x.csv").write_text(text)

    with pytest.raises(KnowledgeError, match=r"x\.csv: line 2"):
        rows_of(tmp_path / "x.csv")
