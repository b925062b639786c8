"""Corticosteroids: amounts, the 24 h clock, review for escalation, taper and flare (E0-E3, E5, T8)."""

from collections import namedtuple

from .chart import DAY, HOUR
from .crs import CORTICOSTEROIDS
from .history import lo_known
from .unread import lies_in, not_looked_up

# E5: the doses in mg that are equivalent to dexamethasone 0.75 mg.
EQUALS = {"dexamethasone": 0.75, "methylprednisolone": 4, "prednisone": 5, "prednisolone": 5, "hydrocortisone": 20}
# ASCO 2021, in 24 h at the least: dexamethasone 10 mg twice, 10 mg every 12 h, methylprednisolone 1,000 mg once a day.
# The label of axi-cel has no less.
LOWEST_OPTIONS = {2: 20, 3: 20, 4: 187.5}
FOR_REFRACTORY = {"anakinra", "siltuximab", "ruxolitinib", "emapalumab", "cyclophosphamide"}

Amount = namedtuple("Amount", "mg at_least")  # dexamethasone equivalent


def systemic(chart):
    return [d for d in chart.drugs if d.name in CORTICOSTEROIDS and d.systemic]


def unread_steroids(chart):
    return [u for u in chart.unread_drugs if u.name in CORTICOSTEROIDS and u.systemic]


def equivalent(name, mg):
    return mg * 0.75 / EQUALS[name]


# E0 ------------------------------------------------------------------------------


def given_between(chart, begin, end):
    """The corticosteroids that ended or were running in a window (limits included), whatever their indication."""
    return [d for d in systemic(chart) if d.start <= end and (d.end is None or d.end >= begin)]


def amount_between(chart, begin, end):
    """Their sum, or None; a minimum if one has no amount, is still running or cannot be read."""
    given = given_between(chart, begin, end)
    dated = [u for u in unread_steroids(chart) if lies_in(u, begin, end)]
    unread = not_looked_up(unread_steroids(chart), begin, end)
    if not given and not dated and not unread:
        return None
    amounts = [equivalent(d.name, d.mg) for d in (*given, *dated) if d.mg is not None]
    uncounted = any(d.mg is None for d in (*given, *dated)) or any(d.end is None for d in given)
    return Amount(sum(amounts), uncounted or bool(unread))


def given_in_24_hours(chart, m):
    begin = m.time - DAY
    return bool(given_between(chart, begin, m.time)) or any(lies_in(u, begin, m.time) for u in unread_steroids(chart))


def arose_on(chart, began):
    """E0: the amount in the 24 h before the first grade of this episode, that moment excluded."""
    if began is None:
        return None
    before = [d for d in given_between(chart, began - DAY, began) if d.start < began]
    if not before:
        return None
    amounts = [equivalent(d.name, d.mg) for d in before if d.mg is not None]
    return Amount(sum(amounts), len(amounts) < len(before))


# E1 ------------------------------------------------------------------------------


def episode_start(past):
    """The first time of this episode with a grade of 1 or more, or None."""
    start = zero_since = None
    for p in past:
        if p.counted.exact_zero:
            zero_since = zero_since or p.time
            if p.time - zero_since >= 72 * HOUR:
                start = None  # the episode has ended
        else:
            zero_since = None
            if start is None and p.counted.grade:
                start = p.time
    return start


def counted_steroids(chart, began):
    """The corticosteroids that did not end before that time."""
    if began is None:
        return []
    return [d for d in systemic(chart) if d.end is None or d.end >= began]


# E2, E3 --------------------------------------------------------------------------


class Episode:
    """The corticosteroids of this episode, and what follows from them now."""

    def __init__(self, chart, m, past, trend):
        self.chart, self.m, self.past, self.trend = chart, m, past, trend
        self.began = episode_start(past)
        self.counted = counted_steroids(chart, self.began)
        self.clock = min((max(d.start, self.began) for d in self.counted), default=None)
        self.running = any(d.end is None or d.end >= m.time - DAY for d in self.counted)
        self.arose = arose_on(chart, self.began)
        self.escalations = self.find_escalations()

    def find_escalations(self):
        if self.clock is None:
            return []
        doses = sorted(d.start for d in self.counted if self.is_escalation(d))
        return sorted([*doses, *self.agents_begun()])

    def is_escalation(self, dose):
        """Whether a dose is 1.5 times the largest of the 24 h before; the first of an episode counts only under E0."""
        given = given_between(self.chart, dose.start - DAY, dose.start)
        others = [d for d in given if d.mg is not None and d.start < dose.start]
        if dose.mg is None or not others or dose.start < self.clock or (dose.start == self.clock and not self.arose):
            return False
        return equivalent(dose.name, dose.mg) >= 1.5 * max(equivalent(d.name, d.mg) for d in others)

    def agents_begun(self):
        """The first administration of each agent in this course, if it is not before E1."""
        starts = {}
        for d in self.chart.drugs:
            name = "intrathecal" if d.intrathecal else d.name
            if d.start >= self.m.start and (d.intrathecal or name in FOR_REFRACTORY):
                starts[name] = min(d.start, starts.get(name, d.start))
        return [t for t in starts.values() if self.clock <= t <= self.m.time]

    @property
    def waits_until(self):
        """The time 6 h after the newest escalation, if it is still ahead and the grade has not risen since."""
        if not self.escalations or self.m.time >= self.escalations[-1] + 6 * HOUR:
            return None
        known = lo_known(self.past, self.escalations[-1])
        risen = known is not None and self.m.counted.lo > known
        return None if risen else self.escalations[-1] + 6 * HOUR

    @property
    def prompted(self):
        """Whether a prompt of E2 or E0 would stand if no escalation were given time."""
        if self.m.counted.lo < 2 or not given_in_24_hours(self.chart, self.m) or self.trend == "improving":
            return False
        return self.stands_at_once() or self.higher() or self.no_better()

    @property
    def reassess_by(self):
        """What is said in place of the prompt."""
        return self.waits_until if self.prompted else None

    @property
    def review(self):
        return self.prompted and not self.waits_until

    def stands_at_once(self):
        """E0: whether ICANS arose on at least the lowest option for the present grade; options have a dose for adults
        after a known therapy only (E4).
        """
        if self.m.course is None or not self.chart.is_adult(self.m.time):
            return False
        lowest = LOWEST_OPTIONS[self.m.counted.lo]
        return bool(self.arose and self.arose.mg >= lowest and (self.waits_until or not self.escalations))

    def higher(self):
        if self.clock is None:
            return False
        a_day_ago = self.m.time - DAY
        known = lo_known(self.past, a_day_ago) if self.clock <= a_day_ago else None
        known = lo_known(self.past, self.clock) if known is None else known
        return known is not None and self.m.counted.lo > known

    def no_better(self):
        if self.clock is None or self.m.time < self.clock + DAY:
            return False
        known = lo_known(self.past, self.m.time - DAY)
        return known is not None and self.m.counted.lo >= known

    @property
    def taper(self):
        return self.running and self.m.certainty == "exact" and self.m.lo <= 1 and not self.flare

    @property
    def flare(self):
        """E3: whether lo is above the best lo since E1, if that was below the lo at E1."""
        if self.clock is None or not self.m.counted.gradable:
            return False
        since = [p.counted.lo for p in self.past[:-1] if p.time >= self.clock and p.counted.gradable]
        at_first = lo_known(self.past, self.clock)
        return bool(since) and at_first is not None and min(since) < at_first and self.m.counted.lo > min(since)
