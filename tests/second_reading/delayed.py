"""Neurotoxicity other than ICANS, days to years after a CAR-T against BCMA (N)."""

from .chart import DAY

AGAINST_BCMA = {"idecabtagene-vicleucel", "ciltacabtagene-autoleucel"}
SIGNS = {"facial-palsy", "cranial-nerve-palsy", "parkinsonism", "gait-change", "personality-change"}


def delayed_signs(chart, m):
    """Each sign with its newest record that counts and the day of that record; empty if there is none."""
    found = {}
    for time, sign, _ in chart.rows("neuro-symptom"):
        if sign in SIGNS and m.time - 14 * DAY <= time <= m.time:
            day = day_after_bcma(chart, m, time)
            if day is not None and 10 <= day <= 3 * 365:
                found[sign] = (time, day)
    return found


def day_after_bcma(chart, m, time):
    """The calendar days from the newest such dose before the sign; T8: also from the date of an unreadable one."""
    doses = [d.time for d in (m.course.all_doses if m.course else ()) if d.product in AGAINST_BCMA]
    doses += [u.end for u in chart.standing_therapy(m.time) if u.end and u.product in AGAINST_BCMA]
    before = [t for t in doses if t <= time]
    return (chart.local_date(time) - chart.local_date(max(before))).days if before else None
