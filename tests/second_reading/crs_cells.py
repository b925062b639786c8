"""What ASCO 2021 advises by the grade of CRS alone, typed a second time (C6).

grade | what | dose | verified
"""

ASCO_2021 = """
1 | supportive           |                                                          | yes
1 | look-for-infection   |                                                          | yes
2 | fluids-or-oxygen     |                                                          | yes
2 | tocilizumab          | 8 mg/kg, at most 800 mg, at most 3 in 24 h, 4 in all     | yes
2 | corticosteroid       | after two boluses and one or two tocilizumab             | no
3 | icu                  |                                                          | yes
3 | tocilizumab          | 8 mg/kg, at most 800 mg, at most 3 in 24 h, 4 in all     | yes
3 | corticosteroid       | dexamethasone 10 mg every 6 h                            | yes
4 | icu                  |                                                          | yes
4 | tocilizumab          | 8 mg/kg, at most 800 mg, at most 3 in 24 h, 4 in all     | yes
4 | corticosteroid       | methylprednisolone 500 mg every 12 h for 3 days          | yes
"""
# Advice for a lower grade that continues at a higher one.
CARRIED_ON = ("supportive", "look-for-infection", "fluids-or-oxygen")


def rows(grade):
    """(what, dose, verified) at one grade."""
    for line in ASCO_2021.strip().splitlines():
        of, what, dose, verified = (cell.strip() for cell in line.split("|"))
        if int(of) == grade or (int(of) < grade and what in CARRIED_ON):
            yield what, dose, verified == "yes"


def crs_advice(chart, m, lo):
    """The advice at this lo, with doses where they may be shown; None at 0.

    Doses are shown for CAR-T, from verified rows and, except for tocilizumab, for adults only (E4).
    """
    if not lo:
        return None
    cells = m.course is not None and m.course.doses[0].kind == "CAR-T"
    return {
        what: dose if verified and cells and (what == "tocilizumab" or not chart.is_child(m.time)) else ""
        for what, dose, verified in rows(lo)
    }
