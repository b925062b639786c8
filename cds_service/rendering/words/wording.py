"""The texts of one language, and their Markdown: escaping and lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import Template
from types import MappingProxyType

_MARKUP = re.compile(r"([\\`*_{}\[\]()#+!|<>~&-])")
# Where a viewer would turn text into a link: after "http:" and "www", before an "@".
_ADDRESS = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=\S)(?=@)", re.IGNORECASE)
_PUBLISHED = re.compile(r"\b(?:19|20)\d\d\b|\bPMC\d+")
_FORMULA = re.compile("CKD-EPI 2021")
_SPACE = re.compile(r"\s+")

# A text is one line, or several as a list.
Text = str | Sequence[str]
Texts = Mapping[str, Mapping[str, Text]]
# The names that fill the source placeholders, by the place of a text.
Sources = Mapping[str, Mapping[str, str]]
NOTHING_CITED: Sources = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class DetailLimits:
    """The maximum number of words in the detail of a status card, and of entries for what to do now."""

    words: int
    words_two_treatments: int
    words_no_icans: int
    acts: int
    tocilizumab_from_crs: int


@dataclass(frozen=True, slots=True)
class Behaviour:
    """The behaviour of cards in any language (cards/behaviour.toml)."""

    selection_behavior: str
    override_reasons: tuple[str, ...]
    suggestions: int
    label_up_to: int
    summary_below: int
    summary_at_best: int
    free_text_up_to: int
    detail: DetailLimits


class Wording:
    """The texts of one language by file, section and key."""

    def __init__(self, files: Mapping[str, Texts], behaviour: Behaviour, cited: Sources = NOTHING_CITED) -> None:
        """Keep the texts and the names that they cite; `check` ensures that every placeholder can be filled."""
        self._templates = {
            f"{file}.{section}.{key}": tuple(map(Template, [text] if isinstance(text, str) else text))
            for file, sections in files.items()
            for section, texts in sections.items()
            for key, text in texts.items()
        }
        self._cited = cited
        self.behaviour = behaviour

    def say(self, place: str, /, **values: object) -> str:
        """The text at `file.section.key` with its placeholders filled. Raises KeyError for a missing text or value."""
        return "\n".join(self.lines(place, **values))

    def lines(self, place: str, /, **values: object) -> tuple[str, ...]:
        """The same, line by line."""
        cited = self._cited.get(place, {})
        return tuple(line.substitute(cited, **values) for line in self._templates[place])

    def first_of(self, *places: str) -> str:
        """The text at the first of these places that has one. Raises KeyError if none has."""
        return self.say(next((place for place in places if place in self._templates), places[-1]))

    @property
    def gaps(self) -> dict[str, frozenset[str]]:
        """Every text by its place, with the names of its placeholders."""
        return {
            place: frozenset(name for line in lines for name in line.get_identifiers())
            for place, lines in self._templates.items()
        }

    def keys(self, section: str) -> frozenset[str]:
        """The keys of a section, such as `advice.drug`."""
        start = f"{section}."
        return frozenset(place.removeprefix(start) for place in self.gaps if place.startswith(start))

    def places(self, section: str) -> tuple[str, ...]:
        """The places of all texts of a section, such as `leaflet.call`, in the order of the file."""
        return tuple(place for place in self._templates if place.startswith(f"{section}."))

    def naming(self, name: str) -> tuple[str, ...]:
        """The places of the texts that contain a name."""
        return tuple(place for place, lines in self._templates.items() if any(name in line.template for line in lines))

    def dated(self) -> tuple[str, ...]:
        """The places of the texts that name a year or a publication, which belong to a source; formulas may."""
        return tuple(
            place
            for place, lines in self._templates.items()
            if any(_PUBLISHED.search(_FORMULA.sub("", line.template)) for line in lines)
        )

    def quoted(self, text: str) -> str:
        """Text from the record, shortened and without markup."""
        return escaped(text, self.behaviour.free_text_up_to)


def closed_up(text: str) -> str:
    """A text without the double spaces that an empty value leaves."""
    return _SPACE.sub(" ", text).strip()


def escaped(text: str, limit: int) -> str:
    """Text from a record as Markdown that displays it literally."""
    plain = closed_up(text)
    short = _ADDRESS.sub(" ", plain if len(plain) <= limit else f"{plain[: limit - 1]}…")
    return _MARKUP.sub(r"\\\1", short).replace("\\<", "&lt;").replace("\\>", "&gt;").replace("\\&", "&amp;")


def words_in(markdown: str) -> int:
    """How many words a reader sees: the hyphens of a list are none."""
    return sum(len(line.removeprefix("- ").split()) for line in markdown.splitlines())


def bullets(title: str, lines: Iterable[str]) -> Iterator[str]:
    """Lines as a list, each capitalised, below their title if there is one; nothing if there are no lines."""
    entries = [f"- {line[:1].upper()}{line[1:]}" for line in lines]
    if entries and title:
        yield title
    yield from entries


def led(lead: str, act: str) -> str:
    """An action after its finding; after one that has a colon of its own, as a sentence."""
    if ": " in lead:
        return f"{lead}. {act[:1].upper()}{act[1:]}"
    return ": ".join(filter(None, (lead, act)))
