"""Retake the picture of a card in the README: python -m tests.browser.picture."""

from __future__ import annotations

from playwright.sync_api import sync_playwright

from tests.browser.test_pages import PATIENT, launched, serving
from tests.parts import ROOT

PICTURE = ROOT / "docs" / "images" / "card.png"
WIDTH = 1100
# Down to the end of the card and of the course next to it.
SHOWN = ("article.card", "figure.course")


def main() -> None:
    """Take it from the page as a user sees it, including the header which says that the patients are made up."""
    PICTURE.parent.mkdir(exist_ok=True)
    with serving() as base, sync_playwright() as playwright, launched(playwright) as browser:
        page = browser.new_page(viewport={"width": WIDTH, "height": 900})
        page.goto(f"{base}/patients/{PATIENT}")
        boxes = [page.locator(one).first.bounding_box() for one in SHOWN]
        bottom = max(box["y"] + box["height"] for box in boxes if box)
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": bottom + 8}
        page.screenshot(path=PICTURE, full_page=True, clip=clip)


if __name__ == "__main__":
    main()
