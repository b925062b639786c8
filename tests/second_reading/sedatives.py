"""Sedatives and blockers with unreadable records: the grade stands, and the answer names them (A1, T8)."""

from .chart import BLOCKERS, HOUR, SEDATIVES
from .domains import consciousness_domain
from .unread import not_looked_up


def sedation_unread(chart, m):
    """Their names, if given in the last hour or in the two hours before a deciding reading."""
    records = [u for u in chart.unread_drugs if u.name in SEDATIVES | BLOCKERS]
    infused = [u for u in records if u.infusion or u.name in BLOCKERS]
    names = set(not_looked_up(infused, m.time - HOUR, m.time))
    for time in deciding(chart, m):
        names |= set(not_looked_up(records, time - 2 * HOUR, time))
    return sorted(names)


def deciding(chart, m):
    """The times of the score and of the reading of arousal that decide."""
    _, awake = consciousness_domain(chart, m)
    return [t for t in (m.score.time if m.score else None, awake) if t]
