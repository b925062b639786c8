"""What alerts rest on besides the patient, so that a repeat can be recognised (contract.md 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

from cds_service.clinical.drafts.discharge import Discharge
from cds_service.clinical.order_checks.alert import Alert, DrugNames, Figure

Json = Mapping[str, object]


def basis_of_alerts(alerts: Iterable[Alert]) -> list[Json]:
    """Each alert as its codes, order, figures and leaflet dates; to be written as canonical JSON."""
    return [
        {
            "alert": alert.code,
            "variant": alert.variant,
            "order": alert.order and alert.order.reference,
            "figures": {name: _figure(figure) for name, figure in alert.figures.items()},
            "leaving": alert.leaving and _leaving(alert.leaving),
        }
        for alert in alerts
    ]


def _figure(figure: Figure) -> object:
    """With the precision of a card: times in UTC, drugs by their codes, numbers to one decimal."""
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
    """The last day of each period; the number of days left is not part of it, because its passing is not news."""
    periods = {
        "checks": leaving.checks,
        "checksAfter": leaving.checks_after,
        "near": leaving.near,
        "noDriving": leaving.no_driving,
    }
    days = {name: period and period.until.isoformat() for name, period in periods.items()}
    return {**days, "label": leaving.label, "onCorticosteroid": leaving.on_corticosteroid}
