"""The changelog is well formed, and records every change to what a card may say."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.changelog import TABLES, unrecorded, wrong_in
from tests.parts import ROOT

CHANGELOG = ROOT / "CHANGELOG.md"
LONG = "the card lists every assessment that is due today"
HEAD = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A code. Clinical effect: none.\n"


def test_the_changelog_is_well_formed() -> None:
    assert [] == wrong_in(CHANGELOG.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (HEAD, []),
        (f"{HEAD}\n## [0.2.0] - 2026-05-02\n\n## [0.1.0] - 2026-05-01\n", []),
        (HEAD.replace("[Unreleased]", "[0.1.0] - 2026-05-01"), ["the first version is not [Unreleased]"]),
        (f"{HEAD}\n## 0.1.0\n", ["not a version with a date: ## 0.1.0"]),
        (f"{HEAD}\n## [0.1.0] - 2026-02-30\n", ["not a version with a date: ## [0.1.0] - 2026-02-30"]),
        (f"{HEAD}\n## [0.9.0] - 2026-05-02\n\n## [0.10.0] - 2026-05-01\n", ["versions are not newest first"]),
        (f"{HEAD}\n## [0.2.0] - 2026-05-01\n\n## [0.1.0] - 2026-05-02\n", ["versions are not newest first"]),
        (HEAD.replace("### Added", "### News"), ["not a kind of change: News"]),
        (HEAD.replace("Clinical effect: none.", ""), ["no clinical effect (if there is none, write none): - A code."]),
        (HEAD.replace("none.", ""), ["no clinical effect (if there is none, write none): - A code. Clinical effect:"]),
        (HEAD.replace("none.", "\n  grade 2 is now 3."), []),
        (f"{HEAD}- {LONG}.\n  Clinical effect: {LONG}; else none.\n", [f"repeated: {LONG}"]),
        (HEAD.replace("### Added\n\n", ""), ["an entry without a kind of change: - A code. Clinical effect: none."]),
    ],
)
def test_every_mistake_is_reported(text: str, wrong: list[str]) -> None:
    assert wrong == wrong_in(text)


@pytest.mark.git
def test_every_change_of_a_table_is_recorded() -> None:
    assert [] == unrecorded(ROOT), "tables were changed after the last entry in CHANGELOG.md"


@pytest.mark.git
def test_an_unrecorded_change_is_found(tmp_path: Path) -> None:
    _git(tmp_path, "init", "-q")
    table = tmp_path / TABLES[0] / "asco_2021.toml"
    _commit(tmp_path, {table: "a = 1", tmp_path / "CHANGELOG.md": "first"})
    assert [] == unrecorded(tmp_path)

    _commit(tmp_path, {table: "a = 2"})
    assert ["asco_2021.toml"] == [Path(one).name for one in unrecorded(tmp_path)]

    _commit(tmp_path, {tmp_path / "CHANGELOG.md": "second"})
    assert [] == unrecorded(tmp_path)
    _commit(tmp_path, {tmp_path / "README.md": "no table"})
    assert [] == unrecorded(tmp_path)


def _commit(folder: Path, files: dict[Path, str]) -> None:
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    _git(folder, "add", "-A")
    _git(folder, "-c", "user.name=Test", "-c", "user.email=test@example.org", "commit", "-q", "-m", "A change")


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True)
