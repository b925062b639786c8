"""Texts: every language has all of them with the same placeholders, and none names the edition of a source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cds_service.checks.report import Report
from cds_service.knowledge.editions import edition_files
from cds_service.knowledge.sources import read_sources
from cds_service.knowledge.wording import languages, load_leaflets, load_wording
from cds_service.rendering.words.wording import Wording

REFERENCE = "en"
# Who publishes guidelines; ASTCT is also the name of a scale, and CTCAE of no guideline.
BODIES = frozenset({"ASCO", "CARTOX", "EBMT", "MD Anderson", "Moffitt", "NCCN", "SITC", "UF Health"})
_CITE_IT = "cite it by cards/sources.toml"
Gaps = Mapping[str, frozenset[str]]


def check_texts() -> Report:
    """Compare each language of the cards and of the leaflet with English, which the tests keep complete."""
    spoken, handed_out = {language: load_wording(language) for language in languages()}, load_leaflets()
    cards = {language: words.gaps for language, words in spoken.items()}
    leaflets = {language: words.gaps for language, words in handed_out.items()}
    problems = [problem for texts in (cards, leaflets) for problem in _differing(texts)]
    problems += [
        *_citations_without_placeholder(cards[REFERENCE]),
        *_naming_editions(spoken),
        *_naming_editions(handed_out),
    ]
    seen = f"{len(cards[REFERENCE])} in {', '.join(sorted(cards))}"
    patients = f"{len(leaflets[REFERENCE])} for patients in {', '.join(sorted(leaflets))}"
    return Report("texts", f"{seen}; {patients}", tuple(problems))


def _citations_without_placeholder(texts: Gaps) -> Iterator[str]:
    """Sources that cards/sources.toml names for a text without such a placeholder."""
    for place, gaps in read_sources().items():
        for gap in gaps:
            if gap not in texts.get(place, ()):
                yield f"sources.toml: {place} has no ${gap}"


def _naming_editions(spoken: Mapping[str, Wording]) -> Iterator[str]:
    """Texts that name an edition, a body or a year: they would still do so after another one came into force."""
    editions = [file.edition for file in edition_files()]
    names = {name for edition in editions for name in (edition.label, edition.citation) if name} | BODIES
    for language, words in spoken.items():
        yield from (f"{language}: {place} names a year or a paper: {_CITE_IT}" for place in words.dated())
        for name in sorted(names):
            yield from (f"{language}: {place} names {name}: {_CITE_IT}" for place in words.naming(name))


def _differing(texts: Mapping[str, Gaps]) -> Iterator[str]:
    for language in texts:
        yield from _compared(language, texts[language], texts[REFERENCE])


def _compared(language: str, given: Gaps, wanted: Gaps) -> Iterator[str]:
    yield from (f"{language}: {place} is missing" for place in sorted(set(wanted) - set(given)))
    yield from (f"{language}: {place} is not used" for place in sorted(set(given) - set(wanted)))
    for place in sorted(set(given) & set(wanted)):
        if given[place] != wanted[place]:
            yield f"{language}: {place} has the gaps {_named(given[place])} instead of {_named(wanted[place])}"


def _named(gaps: frozenset[str]) -> str:
    return ", ".join(f"${name}" for name in sorted(gaps)) or "none"
