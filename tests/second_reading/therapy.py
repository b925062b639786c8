"""Doses, courses, and unreadable records of a therapy (T3, T4, T8)."""

from collections import namedtuple
from datetime import timedelta

DAY = timedelta(hours=24)
CELLS = ("CAR-T", "TCR-T")

Dose = namedtuple("Dose", "time kind product date_only")
Course = namedtuple("Course", "start last day_only_dates engager doses all_doses earlier")
# An unreadable record; its time is between begin and end, which are both None if it is undated.
Unread = namedtuple("Unread", "kind product begin end")


def first(row):
    return row[0]


def make_course(doses, infusion_dates, zone):
    """T4: the newest course, and the begin and end of the earlier ones (A7: 28 days after their last dose)."""
    merged = merge_doses(with_infusion_date(doses, infusion_dates))
    chains = [[merged[-1]]]
    for dose in reversed(merged[:-1]):
        if chains[-1][-1].time - dose.time > 28 * DAY:
            chains.append([])
        chains[-1].append(dose)
    chain = chains[0]
    return Course(
        start=chain[-1].time,
        last=chain[0].time,
        day_only_dates={d.time.astimezone(zone).date() for d in chain if d.date_only},
        engager=any(d.kind == "T-cell engager" for d in chain),
        doses=chain,
        all_doses=merged,
        earlier=[(c[-1].time, c[0].time + 28 * DAY) for c in chains[1:]],
    )


def with_infusion_date(doses, infusion_dates):
    """T3: the newest cart-infusion-date replaces cell doses within 7 days of it."""
    if not infusion_dates:
        return doses
    _, time, date_only = max(infusion_dates)
    replaced = [d for d in doses if d.kind in ("CAR-T", "TCR-T") and abs(d.time - time) <= 7 * DAY]
    named = [d for d in replaced if d.product] or replaced
    source = max(named, key=first) if named else Dose(time, "CAR-T", None, False)
    return [d for d in doses if d not in replaced] + [Dose(time, source.kind, source.product, date_only)]


def merge_doses(records):
    """T3: records of one product within 24 h of the first of them are one dose."""
    groups = []
    for record in sorted(records, key=lambda d: (d.time, d.product is None, d.product or "")):
        group = home_of(record, groups)
        if group is None:
            groups.append([record])
        else:
            group.append(record)
    doses = []
    for group in groups:
        timed = [r for r in group if not r.date_only]
        chosen = timed[0] if timed else group[0]
        doses.append(Dose(chosen.time, group[0].kind, product_of(group), not timed))
    return sorted(doses, key=first)


def home_of(record, groups):
    """The group that a record belongs to; one of the same product comes before one without a product."""
    open_groups = [g for g in groups if g[0].kind == record.kind and record.time - g[0].time <= DAY]
    for group in open_groups:
        if product_of(group) == record.product:
            return group
    for group in open_groups:
        if record.product is None or product_of(group) is None:
            return group
    return None


def product_of(group):
    return next((r.product for r in group if r.product), None)


def standing(unread, doses, infusion_dates):
    """T8: the unreadable records that no readable dose explains."""
    return [u for u in unread if not any(explains(d, u) for d in (*doses, *stated(infusion_dates)))]


def stated(infusion_dates):
    """A cart-infusion-date is a readable dose of every CAR-T and TCR-T product."""
    return [Dose(time, kind, None, date_only) for _, time, date_only in infusion_dates for kind in CELLS]


def explains(dose, unread):
    if dose.kind != unread.kind or (dose.product and unread.product and dose.product != unread.product):
        return False
    if unread.end is None:
        return True
    if unread.begin == unread.end:
        return dose.time >= unread.end - DAY
    return unread.begin <= dose.time <= unread.end
