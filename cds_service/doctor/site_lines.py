"""The lines of a site file (docs/site-file.md) for guesses: a line each, and all together as one file."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from cds_service.doctor.report import Guess, NotKnown
from cds_service.fhir_mapping.data_use import Unknown, UnknownKind

GUESS = "# a guess: review it"


class _Table(NamedTuple):
    """A table of the site file; `lists`: its values are lists."""

    name: str
    lists: bool = True


def line_of(unknown: Unknown, guess: Guess | None) -> str:
    """What to paste for one code; empty if there is no guess."""
    return site_file([NotKnown(unknown, 1, guess)]).strip() if guess else ""


def site_file(found: Iterable[NotKnown]) -> str:
    """The lines for all guesses, each table once."""
    tables: defaultdict[_Table, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in found:
        if one.guess is not None and one.unknown.system:
            table, key, value = _entry(one.unknown, one.guess)
            tables[table][key].append(value)
    return "\n".join(_lines(table, tables[table]) for table in sorted(tables))


class _Entry(NamedTuple):
    """One entry of a table of the site file, written as TOML."""

    table: _Table
    key: str
    value: str


def _entry(unknown: Unknown, guess: Guess) -> _Entry:
    if unknown.kind is UnknownKind.LINK_ID:
        table = _Table(f"questionnaires.{_text(unknown.system)}", lists=False)
        return _Entry(table, _text(unknown.code), _text(guess.concept))
    if unknown.kind is UnknownKind.ANSWER:
        value = guess.value if isinstance(guess.value, int) else _text(str(guess.value))
        return _Entry(_Table("answers"), guess.concept, f"[{_text(unknown.system)}, {_text(unknown.code)}, {value}]")
    return _Entry(_Table("codes"), guess.concept, f"[{_text(unknown.system)}, {_text(unknown.code)}]")


def _lines(table: _Table, keys: dict[str, list[str]]) -> str:
    lines = [f"[{table.name}]"]
    for key, values in keys.items():
        lines.append(f"{key} = [{', '.join(values)}]  {GUESS}" if table.lists else f"{key} = {values[0]}  {GUESS}")
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """A TOML string: JSON's escapes are among TOML's."""
    return json.dumps(text)
