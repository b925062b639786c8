"""How urgent the card is, and why (U)."""

from .asks import charted, emergencies, low_gcs, low_glucose_or_sodium
from .chart import DAY
from .moment import ventilated

LEVELS = ("info", "warning", "critical")


def urgency(chart, status):
    """The indicator, and every row that gives it."""
    found = [*icans_rows(status), *raised(chart, status)]
    level = max(level for level, _ in found)
    return LEVELS[level], sorted({row for each, row in found if each == level})


def raised(chart, s):
    critical = {
        "U:crs-3": s.crs["lo"] == 3,
        "U:crs-4": s.crs["lo"] == 4,
        "U:glasgow": low_gcs(chart, s.m),
        **emergencies(chart, s.m),
    }
    warning = {
        "U:crs-unknown": s.gate_unknown_with_support,
        "U:failed": chart.search_failed,
        "U:crs-2": s.crs["lo"] == 2,
        "C7": bool(s.low_pressure),
        "N": bool(s.delayed),
        "Q6": low_glucose_or_sodium(chart, s.m),
        "T8": bool(s.unread_therapy),
        "U:unread": bool(s.m.unread),
    }
    yield from ((2, row) for row, holds in critical.items() if holds)
    yield from ((1, row) for row, holds in warning.items() if holds)
    for body in ("icans", "crs"):
        grade = charted(chart, s.m, f"{body}-grade-documented")
        if grade:
            yield 2 if grade >= 3 else 1, f"U:charted-{body}"


def icans_rows(s):
    """The rows of the table for the range in which A7's part counts as 0."""
    c = s.m.counted
    if c.certainty == "cannot-grade":
        return cannot_grade(s)
    if c.certainty == "needs-attribution":
        severe = c.if_attributable >= 3 or s.m.bleeding
        return [(2 if severe else 1, "U:needs-attribution")]
    row = f"U:{c.certainty}-{c.lo}"
    if c.lo == 1 and c.certainty == "exact":
        return [(0 if quiet_grade_1(s) else 1, row)]
    return [((0, 1, 1, 2, 2)[c.lo], row)]


def cannot_grade(s):
    rows = {
        "U:last-known": s.last_known,
        "U:symptom": s.m.symptoms,
        "U:corticosteroid": s.episode.running,
        "U:sedated": s.m.sedated,
        "U:overdue": s.overdue,
    }
    severe = s.last_known is not None and s.last_known >= 3
    holding = [(2 if severe and row == "U:last-known" else 1, row) for row, holds in rows.items() if holds]
    return holding or [(0, "U:cannot-grade")]


def quiet_grade_1(s):
    """Whether a grade 1 is improving, or was never above 1 in this course and has not risen in 24 h."""
    if s.trend == "improving":
        return True
    if any((p.counted.known or 0) > 1 for p in s.past):
        return False
    return not any(time >= s.m.time - DAY for time in rises(s.past))


def rises(past):
    """The times when the grade is above the one before it, which is 0 if there is none."""
    before = 0
    for p in past:
        if p.counted.grade is not None:
            if p.counted.grade > before:
                yield p.time
            before = p.counted.grade


def gate_unknown_with_support(s, vasopressors):
    return s.crs["gate"] == "unknown" and (bool(vasopressors) or ventilated(s.m))
