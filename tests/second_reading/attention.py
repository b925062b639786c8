"""Who gets a status card (U1)."""

from .chart import DAY, ICE_CODES
from .delayed import delayed_signs
from .moment import recorded
from .therapy import CELLS


def attention(chart, m):
    unread = chart.standing_therapy(m.time)
    if always_shown(chart, m, unread):
        return "always"
    week = 7 * DAY
    # Also one under sedation: it shows that the patient is being assessed.
    scored = any(recorded(m, chart.rows(code), week) for code in (*ICE_CODES, "capd-total"))
    charted = recorded(m, chart.rows("icans-grade-documented"), week)
    if delayed_signs(chart, m):
        return "later"
    if not m.course and not unread:
        return "no-therapy" if scored or charted else "silent"
    charted = charted or recorded(m, chart.rows("crs-grade-documented"), week)
    confused = m.symptoms and day_of_therapy(chart, m, unread) <= 90
    return "later" if scored or charted or m.lo >= 1 or confused else "silent"


def day_of_therapy(chart, m, unread):
    """The days since the last dose, or since the last date of an unreadable record."""
    last = [m.course.last] if m.course else []
    return days_since(chart, m, max(last + [u.end for u in unread if u.end]))


def days_since(chart, m, time):
    return (chart.local_date(m.time) - chart.local_date(time)).days


def always_shown(chart, m, unread):
    if any(u.end is None for u in unread):
        return True
    doses = [(d.time, d.kind) for d in (m.course.all_doses if m.course else ())]
    cells = [t for t, kind in doses + [(u.end, u.kind) for u in unread] if kind in CELLS]
    if any(days_since(chart, m, t) <= 30 for t in cells):
        return True
    engager = [(m.course.start, [d.time for d in m.course.doses])] if m.course and m.course.engager else []
    engager += [(u.end, [u.end]) for u in unread if u.kind not in CELLS]
    return any(
        days_since(chart, m, start) <= 56 or any(days_since(chart, m, one) <= 7 for one in doses)
        for start, doses in engager
    )
