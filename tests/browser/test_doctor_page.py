"""The doctor's page in a real browser: it is readable at every width, and nothing is fetched or blocked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page, sync_playwright

from cds_service.cli import commands
from tests.browser.test_pages import launched
from tests.cli.made_up_hospital import AS_OF, propofol, request

pytestmark = pytest.mark.browser
WIDTHS = (320, 400, 640, 641, 960, 1200)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page on a record with every kind of finding."""
    folder = tmp_path_factory.mktemp("doctor")
    (folder / "call.json").write_text(json.dumps(request(propofol())))
    arguments = ["--as-of", f"{AS_OF:%Y-%m-%dT%H:%M:%SZ}", "--html", str(folder / "report.html")]
    CliRunner().invoke(commands, ["doctor", "--request", str(folder / "call.json"), *arguments])
    with sync_playwright() as playwright, launched(playwright) as browser:
        opened = browser.new_page()
        opened.requested = []
        opened.on("request", lambda one: opened.requested.append(one.url))
        opened.goto(Path(folder / "report.html").as_uri())
        yield opened


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_only_the_page_itself_is_loaded(page: Page) -> None:
    assert [page.url] == page.requested


def test_on_a_phone_each_cell_names_its_column(page: Page) -> None:
    page.set_viewport_size({"width": 400, "height": 800})
    cell = page.locator("td:visible", has_text="RASS").first

    assert "display" in cell.evaluate("one => getComputedStyle(one, '::before').content")
