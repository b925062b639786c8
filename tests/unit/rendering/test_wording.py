"""Text from a record is displayed literally."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from cds_service.rendering.words.wording import escaped


@pytest.mark.parametrize(
    "text",
    [
        "see http://evil.example/login",
        "HTTPS://evil.example",
        "www.evil.example now",
        "WWW.evil.example",
        "ask a.b@evil.example",
        "[go](http://evil.example)",
        "<a href=x>go</a>",
        "![x](//evil.example/p.png)",
        "`code` *bold* # title",
    ],
)
def test_it_is_neither_a_link_nor_markup(text: str) -> None:
    shown = MarkdownIt("gfm-like", {"linkify": False}).render(escaped(text, 200))

    assert shown.startswith("<p>")
    assert not any(tag in shown for tag in ("<a", "<img", "<code", "<em", "<h1"))
    for start in ("http://", "https://", "www.", "a.b@"):
        assert start not in shown.casefold()
