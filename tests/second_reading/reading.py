"""The second reading: grade() for one scenario, with history when asked (G2-G5, U, E)."""

from .chart import DAY, DOMAIN_CODES, HOUR, ICE_CODES, MINUTE, Chart
from .crs import CORTICOSTEROIDS, look_crs, vasopressor_drips
from .domains import at_baseline, look, recorded, ventilated

LEVELS = ("info", "warning", "critical")


def grade(scenario: dict, *, history: bool = False) -> dict:
    chart = Chart(scenario)
    if scenario.get("deceased"):
        return deceased_answer(chart, history)
    m = look(chart, chart.now)
    crs = look_crs(chart, m)
    answer = {"icans": icans_part(m), "crs": crs}
    if m.course:
        answer["course"] = course_part(chart, m.course)
    if history:
        answer.update(history_part(chart, m, crs))
    return answer


def deceased_answer(chart, history):
    """A6: nothing is graded, no cards."""
    answer = {
        "icans": {"certainty": "cannot-grade", "lo": 0, "hi": 4, "left_lo": 0},
        "crs": {"certainty": "cannot-grade", "lo": 0, "hi": 4},
    }
    course = chart.course(chart.now)
    if course:
        answer["course"] = course_part(chart, course)
    if history:
        answer["attention"] = "silent"
    return answer


def icans_part(m):
    part = {
        "certainty": m.certainty,
        "lo": m.lo,
        "hi": m.hi,
        "left_lo": m.left_lo,
        "domains": {name: list(r) for name, r in m.domains.items()},
    }
    if m.grade is not None:
        part["grade"] = m.grade
    if m.if_attributable is not None:
        part["if_attributable"] = m.if_attributable
    if m.decided_by:
        part["decided_by"] = m.decided_by
    return part


def course_part(chart, course):
    return {"start": course.start, "last_dose": course.last, "day": chart.day(course, chart.now)}


def history_part(chart, m, crs):
    past = look_back(chart, m)
    part = peak_and_onset(past)
    part["trend"] = trend(chart, m, past)
    part["last_known_grade"] = last_known = last_known_grade(past)
    part["at_baseline"] = at_baseline(chart, m) or None
    part["attention"] = attention(chart, m)
    part["next_due"] = due = next_due(chart, m, last_known)
    late = DAY if chart.ambulatory else 12 * HOUR
    part["overdue"] = part["attention"] == "always" and due is not None and chart.now > due + late

    first_graded = episode_start(past)
    steroids = counted_steroids(chart, first_graded)
    on_steroid = any(s.end is None or s.end >= chart.now - DAY for s in steroids)
    clock = min((max(s.start, first_graded) for s in steroids), default=None)  # E1
    part["steroid_clock"] = clock
    part["escalate"] = clock is not None and escalate(chart, m, clock, past)
    part["taper"] = on_steroid and m.certainty == "exact" and m.lo <= 1  # E3
    part["urgency"] = urgency(chart, m, crs, part, on_steroid)
    return {name: value for name, value in part.items() if value is not None}


# G2, G3: looking back ------------------------------------------------------


def look_back(chart, m):
    """G2: every domain record, symptom and other-cause of this course, and now."""
    codes = DOMAIN_CODES | {"neuro-symptom", "other-cause"}
    times = {r[0] for code in codes for r in recorded(m, chart.rows(code))}
    times.discard(chart.now)
    return [look(chart, t) for t in sorted(times)] + [m]


def peak_and_onset(past):
    gradable = [p for p in past if p.certainty != "cannot-grade"]
    if not gradable:
        return {}
    peak = max(p.lo for p in gradable)
    part = {"peak": peak, "peak_time": next(p.time for p in gradable if p.lo == peak)}
    if peak >= 1:
        part["onset"] = next(p.time for p in gradable if p.lo >= 1)
    return part


def trend(chart, m, past):
    """G3."""
    if m.grade is None:
        return None
    newest = max((r[0] for code in DOMAIN_CODES for r in recorded(m, chart.rows(code))), default=None)
    before = None
    if newest is not None:
        before = next(
            (p.grade for p in reversed(past[:-1]) if p.time < newest - 60 * MINUTE and p.grade is not None), None
        )
    if m.grade == 0:
        if before is None:
            return None
        return "resolved" if before >= 1 else "stable"
    if not before:
        return "new"
    if m.grade == before:
        return "stable"
    return "worsening" if m.grade > before else "improving"


def last_known_grade(past):
    """G5: the newest `grade`, else `ifAttributable`, of this course."""
    return next((p.known for p in reversed(past) if p.known is not None), None)


# G5, U1 --------------------------------------------------------------------


def next_due(chart, m, last_known):
    """G5: every score counts, however usable."""
    scores = [r[0] for code in (*ICE_CODES, "capd-total") for r in recorded(m, chart.rows(code))]
    if not scores and not m.course:
        return None
    last = max(scores) if scores else m.start
    if not last_known:
        return last + (DAY if chart.ambulatory else 12 * HOUR)
    return last + {1: 8, 2: 4}.get(last_known, 2) * HOUR


def attention(chart, m):
    """U1."""
    if m.course and always_shown(chart, m.course):
        return "always"
    week = 7 * DAY
    scored = recorded(m, chart.ice, week) or recorded(m, chart.capd, week)
    charted = recorded(m, chart.rows("icans-grade-documented"), week)
    if not m.course:
        return "no-therapy" if scored or charted else "silent"
    charted = charted or recorded(m, chart.rows("crs-grade-documented"), week)
    return "later" if scored or charted or m.lo >= 1 else "silent"


def always_shown(chart, course):
    today = chart.local_date(chart.now)

    def day_since(time):
        return (today - chart.local_date(time)).days

    if any(day_since(d.time) <= 30 for d in course.all_doses if d.kind in ("CAR-T", "TCR-T")):
        return True
    return course.engager and (day_since(course.start) <= 56 or any(day_since(d.time) <= 7 for d in course.doses))


# E -------------------------------------------------------------------------


def episode_start(past):
    """E1: the first time of this episode with a grade of 1 or more, or None."""
    start = zero_since = None
    for p in past:
        if p.exact_zero:
            zero_since = zero_since or p.time
            if p.time - zero_since >= 72 * HOUR:
                start = None  # the episode is over
        else:
            zero_since = None
            if start is None and p.grade:
                start = p.time
    return start


def counted_steroids(chart, first_graded):
    """E1: systemic corticosteroids that did not end before that time."""
    if first_graded is None:
        return []
    return [
        d for d in chart.drugs if d.name in CORTICOSTEROIDS and d.systemic and (d.end is None or d.end >= first_graded)
    ]


def escalate(chart, m, clock, past):
    """E2."""
    at_clock = look(chart, clock)
    if at_clock.certainty == "cannot-grade":  # then the newest before it that was graded
        at_clock = next(p for p in reversed(past) if p.time <= clock and p.certainty != "cannot-grade")
    if m.lo > at_clock.lo:
        return True
    return m.lo >= 2 and chart.now >= clock + DAY and m.lo >= at_clock.lo


# U -------------------------------------------------------------------------


def urgency(chart, m, crs, part, on_steroid):
    level = icans_level(m, part, on_steroid)
    gcs = recorded(m, chart.gcs_sums, chart.window)
    if crs["lo"] >= 3 or (gcs and gcs[-1][1] <= 8 and not m.sedated):
        level = 2
    if crs["gate"] == "unknown" and (vasopressor_running(chart) or ventilated(m)):
        level = max(level, 1)
    for code in ("icans-grade-documented", "crs-grade-documented"):
        level = max(level, charted_level(chart, m, code))
    return LEVELS[level]


def icans_level(m, part, on_steroid):
    if m.certainty == "cannot-grade":
        worrying = (part["last_known_grade"] or 0) >= 1 or m.symptoms or on_steroid or m.sedated or part["overdue"]
        return 1 if worrying else 0
    if m.lo >= 3:
        return 2
    if m.certainty == "exact" and m.lo == 1:
        return 1 if part["trend"] in ("new", "worsening") else 0
    return 1 if m.lo >= 1 else 0


def vasopressor_running(chart):
    return any(d.end is None or d.end > chart.now for d in vasopressor_drips(chart))


def charted_level(chart, m, code):
    """G4: the newest charted grade of this course less than 12 h old."""
    rows = [r for r in recorded(m, chart.rows(code)) if r[0] > chart.now - 12 * HOUR]
    if not rows:
        return 0
    charted = max(v for t, v, _ in rows if t == rows[-1][0])
    if charted >= 3:
        return 2
    return 1 if charted >= 1 else 0
