"""The next thing to do: which of Q1 to Q22 apply, in order."""

from datetime import timedelta

from . import label_cells
from .chart import DAY, HOUR, LONG_AGO
from .moment import recorded, ventilated

CODES = {
    "Q1": "airway",
    "Q2": "ongoing-seizure",
    "Q3": "stroke-call",
    "Q4": "intracranial-bleed",
    "Q5": "raised-pressure",
    "Q6": "glucose-or-sodium",
    "Q7": "crs-severe",
    "Q8": "icans-severe",
    "Q9": "escalation-review",
    "Q13": "delayed-neurotoxicity",
    "Q10": "check-arousal",
    "Q11": "assess-now",
    "Q12": "icans-2",
    "Q14": "crs-2",
    "Q15": "low-pressure-no-fever",
    "Q16": "therapy-not-readable",
    "Q17": "charted-grade-differs",
    "Q18": "other-cause-first",
    "Q19": "next-dose",
    "Q20": "taper",
    "Q21": "icans-1",
    "Q22": "next-assessment",
}
MINUTES_OF_A_SEIZURE = timedelta(minutes=5)
WAITS = ("withhold", "interrupt", "stop", "stop-infusion")
SPEECH_AND_FACE = ("facial-palsy", "dysarthria", "global-aphasia")


def asks(chart, status):
    """The rules that apply, in their order of priority."""
    holding = {rule for rule, holds in conditions(chart, status).items() if holds}
    if ventilated(status.m):
        holding -= {"Q1"}  # airway and ICU are already provided
    return [rule for rule in CODES if rule in holding]


def conditions(chart, s):
    m, c, crs, due = s.m, s.m.counted, s.crs, s.due
    now = due is not None and due.now
    check = now and not m.sedated and (due.narrows or due.kind) == "neurological-check"
    return {
        **emergencies(chart, m),
        "Q6": low_glucose_or_sodium(chart, m),
        "Q7": crs["lo"] >= 3,
        "Q8": s.level >= 3,
        "Q9": s.episode.review,
        "Q10": check,
        "Q11": m.sedated or (now and not check),
        "Q12": s.level == 2,
        "Q13": bool(s.delayed),
        "Q14": crs["lo"] == 2 and (not c.gradable or c.known < 2),
        "Q15": bool(s.low_pressure) or s.gate_unknown_with_support,
        "Q16": bool(s.unread_therapy),
        "Q17": charted_above(chart, m, crs),
        "Q18": c.certainty == "needs-attribution",
        "Q19": next_dose_waits(m),
        "Q20": s.episode.taper,
        "Q21": c.grade == 1,
        "Q22": due is not None and not now,
    }


def emergencies(chart, m):
    """Q1 to Q5: these make a card critical even if nothing is left to ask (U)."""
    return {
        "Q1": not m.sedated and (m.of("consciousness") == (4, 4) or low_gcs(chart, m)),
        "Q2": not_over(chart, m),
        "Q3": bool(suspected_stroke(chart, m)),
        "Q4": m.bleeding,
        "Q5": m.of("raised-icp")[0] == 4 or m.of("imaging")[0] == 4,
    }


def low_gcs(chart, m):
    """Whether the newest current GCS with a known sum is 8 or less in a patient who is not sedated."""
    sums = recorded(m, chart.gcs_sums, chart.window)
    return bool(sums) and sums[-1][1] <= 8 and not m.sedated


# Q2 ------------------------------------------------------------------------------


def not_over(chart, m):
    """Whether the newest seizure of 24 h did not return to baseline, is unresolved on EEG, or is a status."""
    events = []
    for row in recorded(m, chart.rows("seizure"), DAY):
        if row[1] == "none":
            continue
        if events and row[0] - events[-1][0][0] <= MINUTES_OF_A_SEIZURE:
            events[-1].append(row)
        else:
            events.append([row])
    return bool(events) and any(goes_on(value, record) for _, value, record in events[-1])


def goes_on(value, record):
    unresolved = value == "electrographic" and record.get("resolved") is not True
    return value == "status-epilepticus" or record.get("returned") is False or unresolved


# Q3 ------------------------------------------------------------------------------


def suspected_stroke(chart, m):
    """The sign of a stroke that was first recorded in the last 24 h, without imaging since."""
    for sign in ("hemiparesis", "paraparesis"):
        times = paresis(chart, m, sign)
        if times and times[0] >= m.time - DAY and not imaged_since(chart, m, times[0]):
            return sign
    since = face_and_speech(chart, m)
    return "face-and-speech" if since and not imaged_since(chart, m, since) else None


def no_drafts_before_imaging(chart, m):
    """Whether drafts are withheld: beyond 24 h too, as long as the paresis counts by D6."""
    if suspected_stroke(chart, m):
        return True
    if m.of("motor")[1] == 0 or chart.blocked(m.time):
        return False
    return any(
        times and not imaged_since(chart, m, times[0])
        for times in (paresis(chart, m, sign) for sign in ("hemiparesis", "paraparesis"))
    )


def paresis(chart, m, sign):
    """The records of a paresis since the last `none`."""
    rows = recorded(m, chart.rows("motor-finding"))
    none = max((t for t, v, _ in rows if v == "none"), default=LONG_AGO)
    return [t for t, v, _ in rows if v == sign and t >= none]


def face_and_speech(chart, m):
    """The time when two of the three signs were present, each new in the last 24 h and within 6 h of each other."""
    rows = recorded(m, chart.rows("neuro-symptom"))
    times = {sign: [t for t, v, _ in rows if v == sign] for sign in SPEECH_AND_FACE}
    new = [sign for sign, found in times.items() if found and found[0] >= m.time - DAY]
    pairs = [
        max(times[one][0], times[other][0])
        for one in new
        for other in new
        if one < other and any(abs(a - b) <= 6 * HOUR for a in times[one] for b in times[other])
    ]
    return max(pairs, default=None)


def imaged_since(chart, m, since):
    return any(t >= since for t, _, _ in recorded(m, chart.rows("neuroimaging")))


# Q6, Q17, Q19 ----------------------------------------------------------------------


def low_glucose_or_sodium(chart, m):
    glucose, sodium = laboratory(chart, m, "glucose"), laboratory(chart, m, "sodium")
    return (glucose is not None and glucose < 54) or (sodium is not None and sodium < 125)


def laboratory(chart, m, code):
    """The newest value of 24 h, also from before the dose; of two at the same time the lower."""
    rows = [r for r in chart.rows(code) if m.time - DAY <= r[0] <= m.time]
    return min(v for t, v, _ in rows if t == rows[-1][0]) if rows else None


def charted_above(chart, m, crs):
    """Whether the newest charted grade of 12 h is higher than ours or, if we have no grade, at least 1."""
    ours = {"icans-grade-documented": m.counted.known or 0, "crs-grade-documented": crs["lo"]}
    return any(charted(chart, m, code) > grade for code, grade in ours.items())


def charted(chart, m, code):
    """G4: the newest charted grade of this course under 12 h old; of two at the same time the higher; 0 if none."""
    rows = [r for r in recorded(m, chart.rows(code)) if r[0] > m.time - 12 * HOUR]
    return max(v for t, v, _ in rows if t == rows[-1][0]) if rows else 0


def next_dose_waits(m):
    """Whether the US label of the engager withholds, interrupts or stops it at this grade."""
    engagers = [d for d in m.course.doses if d.kind == "T-cell engager"] if m.course else []
    return bool(engagers) and waits(engagers[0].product, m.counted.grade)


def waits(product, grade):
    for line in label_cells.US.strip().splitlines():
        name, grades, _, what, _ = (cell.strip() for cell in line.split("|"))
        lowest, _, highest = grades.partition("-")
        at_grade = grade is not None and int(lowest) <= grade <= int(highest or lowest)
        if name == product and at_grade and what.split()[0] in WAITS:
            return True
    return False
