"""The usual form of a code: senders spell one system, and one NDC, in many ways."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from cds_service.fhir_mapping.r4.datatypes import Coding

ICANS = "https://icans-cds.example/fhir/CodeSystem/icans"
LOINC = "http://loinc.org"
SNOMED_CT = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"
NDC = "http://hl7.org/fhir/sid/ndc"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD_10_PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
CPT = "http://www.ama-assn.org/go/cpt"
MDC = "urn:iso:std:iso:11073:10101"
SYSTEMS = (ICANS, LOINC, SNOMED_CT, RXNORM, ATC, NDC, HCPCS, ICD_10_CM, ICD_10_PCS, CPT, MDC)

# The system of the answers `true` and `false` in a site file; no record has it.
BOOLEAN = "boolean"

# Other names of the same system: its OID in HL7's registry, or a national edition with the same codes.
ALIASES = {
    "http://fhir.de/CodeSystem/bfarm/atc": ATC,
    "urn:oid:2.16.840.1.113883.6.1": LOINC,
    "urn:oid:2.16.840.1.113883.6.96": SNOMED_CT,
    "urn:oid:2.16.840.1.113883.6.88": RXNORM,
    "urn:oid:2.16.840.1.113883.6.73": ATC,
    "urn:oid:2.16.840.1.113883.6.69": NDC,
    "urn:oid:2.16.840.1.113883.6.285": HCPCS,
    "urn:oid:2.16.840.1.113883.6.90": ICD_10_CM,
    "urn:oid:2.16.840.1.113883.6.4": ICD_10_PCS,
    "urn:oid:2.16.840.1.113883.6.12": CPT,
    "urn:oid:2.16.840.1.113883.6.24": MDC,
}
_OID = re.compile(r"\d+(\.\d+)+")
_EDITION_OF_SNOMED_CT = "snomed.info/sct/"
# No known code with its system is longer; longer ones are not kept in memory either.
LONGEST = 300


class Code(NamedTuple):
    """A code in its system."""

    system: str
    code: str


def normalised(coding: Coding | Code) -> Code:
    """A code in its usual form; of an NDC that can be read in several ways, the first."""
    return meant(coding)[0]


def meant(coding: Coding | Code) -> tuple[Code, ...]:
    """What a code can mean, in its usual form: one code, or the readings of an NDC without hyphens."""
    system, code = coding.system or "", coding.code or ""
    if len(system) + len(code) > LONGEST:
        return (Code("", ""),)
    return _meant(system, code)


@lru_cache(maxsize=8192)
def _meant(system: str, code: str) -> tuple[Code, ...]:
    usual, code = usual_system(system), code.strip()
    products = products_of(code) if usual == NDC else ()
    return tuple(Code(usual, one) for one in products) or (Code(usual, code),)


def usual_system(system: str) -> str:
    """The usual name of a known system; of another, its name without what may be spelt differently.

    A final slash, http or https, capitals, blanks, a version after `|` and a bare OID do not matter.
    """
    bare = _bare(system)
    if bare.startswith(_EDITION_OF_SNOMED_CT):
        return SNOMED_CT
    return _USUAL.get(bare, bare)


def _bare(system: str) -> str:
    name = system.partition("|")[0].strip().casefold().removeprefix("https://").removeprefix("http://").rstrip("/")
    return f"urn:oid:{name}" if _OID.fullmatch(name) else name


_USUAL = {_bare(name): usual for name, usual in (*((one, one) for one in SYSTEMS), *ALIASES.items())}

_LABELER, _PRODUCT = 5, 4
_PRODUCT_DIGITS, _PACKAGE_DIGITS, _BILLED_DIGITS = 8, 10, 11


def products_of(ndc: str) -> tuple[str, ...]:
    """The products that an NDC of a product or a package can mean: 5 digits of the labeler and 4 of the product.

    With hyphens, or with the 9 or 11 digits used in billing, it is one. Without hyphens, as 10 digits are printed, the
    labeler has 4 digits if the first is 0, else 5; after 5, the product has 3 or 4: the reading with 4 comes last.
    Empty if it is no NDC.
    """
    parts = ndc.split("-")
    if not all(part.isascii() and part.isdigit() for part in parts):
        return ()
    if len(parts) > 1:
        return _products(*parts[:2]) if len(parts[0]) <= _LABELER and len(parts[1]) <= _PRODUCT else ()
    if len(ndc) in (_BILLED_DIGITS, _LABELER + _PRODUCT):
        return (ndc[: _LABELER + _PRODUCT],)
    if len(ndc) not in (_PACKAGE_DIGITS, _PRODUCT_DIGITS):
        return ()
    short = _products(ndc[: _LABELER - 1], ndc[_LABELER - 1 : _PRODUCT_DIGITS])
    long = _products(ndc[:_LABELER], ndc[_LABELER:_PRODUCT_DIGITS], ndc[_LABELER : _LABELER + _PRODUCT])
    return short if ndc[0] == "0" else long if len(ndc) == _PACKAGE_DIGITS else long[:1]


def _products(labeler: str, *products: str) -> tuple[str, ...]:
    return tuple(labeler.zfill(_LABELER) + product.zfill(_PRODUCT) for product in products)


def labeler_of(product: str) -> str:
    """The labeler of a product in the form of 5 and 4 digits."""
    return product[:_LABELER]


def has_four_digits(product: str) -> bool:
    """Whether it shows that its labeler numbers products with 4 digits: a number of 3 is filled up with a 0."""
    return product[_LABELER : _LABELER + 1] != "0" and product[0] != "0"
