"""CRS at one moment (C1-C4)."""

from .chart import DAY, HOUR
from .domains import certainty, completed_years, recorded

ANTIPYRETIC_OR_ANTICYTOKINE = {"paracetamol", "ibuprofen", "metamizole", "tocilizumab", "siltuximab", "anakinra"}
CORTICOSTEROIDS = {"dexamethasone", "methylprednisolone", "prednisone", "prednisolone", "hydrocortisone"}
VASOPRESSORS = {"norepinephrine", "epinephrine", "phenylephrine", "dopamine", "vasopressin", "angiotensin-ii"}
POSITIVE_PRESSURE = {"cpap", "bipap", "mechanical-ventilation"}


def look_crs(chart, m):
    """The crs part of the answer, for the moment m."""
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
    """C1: (gate, whether there is a fever in the last 24 h)."""
    temperatures = recorded(m, chart.rows("body-temperature"))
    fevers = [t for t, v, _ in temperatures if v >= 38.0]
    if fevers and fevers[-1] >= m.time - DAY:
        return "open", True
    if fevers and not chart.drugs_checked:
        return "unknown", False
    if fevers and any(
        treats_fever(d) and (d.end is None or d.end > fevers[0]) for d in chart.drugs
    ):  # given or still running after any fever
        return "open", False
    if temperatures and temperatures[-1][0] >= m.time - DAY:
        return "closed", False
    return "unknown", False


def treats_fever(drug):
    return drug.name in ANTIPYRETIC_OR_ANTICYTOKINE or (drug.name in CORTICOSTEROIDS and drug.systemic)


def newest(chart, m, code, worse, since=None):
    """T6: the newest value of 24 h, at the same time the worse."""
    rows = [r for r in recorded(m, chart.rows(code), DAY) if since is None or r[0] >= since]
    return worse(v for t, v, _ in rows if t == rows[-1][0]) if rows else None


def vasopressor_drips(chart):
    return [d for d in chart.drugs if d.name in VASOPRESSORS and d.infusion]


def hypotension(chart, m):
    """C2; a drip counts while it runs and 2 h after its end (T6)."""
    names = {d.name for d in vasopressor_drips(chart) if d.end is None or d.end >= m.time - 2 * HOUR}
    others = names - {"vasopressin"}
    if len(others) >= 2:
        return (4, 4)
    if names:
        return (3, 3)
    lo, hi = low_pressure(chart, m)
    return (lo, hi if chart.drugs_checked else 4)


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
