"""Unreadable stories stop the start with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from cds_service.errors import KnowledgeError
from cds_service.sandbox.stories.story import read_stories

INDEX = '[[story]]\nslug = "a"\ntitle = "A"\nreason = "Why"\nrules = ["D1"]\n'


def test_a_story_is_read(tmp_path: Path) -> None:
    (tmp_path / "stories.toml").write_text(INDEX)
    (tmp_path / "a.json").write_text('{"timestamp": "2024-02-28T10:00:00Z"}')
    (story,) = read_stories(tmp_path)
    assert ("a", "A", "Why", ("D1",)) == (story.slug, story.title, story.reason, story.rules)
    assert {"timestamp": "2024-02-28T10:00:00Z"} == story.bundle


def test_a_sandbox_without_its_index_does_not_start_empty(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="stories"):
        read_stories(tmp_path)


@pytest.mark.parametrize(
    ("content", "why"),
    [("{", "a.json"), ("[]", "a.json"), ("{}", "no timestamp"), (None, "a.json")],
)
def test_an_unreadable_bundle_stops_the_start(tmp_path: Path, content: str | None, why: str) -> None:
    (tmp_path / "stories.toml").write_text(INDEX)
    if content is not None:
        (tmp_path / "a.json").write_text(content)
    with pytest.raises(KnowledgeError, match=why):
        read_stories(tmp_path)


def test_a_misspelt_key_in_the_index_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "stories.toml").write_text(INDEX.replace("reason", "raison"))
    with pytest.raises(KnowledgeError, match="reason"):
        read_stories(tmp_path)
