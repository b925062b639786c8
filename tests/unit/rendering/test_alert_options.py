"""What each alert offers, by the document and by the service."""

from __future__ import annotations

from cds_service.app import decider_of
from cds_service.checks.answers import answer_to
from cds_service.checks.specification import packaged_cases
from cds_service.knowledge import Knowledge
from cds_service.rendering.topics import topic_of_alert
from cds_service.settings import Settings
from tests.documents import read, rows
from tests.parts import ROOT

DOCUMENT = ROOT / "docs" / "alerts.md"
# Their orders have no id in a call, there is nothing to order, or the draft is right and only not enough.
WITHOUT = {"discharge-instructions", "orders that cannot be judged", "tocilizumab-alone-with-icans"}


def test_the_document_names_every_alert_and_what_it_offers(knowledge: Knowledge) -> None:
    told = {cells[0].strip("`"): cells[1] for cells in rows(read(DOCUMENT), "alert")}
    findings = set(knowledge.protocol.rules.decisions.urgency.alerts)

    assert findings == set(told) - {"orders that cannot be judged"}
    assert all(told.values())


def test_every_finding_has_an_option_in_some_case_but_those_that_say_why_not(knowledge: Knowledge) -> None:
    decider, offering = decider_of(Settings(), knowledge), set()
    for case in packaged_cases():
        if case.hook != "patient-view":
            cards = answer_to(case, decider)["cards"]
            offering |= {card["source"]["topic"]["code"] for card in cards if card.get("suggestions")}

    findings = set(knowledge.protocol.rules.decisions.urgency.alerts)
    assert {topic_of_alert(finding) for finding in findings - WITHOUT} == offering & set(map(topic_of_alert, findings))
