"""The Markdown documents of the repository: their links, anchors, tables and commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from tests.parts import ROOT

README = ROOT / "README.md"
_PLACES = ("*.md", ".github/*.md", "docs/**/*.md", "tests/*.md", "tests/*/*.md")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_ANCHOR = re.compile(r'<a id="([^"]+)">')
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


def documents() -> list[Path]:
    """Every document except the golden cards, which contain only what a card says."""
    return sorted(path for place in _PLACES for path in ROOT.glob(place))


def read(path: Path) -> str:
    """The text of a document."""
    return path.read_text(encoding="utf-8")


def fences(text: str, *kinds: str) -> list[str]:
    """The contents of the code blocks of these kinds."""
    return [block for kind, block in _FENCE.findall(text) if kind in kinds]


def dangling(path: Path) -> list[str]:
    """The broken links of a document; addresses on the web are not followed."""
    links = (unquote(link) for link in _LINK.findall(_FENCE.sub("", read(path))))
    return [link for link in links if not re.match(r"[a-z]+:", link) and not _leads_somewhere(path, link)]


def _leads_somewhere(path: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = path.parent / name if name else path
    return target.exists() and (not anchor or anchor in _anchors_in(target))


@cache
def _anchors_in(path: Path) -> set[str]:
    """The anchors in a file, cached because files do not change while the tests run."""
    return anchors(read(path))


def anchors(text: str) -> set[str]:
    """The anchors of a document: what can follow # in a link to it."""
    plain = _FENCE.sub("", text)
    return {anchor_of(heading) for heading in _HEADING.findall(plain)} | set(_ANCHOR.findall(plain))


def anchor_of(heading: str) -> str:
    """The anchor that GitHub gives to a heading."""
    words = re.sub(r"[`*]|\]\([^)]*\)|\[", "", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def rows(text: str, head: str) -> Iterator[list[str]]:
    """The cells of the table whose first column has this heading."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith(f"| {head} |"):
            next(lines)
            break
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]
