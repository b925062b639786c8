"""The leaflets are readable by the published formulas, which are themselves tested on words and a hard text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest

from cds_service.knowledge import Knowledge
from cds_service.knowledge.editions import load_labels, regions
from cds_service.rendering.order_cards.leaflet import Leaflet, leaflet_of
from tests.readability import english_syllables, fernandez_huerta, flesch_kincaid_grade, spanish_syllables
from tests.unit.rendering.test_leaflet import leaving

# Health material for the public should be grade 8 at most; 60 or more is plain Spanish.
HARDEST_GRADE, PLAIN = 8, 60
HARD_ENGLISH = "Neurological toxicities necessitate immediate hospitalization and corticosteroid administration."
HARD_SPANISH = "La neurotoxicidad requiere hospitalización inmediata y administración de corticosteroides sistémicos."


def read_aloud(leaflet: Leaflet) -> Iterator[str]:
    """The text for the patient in its hardest reading: a list of fragments is one sentence with its title."""
    for title, *entries in (block for block in leaflet.blocks if block is not leaflet.wallet_card):
        if all(entry.endswith((".", "?")) for entry in entries):
            yield from (title, *entries)
        else:
            yield ", ".join((title.rstrip(":"), *entries))


def leaflets(knowledge: Knowledge, language: str) -> Iterator[tuple[str, Leaflet]]:
    for region in regions():
        for product in load_labels(region).label:
            discharge = leaving(knowledge, (("3 d", product),), region)
            assert discharge is not None
            yield f"{region} {product}", leaflet_of(discharge, knowledge.leaflets[language])


def test_english_is_of_grade_8_at_most(knowledge: Knowledge) -> None:
    grades = {name: flesch_kincaid_grade(read_aloud(leaflet)) for name, leaflet in leaflets(knowledge, "en")}

    assert {} == {name: grade for name, grade in grades.items() if grade > HARDEST_GRADE}
    assert flesch_kincaid_grade([HARD_ENGLISH]) > HARDEST_GRADE


def test_spanish_is_plain(knowledge: Knowledge) -> None:
    ease = {name: fernandez_huerta(read_aloud(leaflet)) for name, leaflet in leaflets(knowledge, "es")}

    assert {} == {name: value for name, value in ease.items() if value < PLAIN}
    assert fernandez_huerta([HARD_SPANISH]) < PLAIN


@pytest.mark.parametrize("measure", [flesch_kincaid_grade, fernandez_huerta])
def test_a_list_is_harder_than_its_entries(measure: Callable[[Iterable[str]], float]) -> None:
    apart, together = measure(["Call for:", "a fall", "a fit"]), measure(["Call for, a fall, a fit"])

    assert (together > apart) == (measure is flesch_kincaid_grade)


@pytest.mark.parametrize(
    ("word", "syllables"),
    [("trouble", 2), ("seizure", 2), ("temperature", 4), ("treated", 2), ("moved", 1), ("changes", 2), ("hospital", 3)],
)
def test_syllables_of_english(word: str, syllables: int) -> None:
    assert syllables == english_syllables(word)


@pytest.mark.parametrize(
    ("word", "syllables"),
    [("convulsión", 3), ("días", 2), ("aquí", 2), ("equipo", 3), ("leer", 2), ("cuidado", 3), ("hay", 1), ("suyo", 2)],
)
def test_syllables_of_spanish(word: str, syllables: int) -> None:
    assert syllables == spanish_syllables(word)
