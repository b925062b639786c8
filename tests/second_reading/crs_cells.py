"""What ASCO 2021 advises by the grade of CRS alone, typed a second time (C6).

grade | what | dose | verified
"""

from .drafts import weight_kg

ASCO_2021 = """
1 | supportive             |                                                          | yes
1 | look-for-infection     |                                                          | yes
1 | empiric-antibiotics    |                                                          | yes
1 | g-csf                  |                                                          | yes
1 | avoid gm-csf           |                                                          | yes
1 | as-grade-2             |                                                          | yes
2 | fluids-or-oxygen       |                                                          | yes
2 | tocilizumab            | 8 mg/kg, at most 800 mg, at most 3 in 24 h, 4 in all     | yes
2 | corticosteroid         | dexamethasone 10 mg every 12 h                           | no
3 | icu                    |                                                          | yes
3 | vasopressors           |                                                          | yes
3 | echocardiogram         |                                                          | yes
3 | tocilizumab            | 8 mg/kg, at most 800 mg, at most 3 in 24 h, 4 in all     | yes
3 | corticosteroid         | dexamethasone 10 mg every 6 h                            | yes
4 | mechanical-ventilation |                                                          | yes
4 | tocilizumab            | 8 mg/kg, at most 800 mg, at most 3 in 24 h, 4 in all     | yes
4 | corticosteroid         | methylprednisolone 500 mg every 12 h for 3 days          | yes
"""
# Advice for one grade alone; the rest continues at a higher one.
ALONE = ("as-grade-2", "tocilizumab", "corticosteroid")


def rows(grade):
    """(what, dose, verified) at one grade."""
    for line in ASCO_2021.strip().splitlines():
        of, what, dose, verified = (cell.strip() for cell in line.split("|"))
        if int(of) == grade or (int(of) < grade and what not in ALONE):
            yield what, dose, verified == "yes"


def crs_advice(chart, m, lo):
    """The advice at this lo, with doses where they may be shown; None at 0.

    Doses are shown for CAR-T, from verified rows and for adults; tocilizumab for children by weight (E4).
    """
    if not lo:
        return None
    cells = m.course is not None and m.course.doses[0].kind == "CAR-T"
    shown = {what: dose if verified and cells and chart.is_adult(m.time) else "" for what, dose, verified in rows(lo)}
    if "tocilizumab" in shown and chart.is_child(m.time):
        shown["tocilizumab"] = for_children(weight_kg(chart, m)) if cells else ""
    return shown


def for_children(weight):
    """E4: by the label of tisa-cel; no weight, no dose."""
    return "" if weight is None else f"{12 if weight < 30 else 8} mg/kg, at most 800 mg"
