"""The text of the pages has enough contrast: WCAG AA, light and dark."""

from __future__ import annotations

import re
from importlib.resources import files
from itertools import product

import pytest

CSS = (files("cds_service.sandbox.pages") / "static" / "sandbox.css").read_text(encoding="utf-8")
AA_TEXT, AA_GRAPHIC = 4.5, 3.0
GROUNDS = ("page", "surface", "raised")
TINTS = ("critical-tint", "warning-tint", "info-tint", "done")


def palette(*, dark: bool) -> dict[str, str]:
    """The colours of a scheme by name."""
    light, rest = CSS.split("@media (prefers-color-scheme: dark)")
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    return colours | (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", rest.split("}")[0])) if dark else {})


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_contrast_of_known_colours() -> None:
    assert 21.0 == pytest.approx(contrast("#000000", "#ffffff"))
    assert 4.48 == pytest.approx(contrast("#777777", "#ffffff"), abs=0.01)


@pytest.mark.parametrize("dark", [False, True])
def test_texts(dark: bool) -> None:
    colours = palette(dark=dark)
    pairs = [*product(("text", "quiet", "link"), GROUNDS), *product(("text", "link"), TINTS)]
    pairs += [("grade", "surface"), ("fever", "surface")]
    for text, ground in pairs:
        assert contrast(colours[text], colours[ground]) >= AA_TEXT, (text, ground)


@pytest.mark.parametrize("dark", [False, True])
def test_lines_and_points(dark: bool) -> None:
    colours = palette(dark=dark)
    for line in ("score", "grade", "fever", "given", "focus", "link", "critical", "info"):
        assert contrast(colours[line], colours["surface"]) >= AA_GRAPHIC, line


def test_chips() -> None:
    chips = re.findall(r"\.chip\.\w+ \{ background: (#\w{6}); color: (#\w{6}); \}", CSS)
    chips += re.findall(r"\.demo \{[^}]*background: (#\w{6}); color: (#\w{6});", CSS)
    assert 4 == len(chips)
    for ground, text in chips:
        assert contrast(ground, text) >= AA_TEXT
