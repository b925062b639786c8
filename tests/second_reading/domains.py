"""ICANS at one moment: the range of every domain, causes, certainty (T5-T7, D, A, G1)."""

from dataclasses import dataclass, field
from datetime import timedelta

from .chart import DAY, HOUR, ICE_ITEMS, LONG_AGO, MINUTE

MOTOR = {"hemiparesis": (4, 4), "paraparesis": (4, 4)}
RAISED = dict.fromkeys(
    ("decerebrate-posturing", "decorticate-posturing", "cranial-nerve-vi-palsy", "papilloedema", "cushing-triad"),
    (4, 4),
)
IMAGING = {"focal-oedema": (3, 3), "diffuse-oedema": (4, 4), "oedema-unspecified": (3, 4), "normal": (0, 0)}
DEVICE_RANK = {
    "room-air": 0,
    "blow-by": 1,
    "nasal-cannula": 2,
    "high-flow-nasal-cannula": 3,
    "face-mask": 3,
    "venturi-mask": 3,
    "non-rebreather": 3,
    "cpap": 4,
    "bipap": 4,
    "mechanical-ventilation": 5,
}
COGNITION_SEIZURE = {
    "cns-infection",
    "seizure-disorder",
    "sepsis",
    "hypoglycaemia",
    "electrolytes",
    "hyperammonaemia",
    "uraemia",
    "drug",
}
EVERY_DOMAIN = {"score", "consciousness", "seizure", "motor", "raised-icp", "imaging"}


@dataclass(slots=True)
class Moment:
    """The answer for one moment, and what other rules want to know of it."""

    time: object
    course: object
    start: object
    sedated: bool
    instrument: object = None  # "ice", "capd" or None (cannot be told)
    score: object = None  # (time, lowest points, highest points)
    device: object = None  # (time, device)
    symptoms: list = field(default_factory=list)
    domains: dict = field(default_factory=dict)
    lo: int = 0
    hi: int = 4
    left_lo: int = 0
    certainty: str = "cannot-grade"
    grade: object = None
    if_attributable: object = None
    decided_by: list = field(default_factory=list)

    @property
    def exact_zero(self):
        return self.certainty == "exact" and self.hi == 0

    @property
    def known(self):
        """The grade, else ifAttributable (G5)."""
        return self.if_attributable if self.grade is None else self.grade


def look(chart, time):
    """Grade this moment from what was recorded by then."""
    course = chart.course(time)
    m = Moment(time, course, course.start if course else LONG_AGO, chart.sedated(time))
    m.device = newest_device(chart, m)
    m.instrument = which_instrument(chart, m)
    m.symptoms = current_symptoms(chart, m)

    ice, ice_time = score_domain(chart, m)
    awake, awake_time = consciousness_domain(chart, m)
    motor = lasting(chart, m, "motor-finding", MOTOR)
    if m.sedated:  # A1
        ice, awake = (0, 3), (0, 4)
        if chart.blocked(time):
            motor = (0, 4)
    ranges = {
        "score": ice,
        "consciousness": awake,
        "seizure": seizure_domain(chart, m),
        "motor": motor,
        "raised-icp": lasting(chart, m, "raised-icp-sign", RAISED),
        "imaging": imaging_domain(chart, m),
    }

    explained = explained_domains(chart, m)
    if not m.sedated and chart.drugs:  # A2
        if ice_time and chart.single_sedative_before(ice_time):
            explained = explained | {"score"}
        if awake_time and chart.single_sedative_before(awake_time):
            explained = explained | {"consciousness"}
    conclude(m, ranges, explained)
    return m


def conclude(m, ranges, explained):
    """The idea of the rules, A4 and G1."""
    left = {name: 0 if name in explained else lo for name, (lo, _) in ranges.items()}
    m.lo = max(lo for lo, _ in ranges.values())
    m.hi = max(hi for _, hi in ranges.values())
    m.left_lo = max(left.values())
    counted = {name: lo for name, (lo, _) in ranges.items()}
    if m.left_lo < m.lo:
        m.certainty, m.if_attributable, counted = "needs-attribution", m.lo, left
        m.grade = m.left_lo if m.left_lo >= 1 else None
    else:
        m.certainty = certainty(m.lo, m.hi)
        m.grade = None if m.certainty == "cannot-grade" else m.lo
    score_name = m.instrument or "ice"
    m.domains = {score_name if n == "score" else n: r for n, r in ranges.items()}
    if m.grade:
        m.decided_by = sorted(score_name if n == "score" else n for n, lo in counted.items() if lo == m.grade)


def certainty(lo, hi):
    if lo == hi:
        return "exact"
    return "at-least" if lo >= 1 else "cannot-grade"


# What is current -----------------------------------------------------------


def recorded(m, rows, age=None):
    """Rows of this course recorded by then, not older than age (limit included)."""
    begin = m.start if age is None else max(m.start, m.time - age)
    return [r for r in rows if begin <= r[0] <= m.time]


def newest_device(chart, m):
    """T6: the newest device of 24 h; at the same time the worse."""
    rows = [r for r in recorded(m, chart.rows("oxygen-device"), DAY) if r[1] in DEVICE_RANK]
    if not rows:
        return None
    return max(((t, v) for t, v, _ in rows), key=lambda r: (r[0], DEVICE_RANK[r[1]]))


def ventilated(m):
    return m.device is not None and m.device[1] == "mechanical-ventilation"


def current_symptoms(chart, m):
    """D2: the times of the symptoms that are current."""
    times = chart.symptoms
    if chart.verbal and not ventilated(m):
        times = times + chart.verbal
    if m.instrument:  # T7
        times = times + chart.bad["capd" if m.instrument == "ice" else "ice"]
    begin = max(m.start, m.time - chart.window)
    return [t for t in times if begin <= t <= m.time]


# T7: which instrument ------------------------------------------------------


def completed_years(birth, today):
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def which_instrument(chart, m):
    possible = {"ice", "capd"}
    if chart.birth:
        today = chart.local_date(m.time)
        delays = [r for r in chart.rows("developmental-delay") if r[0] <= m.time]
        delay = any(v for t, v, _ in delays if t == delays[-1][0])
        limit = 22 if delay else 12
        possible = {"capd" if completed_years(b, today) < limit else "ice" for b in chart.birth}
    if len(possible) == 2:  # the instrument that was used
        possible = {
            name for name, rows in (("ice", chart.ice), ("capd", chart.capd)) if recorded(m, rows, chart.window)
        }
    return possible.pop() if len(possible) == 1 else None


# D1, D3: ICE and CAPD ------------------------------------------------------


def worst_of_newest(values, worst):
    """D1: of (time, value) the newest, of values at most 60 s older the worse."""
    newest = max(t for t, _ in values)
    return worst(v for t, v in values if t >= newest - MINUTE)


def ice_assessment(rows):
    """The newest assessment in these rows: (time, lowest points, highest points)."""
    if not rows:
        return None
    time = rows[-1][0]
    by_code = {}
    for t, code, value in rows:
        if t >= time - 30 * MINUTE:
            by_code.setdefault(code, []).append((t, value))
    points = {code: worst_of_newest(values, min) for code, values in by_code.items()}
    total = points.pop("ice-total", None)
    tested = sum(points.values())
    untested = sum(most for code, most in ICE_ITEMS.items() if code not in points)
    if total is None:
        return time, tested, tested + untested
    total = min(total, tested + untested)
    return time, total, total


def ice_grade(points):
    if points == 10:
        return 0
    if points >= 7:
        return 1
    return 2 if points >= 3 else 3


def capd_assessment(rows):
    if not rows:
        return None
    value = worst_of_newest([(t, v) for t, v, _ in rows], max)
    return rows[-1][0], value, value


def capd_baseline(chart, m):
    """D3: the newest before the course start, at the same time the lower."""
    before = [(t, v) for t, v, _ in chart.capd if m.course and t < m.start]
    return min(v for t, v in before if t == before[-1][0]) if before else None


def capd_grade(value, baseline):
    if value >= 9:
        return 3
    if value == 0:
        return 0
    if baseline is not None and baseline < 9 and value <= baseline:
        return 0
    return 1


def score_domain(chart, m):
    """(range, time of the assessment) of ICE or CAPD."""
    if m.instrument == "ice":
        m.score = ice_assessment(recorded(m, chart.ice))
    elif m.instrument == "capd":
        m.score = capd_assessment(recorded(m, chart.capd))
    if m.score and m.score[0] < m.time - chart.window:
        m.score = None
    if not m.score:
        return (0, 3), None
    time, fewest, most = m.score
    if m.instrument == "ice":
        lo, hi = ice_grade(most), ice_grade(fewest)
    else:
        lo = hi = capd_grade(fewest, capd_baseline(chart, m))
    if lo == 0 and on_day_of_dose(chart, m, time):  # T5
        hi = 3
    not_done = any(time < t <= m.time and reason != "unarousable" for t, reason, _ in chart.not_performed[m.instrument])
    if not_done or any(t > time for t in m.symptoms):  # D1, D2
        hi = 3
    return (lo, hi), time


def at_baseline(chart, m):
    """G3: ICE not below, CAPD not above its baseline."""
    if not m.score or not m.course or m.sedated:
        return False
    if m.instrument == "ice":
        baseline = ice_assessment([r for r in chart.ice if r[0] < m.start])
        return baseline is not None and m.score[1] >= baseline[2]
    baseline = capd_baseline(chart, m)
    return baseline is not None and m.score[1] <= baseline


def on_day_of_dose(chart, m, time):
    """T5: on the calendar day of a dose that is known by date only."""
    days = m.course.day_only_dates if m.course else ()
    return bool(days) and chart.local_date(time) in days


# D4: consciousness ---------------------------------------------------------


def consciousness_domain(chart, m):
    """(range, time of the newest reading with the highest lo)."""
    rows = recorded(m, chart.readings)
    if not rows or rows[-1][0] < m.time - chart.window:
        return (0, 4), None
    joined = []
    for time, lo, hi in rows:
        if time >= rows[-1][0] - HOUR:
            if lo == 0 and on_day_of_dose(chart, m, time):
                hi = 4
            joined.append((lo, time, hi))
    lo, decisive, _ = max(joined)
    return (lo, max(hi for _, _, hi in joined)), decisive


# D5: seizures --------------------------------------------------------------


def seizure_domain(chart, m):
    rows = [r for r in recorded(m, chart.rows("seizure"), DAY) if r[1] != "none"]
    if not rows:
        return (0, 0)
    events = []  # lists of records, within 5 min of the first
    for row in rows:
        if events and row[0] - events[-1][0][0] <= 5 * MINUTE:
            events[-1].append(row)
        else:
            events.append([row])
    ranges = [one_seizure(value, record) for _, value, record in rows]
    if len(events) >= 2:
        returns = [said_of_return(event) for event in events]
        if False in returns:
            ranges.append((4, 4))
        elif None in returns:
            ranges.append((3, 4))
    return max(lo for lo, _ in ranges), max(hi for _, hi in ranges)


def one_seizure(value, record):
    minutes, returned = record.get("minutes"), record.get("returned")
    if value == "status-epilepticus" or (minutes is not None and minutes > 5):
        return (4, 4)
    if returned is False:
        return (3, 4)
    if value == "electrographic":
        return (3, 3) if record.get("resolved") else (3, 4)
    return (3, 4) if minutes is None else (3, 3)


def said_of_return(event):
    """The worst that was said: False, then True, None when nothing was said."""
    said = [r.get("returned") for _, _, r in event if r.get("returned") is not None]
    return all(said) if said else None


# D6: motor, raised pressure, imaging --------------------------------------


def aged(m, time, worth):
    """More than 72 h ago: 0..value; more than 14 days ago: history."""
    age = m.time - time
    if age > 14 * DAY:
        return (0, 0)
    return (0, worth[1]) if age > 72 * HOUR else worth


def lasting(chart, m, code, worths):
    """Holds until a strictly later `none` of the same code."""
    rows = recorded(m, chart.rows(code))
    found = [(t, worths[v]) for t, v, _ in rows if v in worths]
    if not found:
        return (0, 0)
    time, worth = found[-1]
    if any(v == "none" and t > time for t, v, _ in rows):
        return (0, 0)
    return aged(m, time, worth)


def imaging_domain(chart, m):
    found = [(t, IMAGING[v]) for t, v, _ in recorded(m, chart.rows("neuroimaging")) if v in IMAGING]
    if not found:
        return (0, 0)
    time = found[-1][0]
    newest = [worth for t, worth in found if t == time]
    return aged(m, time, (max(w[0] for w in newest), max(w[1] for w in newest)))


# A3, A5: what is explained -------------------------------------------------


def explained_domains(chart, m):
    if m.course and chart.day(m.course, m.time) >= 91:  # A5
        return EVERY_DOMAIN
    explained = set()
    causes = recorded(m, chart.rows("other-cause"))
    ended = max((t for t, v, _ in causes if v == "none"), default=LONG_AGO)
    for time, value, _ in causes:
        if value == "none" or time < ended or time < m.time - DAY:
            continue
        if value == "psychiatric":
            explained |= {"score"}
        elif value in COGNITION_SEIZURE:
            explained |= {"score", "consciousness", "seizure"}
        else:
            explained |= EVERY_DOMAIN
    pictures = recorded(m, chart.rows("neuroimaging"), timedelta(hours=72))
    bleeding = [t for t, v, _ in pictures if v == "intracranial-haemorrhage"]
    if bleeding and not any(v == "normal" and t > bleeding[-1] for t, v, _ in pictures):
        explained |= EVERY_DOMAIN
    return explained
