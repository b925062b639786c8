"""Lines as blocks of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def bullets(title: str, lines: Iterable[str]) -> Iterator[str]:
    """Lines as a list, each with a capital, below their title if it has one; nothing where there are none."""
    entries = [f"- {line[:1].upper()}{line[1:]}" for line in lines]
    if entries and title:
        yield title
    yield from entries
