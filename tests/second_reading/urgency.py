"""How urgent the card is, and why (U)."""

from .asks import charted, emergencies, low_gcs, low_glucose_or_sodium
from .chart import DAY
from .moment import ventilated

LEVELS = ("info", "warning", "critical")


def urgency(chart, status):
    """The indicator, and the reasons that alone make it what it is."""
    found = [icans_row(status), *raised(chart, status)]
    level = max(level for level, _ in found)
    return LEVELS[level], sorted({reason for each, reason in found if each == level})


def raised(chart, s):
    critical = {
        **{f"U:crs-{n}": s.crs["lo"] == n for n in (3, 4)},
        "U:gcs": low_gcs(chart, s.m),
        **emergencies(chart, s.m),
    }
    warning = {
        "U:gate-unknown": s.gate_unknown_with_support,
        "U:search-failed": chart.search_failed,
        "U:crs-2": s.crs["lo"] == 2,
        "C7": bool(s.low_pressure),
        "N": bool(s.delayed),
        "Q6": low_glucose_or_sodium(chart, s.m),
        "T8": bool(s.unread_therapy),
    }
    yield from ((2, reason) for reason, holds in critical.items() if holds)
    yield from ((1, reason) for reason, holds in warning.items() if holds)
    for body in ("icans", "crs"):
        yield charted_level(charted(chart, s.m, f"{body}-grade-documented")), f"G4:{body}"


def charted_level(grade):
    return 2 if grade >= 3 else min(grade, 1)


def icans_row(s):
    """The row of the table, of what is left when A7's part counts 0."""
    c = s.m.counted
    if c.certainty == "cannot-grade":
        return cannot_grade(s), "U:cannot-grade"
    if c.certainty == "needs-attribution":
        severe = c.if_attributable >= 3 or s.m.bleeding
        return 2 if severe else 1, f"U:needs-attribution-{c.if_attributable}"
    row = f"U:{c.certainty}-{c.lo}"
    if c.lo == 1 and c.certainty == "exact":
        return 0 if quiet_grade_1(s) else 1, row
    return (0, 1, 1, 2, 2)[c.lo], row


def cannot_grade(s):
    if s.last_known is not None and s.last_known >= 3:
        return 2
    worrying = s.last_known or s.m.symptoms or s.episode.running or s.m.sedated or s.overdue
    return 1 if worrying else 0


def quiet_grade_1(s):
    """Improving, or never above 1 in this course and not risen at any record time of 24 h."""
    if s.trend == "improving":
        return True
    if any((p.counted.known or 0) > 1 for p in s.past):
        return False
    return not any(time >= s.m.time - DAY for time in rises(s.past))


def rises(past):
    """The times with a grade above the grade before it (none before: 0)."""
    before = 0
    for p in past:
        if p.counted.grade is not None:
            if p.counted.grade > before:
                yield p.time
            before = p.counted.grade


def gate_unknown_with_support(s, vasopressors):
    return s.crs["gate"] == "unknown" and (bool(vasopressors) or ventilated(s.m))
