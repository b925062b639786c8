"""The form of the changelog, and the changes that it must record."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
UNRELEASED = "## [Unreleased]"
EFFECT = re.compile(r"Clinical effect:\s+\S")
_CLAUSE_END, _LONG_CLAUSE = re.compile(r"[.:;](?:\s+|$)"), 40
_RELEASE = re.compile(r"## \[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d\d-\d\d)")
# Where a changed line may change what a card says about a patient.
TABLES = ("cds_service/clinical/guidelines", "cds_service/fhir_mapping/valuesets", "cards")
SINGLE_TABLES = ("answers", "concepts", "units")


def wrong_in(text: str) -> list[str]:
    """The mistakes in a changelog, one line each."""
    blocks = _blocks(text)
    versions = [block for block in blocks if block.startswith("## ")]
    entries = [block for block in blocks if block.startswith("- ")]
    return [*_wrong_versions(versions), *_wrong_entries(blocks), *_repeated(entries)]


def unrecorded(repository: Path) -> list[str]:
    """Tables changed by a commit, if neither it nor a later commit changed the changelog.

    In a shallow clone the oldest commit adds both.
    """
    tables = [*TABLES, *(f"cds_service/fhir_mapping/{name}.toml" for name in SINGLE_TABLES)]
    newest = _git(repository, "log", "-1", "--format=%H", "--", *tables)
    if not newest:
        return []
    recorded = _git(repository, "log", "-1", "--format=%H", "HEAD", "--not", f"{newest}^@", "--", "CHANGELOG.md")
    shown = ("show", "--format=", "--name-only", newest, "--", *tables)
    return [] if recorded else _git(repository, *shown).splitlines()


def _git(repository: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=repository, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _blocks(text: str) -> list[str]:
    """Headings and entries, each joined into one line."""
    joined = re.sub(r"\n +(?=\S)", " ", text)
    return [line.strip() for line in joined.splitlines() if line.startswith(("## ", "### ", "- "))]


def _wrong_versions(headings: list[str]) -> Iterator[str]:
    if headings[:1] != [UNRELEASED]:
        yield "the first version is not [Unreleased]"
    releases = []
    for heading in headings:
        release = _release(heading)
        if release:
            releases.append(release)
        elif heading != UNRELEASED:
            yield f"not a version with a date: {heading}"
    for by in (0, 1):
        order = [release[by] for release in releases]
        if order != sorted(order, reverse=True):
            yield "versions are not newest first"


def _release(heading: str) -> tuple[tuple[int, ...], date] | None:
    match = _RELEASE.fullmatch(heading)
    try:
        return (tuple(map(int, match.groups()[:3])), date.fromisoformat(match[4])) if match else None
    except ValueError:
        return None


def _repeated(entries: list[str]) -> Iterator[str]:
    """Long clauses that occur twice, as a merge can leave them behind."""
    clauses = Counter(clause for entry in entries for clause in _CLAUSE_END.split(entry.removeprefix("- ").lower()))
    for clause, times in clauses.items():
        if times > 1 and len(clause) >= _LONG_CLAUSE:
            yield f"repeated: {clause}"


def _wrong_entries(blocks: list[str]) -> Iterator[str]:
    kind = ""
    for block in blocks:
        if block.startswith("- "):
            yield from _wrong_entry(block, kind)
            continue
        kind = block.removeprefix("### ") if block.startswith("### ") else ""
        if kind and kind not in KINDS:
            yield f"not a kind of change: {kind}"


def _wrong_entry(entry: str, kind: str) -> Iterator[str]:
    if not kind:
        yield f"an entry without a kind of change: {entry}"
    if not EFFECT.search(entry):
        yield f"no clinical effect (if there is none, write none): {entry}"
