"""Systems and codes in the many forms in which senders spell them."""

from __future__ import annotations

import pytest

from cds_service.clinical.tables.names import Concept, Drug
from cds_service.fhir_mapping.codes import LONGEST, NDC, Code, meant, normalised, products_of, usual_system
from cds_service.fhir_mapping.r4.datatypes import Coding
from cds_service.fhir_mapping.terminology import Dictionary, ValueSet
from tests.builders import ATC, LOINC, RXNORM, SNOMED, given, observation, quantity
from tests.unit.mapping import mapped, values

# OIDs as HL7 registers them.
OIDS = {
    "2.16.840.1.113883.6.1": LOINC,
    "2.16.840.1.113883.6.96": SNOMED,
    "2.16.840.1.113883.6.88": RXNORM,
    "2.16.840.1.113883.6.73": ATC,
    "2.16.840.1.113883.6.69": "http://hl7.org/fhir/sid/ndc",
    "2.16.840.1.113883.6.285": "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    "2.16.840.1.113883.6.90": "http://hl7.org/fhir/sid/icd-10-cm",
    "2.16.840.1.113883.6.4": "http://www.cms.gov/Medicare/Coding/ICD10",
    "2.16.840.1.113883.6.12": "http://www.ama-assn.org/go/cpt",
}


@pytest.mark.parametrize(("oid", "system"), OIDS.items())
@pytest.mark.parametrize("form", ["{}", "urn:oid:{}", " urn:oid:{} ", "URN:OID:{}"])
def test_an_oid_names_its_system(oid: str, system: str, form: str) -> None:
    assert system == usual_system(form.format(oid))


@pytest.mark.parametrize("system", sorted(set(OIDS.values())))
@pytest.mark.parametrize(
    "spelt",
    [
        lambda name: f"{name}/",
        lambda name: name.replace("http://", "https://"),
        lambda name: f"  {name}\t",
        lambda name: name.upper(),
        lambda name: f"{name}|2.78",
        lambda name: f" {name.replace('http:', 'https:')}// ",
    ],
)
def test_another_spelling_names_the_same_system(system: str, spelt) -> None:
    assert system == usual_system(spelt(system))


def test_an_edition_of_snomed_ct_is_snomed_ct() -> None:
    assert SNOMED == usual_system("http://snomed.info/sct/900000000000207008/version/20240101")


@pytest.mark.parametrize(
    "system", ["", "http://loinc.org.example", "http://snomed.info/sctx", "2.16.840.1.113883.6.11"]
)
def test_another_system_stays_another(system: str) -> None:
    assert usual_system(system) not in set(OIDS.values())


@pytest.mark.parametrize("system", ["https://hospital.example/codes/", " http://hospital.example/codes", "1.2.3"])
def test_the_code_of_a_site_is_found_under_another_spelling_of_its_system(system: str) -> None:
    written = {"1.2.3": "urn:oid:1.2.3"}.get(system, "http://hospital.example/codes")
    known = Dictionary([ValueSet("rass", frozenset({Code(written, " 12 ")}))], Concept)

    assert "rass" == known.find([Coding(system, "12\t")])


def test_a_temperature_is_read_with_its_system_in_another_spelling() -> None:
    facts = mapped(observation(" 8310-5 ", system="https://loinc.org/", valueQuantity=quantity(39, "Cel")))

    assert [39] == values(facts, "body-temperature")


@pytest.mark.parametrize(
    "ndc", ["0078-0846", "0078-0846-19", "00078-0846-19", "00078084619", "000780846", "0078084619"]
)
def test_a_product_is_known_by_each_form_of_its_ndc(ndc: str) -> None:
    (dose,) = mapped(given(ndc, 120, "urn:oid:2.16.840.1.113883.6.69")).doses

    assert "tisagenlecleucel" == dose.product


@pytest.mark.parametrize(
    ("ndc", "products"),
    [
        ("71287-119", ("712870119",)),
        ("71287-119-01", ("712870119",)),
        ("83205-0001-1", ("832050001",)),
        ("7128711901", ("712870119", "712871190")),
        ("71287119", ("712870119",)),
        ("0078084619", ("000780846",)),
        ("12345-67890", ()),
        ("123456-789", ()),
        ("1234", ()),
        ("12345-", ()),
        ("Kymriah", ()),
        ("²3456789012", ()),
        ("", ()),
    ],
)
def test_the_products_that_an_ndc_can_mean(ndc: str, products: tuple[str, ...]) -> None:
    assert products == products_of(ndc)


def test_an_ndc_that_means_two_drugs_is_not_recognised() -> None:
    sets = [
        ValueSet("propofol", frozenset({Code(NDC, "71287-0119")})),
        ValueSet("ketamine", frozenset({Code(NDC, "71287-0011")})),
    ]

    assert None is Dictionary(sets, Drug).find([Coding(NDC, "7128701191")])
    assert "propofol" == Dictionary(sets[:1], Drug).find([Coding(NDC, "7128701191")])


def test_a_labeler_that_numbers_products_with_four_digits_always_does() -> None:
    propofol = ValueSet("propofol", frozenset({Code(NDC, "71287-0119")}))
    ketamine = ValueSet("ketamine", frozenset({Code(NDC, "71287-1234")}))

    assert "propofol" == Dictionary([propofol], Drug).find([Coding(NDC, "7128711901")])
    assert None is Dictionary([propofol, ketamine], Drug).find([Coding(NDC, "7128711901")])


def test_what_is_no_ndc_is_a_code_like_any_other() -> None:
    assert Code(NDC, "kymriah") == normalised(Code(NDC, " kymriah "))


def test_a_code_longer_than_any_known_one_is_not_kept() -> None:
    assert (Code("", ""),) == meant(Coding(LOINC, "8" * LONGEST))
