"""When the next assessment is due, and of which kind (G5)."""

from collections import namedtuple

from .arousal import arousal_checks
from .chart import DAY, HOUR, ICE_CODES
from .history import seizure_within_72_hours
from .moment import recorded, ventilated

# by_interval: the end of the interval, or None; narrows: the kind that would narrow the range now, or None.
Due = namedtuple("Due", "at kind now by_interval narrows")


def next_due(chart, m, last_known, trend):
    hours = interval(chart, m, last_known, trend)
    if no_score_due(m):
        kind, by_interval = "neurological-check", check_due(chart, m, hours)
    else:
        kind, by_interval = m.instrument or "ice", score_due(chart, m, hours)
    narrows = would_narrow(chart, m)
    now = narrows is not None or (by_interval is not None and by_interval <= m.time)
    if by_interval is None and narrows is None:
        return None
    at = min(by_interval or m.time, m.time) if now else by_interval
    return Due(at, narrows or kind, now, by_interval, narrows)


def no_score_due(m):
    """Whether no score is due: unarousable, sedated, ventilated, or an ICE that cannot be used (A7)."""
    return m.sedated or m.of("consciousness") == (4, 4) or ventilated(m) or m.ice_unusable


def interval(chart, m, last_known, trend):
    """The time from the last assessment to the next."""
    hours = {1: 8, 2: 4, 3: 2, 4: 2}.get(last_known, 24 if chart.ambulatory else 12)
    if last_known is None and no_score_due(m):
        hours = 4
    limited = (m.counted.grade == 1 and trend == "new") or seizure_within_72_hours(chart, m)
    return (min(hours, 4) if limited else hours) * HOUR


def score_due(chart, m, hours):
    """When a score is due, counted from the last score of any instrument, usable or not, or from the course start."""
    scores = [r[0] for code in (*ICE_CODES, "capd-total") for r in recorded(m, chart.rows(code))]
    if not scores and not m.course:
        return None
    return (max(scores) if scores else m.start) + hours


def check_due(chart, m, hours):
    """When a check is due, counted from the newest reading of arousal, also under sedation; without one, now."""
    checks = [r[0] for r in recorded(m, arousal_checks(chart))]
    return max(checks) + hours if checks else m.time


def would_narrow(chart, m):
    """The kind that would narrow the range: the score or arousal, if its ceiling is above the total floor."""
    if m.sedated:
        return None
    if m.of("score")[1] > m.lo and not no_score_due(m) and not waits_for_birth_date(chart, m):
        return m.instrument or "ice"
    return "neurological-check" if m.of("consciousness")[1] > m.lo else None


def waits_for_birth_date(chart, m):
    """Whether both instruments have a current score, and the age does not say which of them counts (T7)."""
    return m.instrument is None and all(recorded(m, rows, chart.window) for rows in (chart.ice, chart.capd))


def overdue(chart, m, due, attention):
    """Whether it is over 12 h (24 h at home) past the interval, whatever is due now."""
    late = DAY if chart.ambulatory else 12 * HOUR
    return attention == "always" and due is not None and due.by_interval is not None and m.time > due.by_interval + late
