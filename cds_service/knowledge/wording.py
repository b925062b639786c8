"""The texts of the cards, from the packaged folder of a language or a site's own."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from cds_service.errors import KnowledgeError, WrongFileError
from cds_service.knowledge.tables import read_table
from cds_service.rendering.words.wording import NOTHING_CITED, Behaviour, DetailLimits, Sources, Wording

CARDS = files("cards")
BEHAVIOUR = "behaviour.toml"
LEAFLET = "leaflet"
NO_PRODUCTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _CardTable:
    selection_behavior: str
    override_reasons: tuple[str, ...]
    suggestions: int
    label_up_to: int


@dataclass(frozen=True, slots=True)
class _TextTable:
    summary_below: int
    summary_at_best: int
    free_text_up_to: int


@dataclass(frozen=True, slots=True)
class _BehaviourTable:
    """cards/behaviour.toml."""

    card: _CardTable
    text: _TextTable
    detail: DetailLimits


def languages() -> list[str]:
    """The languages of the cards: the folders of cards/ other than that of leaflets."""
    folders = (folder.name for folder in CARDS.iterdir() if folder.is_dir())
    return sorted(name for name in folders if not name.startswith("_") and name != LEAFLET)


def load_wording(language: str, cited: Sources = NOTHING_CITED, products: Mapping[str, str] = NO_PRODUCTS) -> Wording:
    """The texts of a language; `cited` fills their source placeholders (sources.py), `products` names products.

    Raises KnowledgeError that names the file if one cannot be read.
    """
    if language not in languages():
        raise KnowledgeError(f"no cards in {language!r}; known languages: {', '.join(languages())}")
    folder = CARDS / language
    texts = {source.name.removesuffix(".toml"): _read(source) for source in folder.iterdir() if _is_table(source)}
    texts["advice"]["drug"] |= products
    return Wording(texts, _behaviour(), cited)


def load_leaflets() -> dict[str, Wording]:
    """The texts for patients by language, one file each in cards/leaflet. Raises KnowledgeError as above."""
    files = sorted((CARDS / LEAFLET).iterdir(), key=lambda source: source.name)
    behaviour = _behaviour()
    return {file.name.removesuffix(".toml"): Wording({LEAFLET: _read(file)}, behaviour) for file in files}


def _behaviour() -> Behaviour:
    table = read_table(CARDS / BEHAVIOUR, _BehaviourTable)
    return Behaviour(
        selection_behavior=table.card.selection_behavior,
        override_reasons=table.card.override_reasons,
        suggestions=table.card.suggestions,
        label_up_to=table.card.label_up_to,
        summary_below=table.text.summary_below,
        summary_at_best=table.text.summary_at_best,
        free_text_up_to=table.text.free_text_up_to,
        detail=table.detail,
    )


def _is_table(source: Traversable) -> bool:
    return source.name.endswith(".toml")


def _read(source: Traversable) -> dict[str, dict[str, str]]:
    try:
        return tomllib.loads(source.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise WrongFileError(source.name, error) from error
