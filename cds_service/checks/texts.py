"""Texts: every language has each of them, with the same gaps to fill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cds_service.checks.report import Report
from cds_service.knowledge.wording import languages, load_wording

REFERENCE = "en"


def check_texts() -> Report:
    """Compare each language with English, which is complete by the tests."""
    gaps = {language: load_wording(language).gaps for language in languages()}
    problems = [problem for language in gaps for problem in _compared(language, gaps[language], gaps[REFERENCE])]
    return Report("texts", f"{len(gaps[REFERENCE])} in {', '.join(sorted(gaps))}", tuple(problems))


def _compared(
    language: str, given: Mapping[str, frozenset[str]], wanted: Mapping[str, frozenset[str]]
) -> Iterator[str]:
    yield from (f"{language}: {place} is missing" for place in sorted(set(wanted) - set(given)))
    yield from (f"{language}: {place} is used nowhere" for place in sorted(set(given) - set(wanted)))
    for place in sorted(set(given) & set(wanted)):
        if given[place] != wanted[place]:
            yield f"{language}: {place} has the gaps {_named(given[place])} instead of {_named(wanted[place])}"


def _named(gaps: frozenset[str]) -> str:
    return ", ".join(f"${name}" for name in sorted(gaps)) or "none"
