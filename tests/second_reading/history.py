"""The course so far: peak, onset, trend, the last known grade, what no longer counts (G2, G3, D7)."""

from .chart import DAY, DOMAIN_CODES, HOUR, MINUTE
from .domains import IMAGING, MOTOR, RAISED, grade_at
from .moment import recorded

# Codes that A1 ignores if recorded under sedation; events and symptoms stay.
EVENTS = {"seizure", "motor-finding", "raised-icp-sign", "neuroimaging"}


def look_back(chart, m):
    """G2: the moments of every domain record, symptom and other cause of this course, and now."""
    codes = DOMAIN_CODES | {"neuro-symptom", "other-cause"}
    times = {r[0] for code in codes for r in recorded(m, chart.rows(code))}
    times.discard(chart.now)
    return [grade_at(chart, t) for t in sorted(times)] + [m]


def peak_and_onset(past):
    """Peak and onset; what A7 explains counts as 0."""
    gradable = [p for p in past if p.counted.gradable]
    if not gradable:
        return {}
    peak = max(p.counted.lo for p in gradable)
    part = {"peak": peak, "peak_time": next(p.time for p in gradable if p.counted.lo == peak)}
    if peak >= 1:
        part["onset"] = next(p.time for p in gradable if p.counted.lo >= 1)
    return part


def last_known_grade(past):
    """G5: the newest `grade`, else `ifAttributable`, in this course."""
    return next((p.counted.known for p in reversed(past) if p.counted.known is not None), None)


def lo_known(past, time):
    """E2: the lo known at a time, from the newest record time that could be graded, or None."""
    return next((p.counted.lo for p in reversed(past) if p.time <= time and p.counted.gradable), None)


# G3 ----------------------------------------------------------------------------


def trend(chart, m, past):
    if m.grade is None:
        return None
    before = earlier_graded(chart, m, past)
    if m.grade == 0:
        if before is None:
            return None
        return "resolved" if before.grade >= 1 else "stable"
    if before is None or before.grade == 0:
        return "new"
    if m.grade == before.grade:
        return "stable"
    lower, higher = sorted((m, before), key=lambda one: one.grade)
    if lower.grade < lower.hi and lower.hi >= higher.hi:
        return None  # the ceiling may be as high as the other grade
    return "worsening" if m is higher else "improving"


def earlier_graded(chart, m, past):
    """The newest earlier time with a grade, outside the assessment that counts now."""
    newest = max((r[0] for code in DOMAIN_CODES for r in recorded(m, counting(chart, code))), default=None)
    if newest is None:
        return None
    return next(
        (
            p
            for p in reversed(past[:-1])
            if p.time < newest - 60 * MINUTE and p.grade is not None and not in_present_assessment(m, p.time)
        ),
        None,
    )


def counting(chart, code):
    return chart.rows(code) if code in EVENTS else chart.usable(code)


def in_present_assessment(m, time):
    return m.score is not None and m.score.began <= time < m.score.time


# D7: what has left its window --------------------------------------------------


def no_longer_counted(chart, m):
    """The findings of this course that are too old to count, with the time of the newest record of each."""
    found = {"seizure": left_window(m, [r for r in chart.rows("seizure") if r[1] != "none"], DAY)}
    for code, worths in (("motor-finding", MOTOR), ("raised-icp-sign", RAISED), ("neuroimaging", IMAGING)):
        bad = [r for r in chart.rows(code) if worths.get(r[1], (0, 0)) != (0, 0)]
        found[code] = left_window(m, bad, 14 * DAY)
    return {code: time for code, time in found.items() if time}


def left_window(m, rows, window):
    rows = recorded(m, rows)
    return rows[-1][0] if rows and rows[-1][0] < m.time - window else None


# D5 ------------------------------------------------------------------------------


def seizure_within_72_hours(chart, m):
    """G5: whether there was any seizure in this course, except `none`, in the last 72 hours."""
    return any(v != "none" for _, v, _ in recorded(m, chart.rows("seizure"), 72 * HOUR))
