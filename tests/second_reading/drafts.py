"""What may not be drafted or offered, and why (P1, P3, C5, E4, T8). Also one dose of a range, and the weight (P2)."""

from .asks import laboratory, no_drafts_before_imaging
from .chart import DAY
from .unread import lies_in, not_looked_up

CORTICOSTEROID, TOCILIZUMAB, PUNCTURE = "corticosteroid", "tocilizumab", "lumbar-puncture"


def not_drafted(chart, s):
    """The reasons against each kind of draft; a drug without a reason may be drafted if a row offers it."""
    against = {CORTICOSTEROID: set(), TOCILIZUMAB: set(), PUNCTURE: set()}
    if no_drafts_before_imaging(chart, s.m):
        for reasons in against.values():
            reasons.add("Q3")
    if s.m.bleeding:
        for reasons in against.values():
            reasons.add("Q4")
    against[CORTICOSTEROID] |= {"E4"} if chart.is_child(s.m.time) else set()
    against[TOCILIZUMAB] |= against_tocilizumab(chart, s)
    against[PUNCTURE] |= against_puncture(chart, s.m)
    return {what: sorted(reasons) for what, reasons in against.items() if reasons}


def against_tocilizumab(chart, s):
    reasons = set()
    if s.crs["lo"] < 1:
        reasons.add("C5")
    in_all, known = tocilizumab_since(chart, s.m, s.m.start)
    in_24_hours, known_in_24_hours = tocilizumab_since(chart, s.m, s.m.time - DAY)
    if in_all >= 4 or in_24_hours >= 3:
        reasons.add("limit")
    if not (known and known_in_24_hours and chart.drugs_checked):
        reasons.add("T8")
    if chart.is_child(s.m.time) and s.level >= 2:
        reasons.add("P1")
    return reasons


def tocilizumab_since(chart, m, begin):
    """The number of doses in this course, and whether it is known."""
    begin = max(begin, m.start)
    unread = [u for u in chart.unread_drugs if u.name == TOCILIZUMAB]
    given = [d for d in chart.drugs if d.name == TOCILIZUMAB and d.start >= begin]
    given += [u for u in unread if lies_in(u, begin, m.time)]
    return len(given), not not_looked_up(unread, begin, m.time)


def against_puncture(chart, m):
    """P3: anticoagulants are not looked up, so a lumbar puncture is never drafted."""
    platelets, fibrinogen = laboratory(chart, m, "platelets"), laboratory(chart, m, "fibrinogen")
    reasons = {"anticoagulants-not-looked-up"}
    if platelets is None or fibrinogen is None:
        reasons.add("check-coagulation")
    if platelets is not None and platelets < 50:
        reasons.add("platelets")
    if m.of("motor")[1] > 0:
        reasons.add("focal-deficit")
    if m.of("raised-icp")[1] > 0 or m.of("imaging")[1] > 0:
        reasons.add("pressure-or-oedema")
    return reasons


def ct_first(chart, s):
    """P3: whether platelets are below 50 with ICANS 2 or more, and nothing was imaged in 24 h."""
    platelets = laboratory(chart, s.m, "platelets")
    imaged = any(s.m.time - DAY <= t <= s.m.time for t, _, _ in chart.rows("neuroimaging"))
    return platelets is not None and platelets < 50 and s.level >= 2 and not imaged


def mri_done(chart, m):
    """P3: a normal result removes the MRI from the list only if its record says MRI."""
    return any(v == "normal" and r.get("modality") == "mri" and t >= m.start for t, v, r in chart.rows("neuroimaging"))


# P2 ------------------------------------------------------------------------------


def weight_kg(chart, m):
    """The newest weight of 30 x 24 h, the limit included; at the same time the lower; also from before the course."""
    known = [(t, v) for t, v, _ in chart.rows("body-weight") if m.time - 30 * DAY <= t <= m.time]
    newest = max((t for t, _ in known), default=None)
    return min((v for t, v in known if t == newest), default=None)


def one_dose(r, weight):
    """The lowest amount at the longest interval: (mg or None where a weight is lacking, hours, times a day)."""
    amount = min(r.mg, default=None)
    if amount is None and r.mg_per_kg and weight is not None:
        amount = min(r.mg_per_kg) * weight
        amount = round(amount if r.maximum_mg is None else min(amount, r.maximum_mg))
    return amount, max(r.every_hours, default=None), min(r.per_day, default=None)
