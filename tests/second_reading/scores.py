"""ICE and CAPD: assessments, what contradicts them, and their baselines (D1-D3, T7, A7)."""

from collections import namedtuple

from .chart import DAY, ICE_ITEMS, MINUTE
from .moment import recorded, ventilated

# `time` is that of its newest record, `began` that of its first; the points are the fewest and the most possible.
# differ: (time, code, value) of every record of a code with different values.
Assessment = namedtuple("Assessment", "time fewest most began differ")


# Putting records together ----------------------------------------------------


def assessments(rows, put_together):
    """D1: the assessments in these rows, cut from the newest record backwards."""
    found = []
    while rows:
        begin = next(n for n, row in enumerate(rows) if row[0] >= rows[-1][0] - 30 * MINUTE)
        found.append(put_together(rows[begin:]))
        rows = rows[:begin]
    return found


def ice_assessment(rows, of_each=min):
    """One assessment from these (time, code, value); the worst value of each code counts, for a baseline the best."""
    by_code = values_by_code(rows)
    points = {code: of_each(values) for code, values in by_code.items()}
    total = points.pop("ice-total", None)
    tested = sum(points.values())
    untested = sum(most for code, most in ICE_ITEMS.items() if code not in points)
    fewest, most = tested, tested + untested
    if total is not None:
        fewest = most = min(total, most)
    return Assessment(rows[-1][0], fewest, most, rows[0][0], differing(rows, by_code))


def capd_assessment(rows):
    """One assessment by CAPD, where the higher value is the worse."""
    rows = [(t, "capd-total", v) for t, v, _ in rows]
    value = max(v for _, _, v in rows)
    return Assessment(rows[-1][0], value, value, rows[0][0], differing(rows, values_by_code(rows)))


def values_by_code(rows):
    by_code = {}
    for _, code, value in rows:
        by_code.setdefault(code, []).append(value)
    return by_code


def differing(rows, by_code):
    return [row for row in rows if len(set(by_code[row[1]])) > 1]


def ice_grade(points):
    if points == 10:
        return 0
    if points >= 7:
        return 1
    return 2 if points >= 3 else 3


def capd_grade(value, baseline):
    if value >= 9:
        return 3
    if value == 0:
        return 0
    if baseline is not None and baseline < 9 and value <= baseline:
        return 0
    return 1


# The domain --------------------------------------------------------------------


def score_domain(chart, m):
    """The range of ICE or CAPD; also sets m.score, m.doubted, m.baseline and the results of A7."""
    found = taken(chart, m)
    m.score = found[0] if found and found[0].time >= m.time - chart.window else None
    if m.instrument == "ice":
        m.baseline = ice_baseline(chart, m)
        never_above = not any(one.fewest > 2 for one in found)
        m.ice_unusable = m.baseline is not None and m.baseline <= 2 and never_above
    if not m.score or m.ice_unusable:
        return (0, 3)
    if m.instrument == "ice":
        lo, hi = ice_grade(m.score.most), ice_grade(m.score.fewest)
    else:
        lo = hi = capd_grade(m.score.fewest, capd_baseline(chart, m))
    m.doubted = doubted(chart, m)
    if m.doubted or (lo == 0 and on_day_of_dose(chart, m, m.score.time)):  # D1, D2; T5
        hi = 3
    m.by_baseline = lo > 0 and as_before(m, found[1:])
    return (lo, hi)


def taken(chart, m):
    """The assessments of this course with the patient's instrument, newest first."""
    if m.instrument == "ice":
        return assessments(recorded(m, chart.ice), ice_assessment)
    if m.instrument == "capd":
        return assessments(recorded(m, chart.capd), capd_assessment)
    return []


def on_day_of_dose(chart, m, time):
    """T5: whether a time is on the calendar day of a dose known only by date."""
    days = m.course.day_only_dates if m.course else ()
    return bool(days) and chart.local_date(time) in days


# D2: symptoms, and what contradicts a score -------------------------------------


def symptom_times(chart, m, begin):
    """The times when symptoms of D2 were recorded, from a given time on."""
    times = list(chart.symptoms)
    if not m.speechless:
        times += chart.confused_by_avpu
    if not ventilated(m):
        times += [t for t, eye in chart.verbal if not m.speechless or eye in (1, 2)]
    if m.instrument:  # T7
        times += chart.bad["capd" if m.instrument == "ice" else "ice"]
    return [t for t in times if max(m.start, begin) <= t <= m.time]


def doubted(chart, m):
    """D1, D2: a later refusal or symptom; for the best score, also one in the 30 min before it."""
    time, refusals = m.score.time, chart.not_performed[m.instrument]
    if any(time < t <= m.time and reason != "unarousable" for t, reason, _ in refusals):
        return True
    flawless = m.score.fewest == (10 if m.instrument == "ice" else 0)
    begin = time - 30 * MINUTE if flawless else time
    return any(t > time or flawless for t in symptom_times(chart, m, begin))


def speech_says_nothing(chart, m):
    """D4: whether the newest entry on the score is that there is no common language."""
    if not m.instrument:
        return False
    refusals = recorded(m, chart.not_performed[m.instrument], chart.window)
    said = [t for t, reason, _ in refusals if reason == "language" and t == refusals[-1][0]]
    scores = recorded(m, chart.ice if m.instrument == "ice" else chart.capd)
    return bool(said) and not (scores and scores[-1][0] >= said[0])


# Before treatment ----------------------------------------------------------------


def capd_baseline(chart, m):
    """D3: the newest of the 90 days before the course start; of two at the same time the lower."""
    before = [(t, v) for t, v, _ in chart.capd if m.course and m.start - 90 * DAY <= t < m.start]
    return min(v for t, v in before if t == before[-1][0]) if before else None


def ice_baseline(chart, m):
    """A7: the newest assessment of 90 days outside earlier courses, with the better value of each item."""
    if not m.course:
        return None
    rows = [r for r in chart.ice if m.start - 90 * DAY <= r[0] < m.start and not in_earlier_course(m, r[0])]
    found = assessments(rows, lambda some: ice_assessment(some, of_each=max))
    return found[0].most if found else None


def in_earlier_course(m, time):
    return any(begin <= time <= end for begin, end in m.course.earlier)


def as_before(m, earlier):
    """A7: whether a score is below neither the baseline nor any assessment of this course, each at its worst."""
    if m.instrument != "ice" or m.doubted or m.baseline is None or not 2 < m.baseline < 10:
        return False
    return m.score.fewest >= max(m.baseline, *(one.fewest for one in earlier), 0)


def at_baseline(chart, m):
    """G3: whether ICE is not below, or CAPD not above, its baseline."""
    if not m.score or not m.course or m.sedated:
        return False
    if m.instrument == "ice":
        return m.baseline is not None and m.score.fewest >= m.baseline
    baseline = capd_baseline(chart, m)
    return baseline is not None and m.score.most <= baseline
