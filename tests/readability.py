"""How easy a text is to read, by published formulas.

English: Flesch-Kincaid grade level (Kincaid et al., Naval Technical Training Command, research branch report 8-75,
1975). Spanish: Fernández Huerta's lecturabilidad (Consigna 1959;214:29-32), with the length of a sentence in words
as Law (2011) interprets it. A line without a full stop counts as a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_ENGLISH = re.compile(r"[aeiouy]+")
# A silent ending: one -e, -es or -ed, but not -le, -ted, -ded, -ses and similar.
_SILENT = re.compile(r"(?<![aeiouyl])e$|(?<=[^aeiouydt])ed$|(?<=[^aeioucgsxz])es$")
# Two strong vowels, or an accented weak one beside a strong one, belong to two syllables; other neighbours to one.
_SPANISH = re.compile(r"[iuüy]?[aeoáéó][iuy]?(?![aeoáéóíú])|[iuüy]?[aeoáéó]|[íú]|[iuü]+y?|y$")


def english_syllables(word: str) -> int:
    """The number of groups of vowels, without a silent ending."""
    return max(1, len(_ENGLISH.findall(_SILENT.sub("", word.lower()))))


def spanish_syllables(word: str) -> int:
    """The number of syllable nuclei by the rules of Spanish spelling; the u of que, qui, gue and gui is silent."""
    return max(1, len(_SPANISH.findall(re.sub(r"(?<=[qg])u(?=[eéií])", "", word.lower()))))


def flesch_kincaid_grade(lines: Iterable[str]) -> float:
    """The US school grade that can read this with ease."""
    words, sentences = _counted(lines)
    syllables = sum(map(english_syllables, words))
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def fernandez_huerta(lines: Iterable[str]) -> float:
    """The score from 0 to 100; 60 or more is plain Spanish."""
    words, sentences = _counted(lines)
    syllables = sum(map(spanish_syllables, words))
    return 206.84 - 60 * syllables / len(words) - 1.02 * len(words) / sentences


def _counted(lines: Iterable[str]) -> tuple[list[str], int]:
    sentences = [one for line in lines for one in re.split(r"(?<=[.!?:])\s", line) if _WORD.search(one)]
    return [word for one in sentences for word in _WORD.findall(one)], len(sentences)
