"""CRS at one moment (C1-C4), with drugs that cannot be read (T8), and hypotension without fever (C7)."""

from .chart import DAY, HOUR, completed_years
from .domains import certainty
from .moment import newest, recorded
from .unread import lies_in, not_looked_up

ANTIPYRETIC_OR_ANTICYTOKINE = {"paracetamol", "ibuprofen", "metamizole", "tocilizumab", "siltuximab", "anakinra"}
CORTICOSTEROIDS = {"dexamethasone", "methylprednisolone", "prednisone", "prednisolone", "hydrocortisone"}
VASOPRESSORS = {"norepinephrine", "epinephrine", "phenylephrine", "dopamine", "vasopressin", "angiotensin-ii"}
POSITIVE_PRESSURE = {"cpap", "bipap", "mechanical-ventilation"}


def crs_grade_at(chart, m):
    """The CRS part of the answer, at the moment m."""
    gate, fever_now = fever_gate(chart, m)
    parts = (hypotension(chart, m), hypoxia(chart, m))
    lo, hi = max(p[0] for p in parts), max(p[1] for p in parts)
    if gate == "closed":
        lo, hi = 0, 0
    elif gate == "unknown":
        lo, hi = 0, max(1, hi)
    elif fever_now:
        lo, hi = max(1, lo), max(1, hi)
    answer = {"gate": gate, "lo": lo, "hi": hi, "certainty": certainty(lo, hi)}
    if answer["certainty"] != "cannot-grade":
        answer["grade"] = lo
    return answer


def fever_gate(chart, m):
    """C1: the gate, and whether there was a fever in the last 24 h."""
    temperatures = recorded(m, chart.rows("body-temperature"))
    fevers = [t for t, v, _ in temperatures if v >= 38.0]
    if fevers and fevers[-1] >= m.time - DAY:
        return "open", True
    if fevers and not chart.drugs_checked:
        return "unknown", False
    if fevers and treated_since(chart, fevers[0]):
        return "open", False
    if fevers and fever_drugs_unread(chart, fevers[0], m.time):
        return "unknown", False
    if temperatures and temperatures[-1][0] >= m.time - DAY:
        return "closed", False
    return "unknown", False


def treated_since(chart, fever):
    """Whether a drug was given strictly after a fever, or was still running after it."""
    if any(treats_fever(d) and (d.end is None or d.end > fever) for d in chart.drugs):
        return True
    return any(treats_fever(u) and u.given and u.begin is not None and u.begin > fever for u in chart.unread_drugs)


def fever_drugs_unread(chart, fever, until):
    """T8: the unreadable fever drugs that may have been given after a fever."""
    return any(
        treats_fever(u) and (u.end is None or u.end > fever) and (u.begin is None or u.begin <= until)
        for u in chart.unread_drugs
    )


def treats_fever(drug):
    return drug.name in ANTIPYRETIC_OR_ANTICYTOKINE or (drug.name in CORTICOSTEROIDS and drug.systemic)


def vasopressor_drips(chart):
    return [d for d in chart.drugs if d.name in VASOPRESSORS and d.infusion]


def current_vasopressors(chart, m):
    """C2: the infusions that are running or ended at most 2 h ago (T6)."""
    begin = m.time - 2 * HOUR
    read = {d.name for d in vasopressor_drips(chart) if d.end is None or d.end >= begin}
    return read | {u.name for u in unread_vasopressors(chart) if lies_in(u, begin, m.time)}


def vasopressors_unread(chart, m):
    """T8: the names of the vasopressors with unreadable records."""
    return not_looked_up(unread_vasopressors(chart), m.time - 2 * HOUR, m.time)


def unread_vasopressors(chart):
    """Those that could be infusions."""
    return [u for u in chart.unread_drugs if u.name in VASOPRESSORS and u.infusion]


def hypotension(chart, m):
    """C2."""
    names = current_vasopressors(chart, m)
    others = names - {"vasopressin"}
    lo, hi = (4, 4) if len(others) >= 2 else (3, 3) if names else low_pressure(chart, m)
    return (lo, hi if chart.drugs_checked and not vasopressors_unread(chart, m) else 4)


def low_without_fever(chart, m, gate):
    """C7: what to do about it, "look-for-cause" or "take-temperature", or None."""
    if gate == "open" or not (current_vasopressors(chart, m) or low_pressure(chart, m)[0] >= 2):
        return None
    measured = recorded(m, chart.rows("body-temperature"), DAY)
    return "look-for-cause" if measured else "take-temperature"


def low_pressure(chart, m):
    systolic = newest(chart, m, "systolic-pressure", min)
    mean = newest(chart, m, "mean-pressure", min)
    if not chart.birth:
        return low_pressure_at(None, systolic, mean)
    today = chart.local_date(m.time)
    ages = {completed_years(b, today) for b in chart.birth}
    found = [low_pressure_at(years, systolic, mean) for years in range(min(ages), max(ages) + 1)]
    return min(lo for lo, _ in found), max(hi for _, hi in found)


def low_pressure_at(years, systolic, mean):
    if years is not None and years < 1:
        return (0, 2)
    if years is not None and years <= 10:
        if systolic is None:
            return (0, 2)
        return (2, 2) if systolic < 70 + 2 * years else (0, 0)
    if systolic is None and mean is None:
        return (0, 2)
    if (systolic is not None and systolic < 90) or (mean is not None and mean < 65):
        return (2, 2)
    return (0, 0)


def hypoxia(chart, m):
    """C3."""
    saturation = newest(chart, m, "oxygen-saturation", min)
    if m.device is None:
        if saturation is None:
            return (0, 4)
        return (0, 3) if saturation >= 90 else (2, 4)
    since, device = m.device
    if device == "room-air":
        if saturation is None:
            return (0, 3)
        return (0, 0) if saturation >= 90 else (2, 3)
    if device == "blow-by":
        return (2, 2)
    if device == "nasal-cannula":
        flow = newest(chart, m, "oxygen-flow", max, since)
        if flow is None:
            return (2, 3)
        return (2, 2) if flow <= 6 else (3, 3)
    if device in POSITIVE_PRESSURE:
        another_reason = m.domains["seizure"][1] > 0 or m.domains["consciousness"] == (4, 4)
        return (0, 4) if another_reason else (4, 4)
    return (3, 3)  # high-flow, masks


def missing_readings(chart, m, answer):
    """C6: what to record where CRS may be above lo; the gate first, then its parts."""
    if answer["hi"] <= answer["lo"]:
        return []
    if answer["gate"] == "unknown":
        return ["fever-drugs" if recorded(m, chart.rows("body-temperature"), DAY) else "temperature"]
    missing = []
    pressures = [newest(chart, m, code, min) for code in ("systolic-pressure", "mean-pressure")]
    known = current_vasopressors(chart, m) or any(one is not None for one in pressures)
    if hypotension(chart, m)[1] > answer["lo"] and not known:
        missing.append("blood-pressure")
    supported = m.device is not None and m.device[1] in POSITIVE_PRESSURE
    if hypoxia(chart, m)[1] > answer["lo"] and not supported:
        missing.append("oxygen")
    return missing
