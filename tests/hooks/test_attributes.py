"""The source attributes that HTI-1 asks of evidence-based decision support, and the card that leads to them."""

from __future__ import annotations

from cds_service.app import create_app, decider_of
from cds_service.decision import SOURCE_URL
from cds_service.knowledge import Knowledge
from cds_service.knowledge.attributes import source_attributes
from cds_service.settings import Settings
from tests.builders import NOW, alert, axi_cel, bundle, ice, prefetch
from tests.hooks.client import Client

PUBLIC = "https://cds.mercy.example"
PAGE = "/knowledge/attributes"


def test_there_are_thirteen_and_each_says_something(knowledge: Knowledge) -> None:
    attributes = source_attributes(knowledge.editions, "1.0")

    assert list(range(1, 14)) == [one.number for one in attributes]
    assert all(line for one in attributes for line in (one.name, *one.lines))


def test_they_name_every_edition_in_force(knowledge: Knowledge) -> None:
    citation, _, _, release, *_ = source_attributes(knowledge.editions, "1.0")

    assert [edition.reference in line for edition, line in zip(knowledge.editions, citation.lines, strict=True)]
    assert "ICANS CDS 1.0" == release.lines[0]
    assert len(knowledge.editions) == len(release.lines) - 1


def test_they_can_be_read_at_the_address_that_a_card_may_name() -> None:
    app = create_app(Settings(demo=True, public_url=PUBLIC), now=lambda: NOW).test_client()
    fetched = prefetch(neuro=bundle(ice(5), alert()), therapy=bundle(axi_cel()))
    (card,) = Client(app).call(fetched)["cards"]
    page = app.get(card["source"]["url"].removeprefix(PUBLIC))

    assert f"{PUBLIC}{PAGE}" == card["source"]["url"]
    assert 200 == page.status_code
    assert "text/html" == page.mimetype
    assert "Bibliographic citation" in page.text
    assert f'href="{SOURCE_URL}"' in page.text


def test_without_a_public_address_a_card_leads_to_the_published_table(knowledge: Knowledge) -> None:
    assert SOURCE_URL == decider_of(Settings(), knowledge).source_url
