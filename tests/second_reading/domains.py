"""ICANS at one moment: the range of every domain, causes, certainty (T5-T8, D, A, G1)."""

from .chart import DAY, HOUR, LONG_AGO, MINUTE, completed_years
from .moment import Graded, Moment, newest_device, recorded
from .scores import on_day_of_dose, score_domain, speech_says_nothing, symptom_times

MOTOR = {"hemiparesis": (4, 4), "paraparesis": (4, 4)}
RAISED = dict.fromkeys(
    ("decerebrate-posturing", "decorticate-posturing", "cranial-nerve-vi-palsy", "papilloedema", "cushing-triad"),
    (4, 4),
)
IMAGING = {"focal-oedema": (3, 3), "diffuse-oedema": (4, 4), "oedema-unspecified": (3, 4), "normal": (0, 0)}
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


def grade_at(chart, time):
    """Grade a moment from what was recorded by then."""
    course = chart.course(time)
    m = Moment(time=time, course=course, start=course.start if course else LONG_AGO, sedated=chart.sedated(time))
    m.device = newest_device(chart, m)
    m.instrument = which_instrument(chart, m)
    m.speechless = speech_says_nothing(chart, m)
    m.symptoms = symptom_times(chart, m, m.time - chart.window)
    m.bleeding = bleeding(chart, m)

    ice = score_domain(chart, m)
    awake, awake_time = consciousness_domain(chart, m)
    motor = lasting(chart, m, "motor-finding", MOTOR)
    if m.sedated:  # A1
        ice, awake, m.by_baseline = (0, 3), (0, 4), False
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

    m.unread = sorted(domain for domain in UNREAD if cannot_be_read(chart, m, domain))
    for domain in m.unread:
        ranges[domain] = (ranges[domain][0], 4)

    explained = explained_domains(chart, m)
    if not m.sedated and chart.drugs:  # A2
        if m.score and chart.single_sedative_before(m.score.time):
            explained = explained | {"score"}
        if awake_time and chart.single_sedative_before(awake_time):
            explained = explained | {"consciousness"}
    m.counted = m
    if m.by_baseline:  # A7
        m.counted = Graded(instrument=m.instrument)
        conclude(m.counted, ranges | {"score": (0, 0)}, explained)
        explained = explained | {"score"}
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


# T7: which instrument ------------------------------------------------------


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


# D4: consciousness ---------------------------------------------------------


def consciousness_domain(chart, m):
    """The range, and the time of the newest reading with the highest lo."""
    rows = recorded(m, chart.readings[not m.speechless])
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
    events = []  # lists of records within 5 min of the first one
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
    """The worst recorded return to baseline: False, then True; None if nothing was recorded."""
    said = [r.get("returned") for _, _, r in event if r.get("returned") is not None]
    return all(said) if said else None


# D6: motor, raised pressure, imaging --------------------------------------


def aged(m, time, worth):
    """The range of a finding by its age: over 72 h 0..value; over 14 days history."""
    age = m.time - time
    if age > 14 * DAY:
        return (0, 0)
    return (0, worth[1]) if age > 72 * HOUR else worth


def lasting(chart, m, code, worths):
    """The findings that hold: each until a strictly later `none` of the same code."""
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


# D5, D6: records that cannot be read ---------------------------------------

UNREAD = {"seizure": "seizure", "motor": "motor-finding", "raised-icp": "raised-icp-sign", "imaging": "neuroimaging"}


def cannot_be_read(chart, m, domain):
    """Whether a record may be of the time that counts, and nothing readable after it settles what holds."""
    code = UNREAD[domain]
    begin = max(m.start, m.time - (DAY if domain == "seizure" else 14 * DAY))
    rows = recorded(m, chart.rows(code))
    settling = {"motor": {"none"}, "raised-icp": {"none"}, "imaging": set(IMAGING)}.get(domain, set())
    settled = max((t for t, v, _ in rows if v in settling), default=None)
    return any(
        (first is None or first <= m.time)
        and (last is None or (last >= begin and (settled is None or last >= settled)))
        for which, first, last in chart.unread_findings
        if which == code
    )


# A3, A5: what is explained -------------------------------------------------


def causes(chart, m):
    """A3: the documented other causes that still hold."""
    found = recorded(m, chart.rows("other-cause"))
    ended = max((t for t, v, _ in found if v == "none"), default=LONG_AGO)
    return {v for t, v, _ in found if v != "none" and t >= max(ended, m.time - DAY)}


def bleeding(chart, m):
    """A3, Q4: an intracranial haemorrhage on imaging, or documented."""
    pictures = recorded(m, chart.rows("neuroimaging"), 72 * HOUR)
    seen = [t for t, v, _ in pictures if v == "intracranial-haemorrhage"]
    on_imaging = bool(seen) and not any(v == "normal" and t > seen[-1] for t, v, _ in pictures)
    return on_imaging or "intracranial-haemorrhage" in causes(chart, m)


def explained_domains(chart, m):
    if m.course and chart.day(m.course, m.time) >= 91 and not chart.standing_therapy(m.time):  # A5, T8
        return EVERY_DOMAIN
    explained = set(EVERY_DOMAIN) if m.bleeding else set()
    for value in causes(chart, m):
        if value == "psychiatric":
            explained |= {"score"}
        elif value in COGNITION_SEIZURE:
            explained |= {"score", "consciousness", "seizure"}
        else:
            explained |= EVERY_DOMAIN
    return explained
