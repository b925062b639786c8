"""Texts: every language has each of them, with the same gaps to fill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cds_service.checks.report import Report
from cds_service.knowledge.wording import languages, load_leaflets, load_wording

REFERENCE = "en"
Gaps = Mapping[str, frozenset[str]]


def check_texts() -> Report:
    """Compare each language with English, which is complete by the tests: of the cards, and of what patients get."""
    cards = {language: load_wording(language).gaps for language in languages()}
    leaflets = {language: words.gaps for language, words in load_leaflets().items()}
    problems = [problem for texts in (cards, leaflets) for problem in _differing(texts)]
    seen = f"{len(cards[REFERENCE])} in {', '.join(sorted(cards))}"
    patients = f"{len(leaflets[REFERENCE])} for patients in {', '.join(sorted(leaflets))}"
    return Report("texts", f"{seen}; {patients}", tuple(problems))


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
