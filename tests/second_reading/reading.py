"""The second reading: grade() for one scenario, optionally with history and advice (G2-G5, C6, Q, P, N, U, E)."""

from dataclasses import dataclass

from .asks import CODES, asks
from .attention import attention
from .chart import DAY, HOUR, Chart
from .crs import crs_grade_at, current_vasopressors, low_without_fever, missing_readings, vasopressors_unread
from .crs_cells import crs_advice
from .delayed import delayed_signs
from .domains import grade_at
from .drafts import ct_first, not_drafted, weight_kg
from .due import next_due, overdue
from .history import last_known_grade, look_back, no_longer_counted, peak_and_onset, trend
from .scores import at_baseline
from .sedatives import sedation_unread
from .steroids import Episode, amount_between, unread_steroids
from .unread import not_looked_up
from .urgency import gate_unknown_with_support, urgency


@dataclass(slots=True)
class Status:
    """What the rules on urgency, asks and drafts need about one patient now."""

    m: object
    crs: dict
    past: list
    trend: object
    last_known: object
    episode: object
    attention: str
    due: object = None
    overdue: bool = False
    low_pressure: object = None  # C7
    gate_unknown_with_support: bool = False
    delayed: dict = None  # N
    unread_therapy: list = None  # T8

    @property
    def level(self):
        """Q8, Q12: the grade, by ifAttributable where it needs attribution, else the last known one."""
        c = self.m.counted
        if not c.gradable:
            return self.last_known or 0
        return c.grade if c.if_attributable is None else c.if_attributable


def grade(scenario: dict, *, history: bool = False) -> dict:
    chart = Chart(scenario)
    if scenario.get("deceased"):
        return deceased_answer(chart, history)
    m = grade_at(chart, chart.now)
    crs = crs_grade_at(chart, m)
    answer = {"icans": icans_part(m), "crs": crs}
    if m.course:
        answer["course"] = course_part(chart, m.course)
    if history:
        answer.update(status_part(chart, status_of(chart, m, crs)))
    return answer


def deceased_answer(chart, history):
    """A6: no grade and no cards."""
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


def status_of(chart, m, crs):
    past = look_back(chart, m)
    trended, last_known = trend(chart, m, past), last_known_grade(past)
    s = Status(m, crs, past, trended, last_known, Episode(chart, m, past, trended), attention(chart, m))
    s.due = next_due(chart, m, last_known, trended)
    s.overdue = overdue(chart, m, s.due, s.attention)
    s.low_pressure = low_without_fever(chart, m, crs["gate"])
    s.gate_unknown_with_support = gate_unknown_with_support(s, current_vasopressors(chart, m))
    s.delayed = delayed_signs(chart, m)
    s.unread_therapy = chart.standing_therapy(m.time)
    return s


def status_part(chart, s):
    part = peak_and_onset(s.past)
    part |= {
        "trend": s.trend,
        "last_known_grade": s.last_known,
        "at_baseline": at_baseline(chart, s.m) or None,
        "baseline": s.m.baseline,
        "explained_by_baseline": s.m.by_baseline or None,
        "ice_unusable": s.m.ice_unusable or None,
        "differing_scores": (s.m.score.differ if s.m.score else None) or None,
        "no_longer_counted": no_longer_counted(chart, s.m) or None,
        "attention": s.attention,
        "overdue": s.overdue,
        "not_looked_up": unread_classes(chart, s.m) or None,
        "unread_therapy": [u.product for u in s.unread_therapy] or None,
        "low_pressure": s.low_pressure,
        "delayed": s.delayed or None,
        "weight_kg": weight_kg(chart, s.m),
        "crs_missing": missing_readings(chart, s.m, s.crs),
        "crs_advice": crs_advice(chart, s.m, s.crs["lo"]),
    }
    if s.due:
        part["due"] = {"at": s.due.at, "kind": s.due.kind, "now": s.due.now}
        part["next_due"] = s.due.by_interval
    part |= steroid_part(chart, s)
    part["urgency"], part["reasons"] = urgency(chart, s)
    if s.attention != "silent":
        part |= asked(chart, s)
    return {name: value for name, value in part.items() if value is not None}


def steroid_part(chart, s):
    episode = s.episode
    return {
        "steroid_clock": episode.clock,
        "steroid_24h": amount_between(chart, s.m.time - 24 * HOUR, s.m.time),
        "arose_on": episode.arose,
        "escalate": episode.review,
        "reassess_by": episode.reassess_by,
        "taper": episode.taper,
        "flare": episode.flare or None,
    }


def unread_classes(chart, m):
    """T8: the drugs with unreadable records, by what is unknown because of them."""
    found = {
        "sedation": sedation_unread(chart, m),
        "vasopressor": vasopressors_unread(chart, m),
        "corticosteroid": not_looked_up(unread_steroids(chart), m.time - DAY, m.time),
    }
    return {what: names for what, names in found.items() if names}


def asked(chart, s):
    holding = asks(chart, s)
    part = {"asks": holding, "not_drafted": not_drafted(chart, s), "ct_first": ct_first(chart, s) or None}
    if holding:
        part["ask"] = {"rule": holding[0], "code": CODES[holding[0]]}
    return part
