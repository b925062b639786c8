"""The alerts that checks raise, the input of a check, and the basis by which a repeat is recognised (contract.md 4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.drafts.discharge import Discharge
from cds_service.clinical.drafts.proposal import Proposal
from cds_service.clinical.facts.occasion import Occasion, Unjudged
from cds_service.clinical.facts.orders import Order
from cds_service.clinical.facts.patient import PatientFacts
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.advice import Regimen
from cds_service.clinical.tables.decision_rules import OrderRules
from cds_service.clinical.tables.guideline import Drugs, Protocol
from cds_service.clinical.tables.labels import CheckFrequency
from cds_service.clinical.tables.names import Drug
from cds_service.clinical.tables.risk import RiskRules
from cds_service.clinical.tables.vocabulary import AlertCode

UPDATE, DELETE = "update", "delete"


class Variant(StrEnum):
    """A form of an alert's text, by what the alert rests on; a part of the key of its words (cards/<language>)."""

    STOPPED = "stopped"
    REPLACED = "replaced"
    AT_LEAST = "at-least"
    IN_ALL = "in-all"
    IN_24_H = "in-24-h"
    DOSE = "dose"
    SEDATIVE = "sedative"
    OPIOID = "opioid"
    ORDER = "order"
    GRADED = "graded"
    NOT_GRADABLE = "not-gradable"
    WITHHOLD = "withhold"
    STOP = "stop"
    WITHHOLD_AFTER = "withhold-after"
    STOP_AFTER = "stop-after"
    LATE = "late"
    NEVER = "never"


class DrugNames(NamedTuple):
    """Drugs named in a text."""

    names: tuple[Drug, ...]


Figure = float | str | datetime | date | tuple[str, ...] | DrugNames


class Change(NamedTuple):
    """A change to an order: another regimen, a lower dose, another status, or deletion.

    `published`: the source's regimen, of which `regimen` is the one dose drafted (rule P2). `milligrams`: the limit for
    one administration.
    """

    kind: str
    order: Order
    regimen: Regimen | None = None
    published: Regimen | None = None
    milligrams: float | None = None
    status: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert by its code; `variant` selects a form of its text, whose placeholders are filled from `figures`.

    `beside`: codes of the other alerts about this draft, most important first. `advice`: options from guidelines and
    labels shown with it. `leaving`: the instructions that the patient takes home.
    """

    code: AlertCode
    order: Order | None = None
    variant: Variant | CheckFrequency | None = None
    figures: Mapping[str, Figure] = field(default_factory=dict)
    beside: tuple[AlertCode, ...] = ()
    advice: tuple[Advice, ...] = ()
    changes: tuple[Change | Proposal, ...] = ()
    leaving: Discharge | None = None


def one_of_a_draft(found: Iterable[Alert]) -> Iterator[Alert]:
    """Merge several alerts about the same draft into the first, which names the others and includes their options."""
    alerts = tuple(found)
    if alerts:
        yield replace(
            alerts[0],
            beside=tuple(alert.code for alert in alerts[1:]),
            advice=tuple(entry for alert in alerts for entry in alert.advice),
            changes=tuple(dict.fromkeys(change for alert in alerts for change in alert.changes)),
        )


class CheckContext(NamedTuple):
    """The input of a check: the patient, the subject of the call, the tables, and the chart."""

    evaluation: Evaluation
    occasion: Occasion
    protocol: Protocol
    chart: Chart

    @property
    def rules(self) -> OrderRules:
        """The numbers for orders and encounters."""
        return self.protocol.rules.decisions.orders

    @property
    def facts(self) -> PatientFacts:
        """What is known about the patient."""
        return self.chart.facts

    @property
    def drugs(self) -> Drugs:
        """The drugs of each class in the rules."""
        return self.protocol.rules.drugs

    @property
    def risk(self) -> RiskRules:
        """The rules for fludarabine and renal function."""
        return self.protocol.rules.risk

    @property
    def weight(self) -> float | None:
        """Body weight in kg, by a record of the last 30 days (rule P2)."""
        return self.evaluation.profile.weight_kg

    @property
    def concerned(self) -> bool:
        """Whether ICANS is suspected at all: low arousal alone does not count if no therapy is known (rule U1)."""
        return self.evaluation.attention.has_card

    def within_days(self, days: int) -> bool:
        """Whether the newest dose of a therapy was given at most `days` calendar days ago."""
        return self.evaluation.day is not None and self.evaluation.day <= days


Json = Mapping[str, object]


def basis_of_orders(alerts: Iterable[Alert], unjudged: Iterable[Unjudged], drafts: object) -> Json | None:
    """What the cards about the orders of a call rest on, with the drafts as sent; None if there are no such cards.

    An alert is represented by its codes, order, figures and leaflet dates; an unjudged order by what is known of it.
    """
    raised = [_alert(alert) for alert in alerts]
    unknown = [{"order": one.order.reference, "drug": one.order.drug, "reason": one.reason} for one in unjudged]
    return {"alerts": raised, "unjudged": unknown, "drafts": drafts} if raised or unknown else None


def _alert(alert: Alert) -> Json:
    return {
        "alert": alert.code,
        "variant": alert.variant or "",
        "order": alert.order and alert.order.reference,
        "figures": {name: _figure(figure) for name, figure in alert.figures.items()},
        "leaving": alert.leaving and _leaving(alert.leaving),
    }


def _figure(figure: Figure) -> object:
    """A figure as precise as on a card: times in UTC, drugs by their codes, numbers to one decimal."""
    match figure:
        case datetime():
            return figure.astimezone(UTC).isoformat()
        case date():
            return figure.isoformat()
        case DrugNames():
            return [*figure.names]
        case float() | int():
            return round(float(figure), 1)
    return figure


def _leaving(leaving: Discharge) -> Json:
    """The last day of each period. The number of days left is not included: it changes daily without being news."""
    periods = {
        "checks": leaving.checks,
        "checksAfter": leaving.checks_after,
        "near": leaving.near,
        "noDriving": leaving.no_driving,
    }
    days = {name: period and period.until.isoformat() for name, period in periods.items()}
    return {**days, "label": leaving.label, "onCorticosteroid": leaving.on_corticosteroid}
