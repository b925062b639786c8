"""One moment of a patient: what was current then, and the answer for it (T6, A7, G5)."""

from dataclasses import dataclass, field

from .therapy import DAY

DEVICE_RANK = {
    "room-air": 0,
    "blow-by": 1,
    "nasal-cannula": 2,
    "high-flow-nasal-cannula": 3,
    "face-mask": 3,
    "venturi-mask": 3,
    "non-rebreather": 3,
    "cpap": 4,
    "bipap": 4,
    "mechanical-ventilation": 5,
}


@dataclass(slots=True)
class Graded:
    """A range over all domains, and what is left of it without the explained findings (A4)."""

    instrument: object = None  # "ice", "capd" or None (unknown)
    domains: dict = field(default_factory=dict)
    lo: int = 0
    hi: int = 4
    left_lo: int = 0
    certainty: str = "cannot-grade"
    grade: object = None
    if_attributable: object = None
    decided_by: list = field(default_factory=list)

    @property
    def exact_zero(self):
        return self.certainty == "exact" and self.hi == 0

    @property
    def gradable(self):
        return self.certainty != "cannot-grade"

    @property
    def known(self):
        """The grade, else ifAttributable (G5)."""
        return self.if_attributable if self.grade is None else self.grade

    def of(self, domain):
        """The range of one domain; ICE or CAPD is the score."""
        return self.domains[(self.instrument or "ice") if domain == "score" else domain]


@dataclass(slots=True)
class Moment(Graded):
    """The answer for one moment, and what other rules need from it."""

    time: object = None
    course: object = None
    start: object = None
    sedated: bool = False
    unread: list = field(default_factory=list)  # domains with a record that cannot be read
    score: object = None  # the current Assessment
    doubted: bool = False  # D1, D2
    baseline: object = None  # of ICE, A7
    ice_unusable: bool = False  # A7: 0 to 2 before treatment, and never above since then
    by_baseline: bool = False  # A7 explains the score
    speechless: bool = False  # D4: no common language
    device: object = None  # (time, device)
    symptoms: list = field(default_factory=list)
    bleeding: bool = False  # A3
    counted: object = None  # the same with what A7 explains as 0..0: for peak, onset, last known, U and E


def recorded(m, rows, age=None):
    """The rows of this course recorded by then and not older than `age` (limit included)."""
    begin = m.start if age is None else max(m.start, m.time - age)
    return [r for r in rows if begin <= r[0] <= m.time]


def newest_device(chart, m):
    """T6: the newest device of 24 h; of two at the same time the worse."""
    rows = [r for r in recorded(m, chart.rows("oxygen-device"), DAY) if r[1] in DEVICE_RANK]
    if not rows:
        return None
    return max(((t, v) for t, v, _ in rows), key=lambda r: (r[0], DEVICE_RANK[r[1]]))


def ventilated(m):
    return m.device is not None and m.device[1] == "mechanical-ventilation"


def newest(chart, m, code, worse, since=None):
    """T6: the newest value of 24 h; of two at the same time the worse."""
    rows = [r for r in recorded(m, chart.rows(code), DAY) if since is None or r[0] >= since]
    return worse(v for t, v, _ in rows if t == rows[-1][0]) if rows else None
