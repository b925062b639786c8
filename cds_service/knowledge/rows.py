"""Whether the rows of a guideline, a label or a site's protocol can be shown: every word in them must be known."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from cds_service.clinical.advice import profile
from cds_service.clinical.tables.advice import ADULT, CHILD, Management, Regimen, Row
from cds_service.clinical.tables.guideline import Protocol
from cds_service.clinical.tables.next_dose import NextDose
from cds_service.clinical.tables.vocabulary import Action
from cds_service.fhir_mapping.terminology import Terminology
from cds_service.fhir_mapping.write.resources import ROUTES
from cds_service.rendering.words.wording import Wording

GRADES = range(5)
CRS = ("any", "with", "without")
_FROM_TO = 2
# Not described by a text of their own.
UNWORDED = frozenset({Action.MONITOR, *(action for action in Action if action.is_of_next_dose)})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that a row may use: texts, products, and drugs that have codes."""

    words: Wording
    products: Collection[str]
    drugs: Collection[str]

    def of(self, section: str) -> frozenset[str]:
        """The keys of a section of cards/<language>/advice.toml."""
        return self.words.keys(f"advice.{section}")


def vocabulary_of(protocol: Protocol, terminology: Terminology, words: Wording) -> Vocabulary:
    """The words that rows may use; a drug without codes needs a name in the texts."""
    named = Vocabulary(words, (), ()).of("drug")
    return Vocabulary(words, protocol.rules.drugs.products, terminology.drugs.concepts | named)


def wrong_rows(table: Management, vocabulary: Vocabulary) -> Iterator[str]:
    """Everything that is wrong, each with its place: the number of the row and its action."""
    for number, row in enumerate(table.row, 1):
        yield from (f"row {number} ({row.action}): {wrong}" for wrong in _wrong(row, vocabulary))


def _wrong(row: Row, vocabulary: Vocabulary) -> Iterator[str]:
    yield from _unknown(
        {
            "crs": ([row.crs], CRS),
            "patients": ([row.patients], (ADULT, CHILD)),
            "only": ([row.only], profile.STATES),
            "products": (row.products, vocabulary.products),
        }
    )
    if not row.icans or set(row.icans) - set(GRADES):
        yield "icans: expected grades from 0 to 4"
    if row.crs != "with" and (row.crs_from, row.crs_to) != (1, max(GRADES)):
        yield "crs_from, crs_to: only for rows with CRS"
    if row.gives_tocilizumab and (row.crs != "with" or row.crs_from < 1):
        yield "crs: tocilizumab is for CRS: expected with, and crs_from of 1 or more"
    for number, regimen in enumerate(row.regimens, 1):
        yield from (f"regimen {number} ({regimen.drug}): {wrong}" for wrong in _wrong_regimen(regimen, vocabulary))
    if row.next_dose:
        yield from _wrong_next_dose(row.next_dose, vocabulary)


def _wrong_next_dose(rule: NextDose, vocabulary: Vocabulary) -> Iterator[str]:
    yield from _unknown({"observe": ([rule.observe], vocabulary.of("observe"))})


def _wrong_regimen(regimen: Regimen, vocabulary: Vocabulary) -> Iterator[str]:
    yield from _unknown(
        {
            "drug": ([regimen.drug], vocabulary.drugs),
            "route": ([regimen.route], ROUTES),
            "then": ([regimen.then], vocabulary.of("then")),
            "repeat_if": ([regimen.repeat_if], vocabulary.of("repeat-every")),
            "bound": ([regimen.bound], vocabulary.of("bound")),
        }
    )
    if (regimen.mg or regimen.mg_per_kg) and not regimen.route:
        yield "route: a dose needs one"
    spans = (regimen.mg, regimen.mg_per_kg, regimen.every_hours, regimen.per_day, regimen.days)
    if not all(_is_span(span) for span in spans):
        yield "amounts and intervals are one value or from-to, more than 0"


def _is_span(values: tuple[float, ...]) -> bool:
    """Whether it is empty, one value, or from-to."""
    return not values or (values[0] > 0 and list(values) == sorted(values)[:_FROM_TO])


def _unknown(given: Mapping[str, tuple[Collection[str], Collection[str]]]) -> Iterator[str]:
    """Each value that is not among the allowed ones; empty values are accepted."""
    for key, (values, known) in given.items():
        for value in values:
            if value and value not in known:
                yield f"{key}: {value!r} is none of {', '.join(sorted(known))}"
