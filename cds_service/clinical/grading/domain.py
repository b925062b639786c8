"""The domains of the ICANS grade, and the grades that an ICE or CAPD score allows (rules D1, D3, T5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.course.assessment import Assessment
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.concepts import CAPD, CONSCIOUSNESS, ICE, DomainName
from cds_service.clinical.course.consciousness import Scale
from cds_service.clinical.course.doubt import Doubt
from cds_service.clinical.grading import attribution
from cds_service.clinical.grading.attribution import Cause
from cds_service.clinical.grading.seizure import SeizureFinding
from cds_service.clinical.tables.grade import NONE, Certainty, Range, worst
from cds_service.clinical.tables.guideline import GradeBand
from cds_service.clinical.tables.vocabulary import Refusal


class Concern(StrEnum):
    """Why a finding counts less, or why there is none.

    NOT_GRADED: shown, but not an ICANS criterion. DOSE_DAY: it may be from before the dose. BIRTH_DATE: both
    instruments were used and the age does not decide between them. DOUBTED: a later sign shows that the patient is
    worse. NOT_PERFORMED: the next score was not taken. BASELINE: it was so low before the therapy that it is
    uninformative (rule A7). UNREAD: a record cannot be read.
    """

    STALE = "stale"
    NOT_RECORDED = "not-recorded"
    NOT_GRADED = "not-graded"
    SEDATED = "sedated"
    DOSE_DAY = "dose-day"
    BIRTH_DATE = "birth-date"
    DOUBTED = "doubted"
    NOT_PERFORMED = "not-performed"
    BASELINE = "baseline"
    UNREAD = "unread"


FindingValue = str | SeizureFinding


class Domain(NamedTuple):
    """The result for one ASTCT domain. `explained_by`: other causes that may account for it (rule A4).

    `doubt`: the sign that puts a score in doubt. `refusal`: why it was not performed.
    """

    name: DomainName
    range: Range
    value: FindingValue = ""
    time: datetime | None = None
    source: str = ""
    scale: Scale | None = None
    explained_by: tuple[Cause, ...] = ()
    concern: Concern | None = None
    doubt: Doubt | None = None
    refusal: Refusal | None = None

    @property
    def left(self) -> Range:
        """The range that no other cause explains."""
        return self.range.explained() if self.explained_by else self.range

    @property
    def beyond_baseline(self) -> Domain:
        """The same range, but 0 for a finding that is no worse than before the therapy (rule A7)."""
        if attribution.BASELINE not in self.explained_by:
            return self
        return self._replace(range=NONE, explained_by=())


class Icans(NamedTuple):
    """A grade at a moment: `all` counts everything, `left` counts each explained domain as 0..hi."""

    time: datetime
    domains: tuple[Domain, ...]
    all: Range
    left: Range

    @classmethod
    def of(cls, moment: datetime, domains: Iterable[Domain]) -> Icans:
        """The grade from the six domains: the worst of them, with and without what other causes explain."""
        domains = tuple(domains)
        everything = worst(domain.range for domain in domains)
        left = worst(domain.left for domain in domains) if everything.lo else everything
        return cls(moment, domains, everything, left)

    @property
    def certainty(self) -> Certainty:
        """How certain the grade is; `needs-attribution` if another cause would lower the floor (rule A4)."""
        if self.left.lo < self.all.lo:
            return Certainty.NEEDS_ATTRIBUTION
        return self.all.certainty

    @property
    def grade(self) -> int | None:
        """The grade, or the floor that no other cause explains; None if there is none."""
        if self.left.lo < self.all.lo:
            return self.left.lo or None
        return None if self.all.certainty is Certainty.CANNOT_GRADE else self.all.lo

    @property
    def if_attributable(self) -> int | None:
        """The grade if no other cause explains the findings; only with `needs-attribution`."""
        return self.all.lo if self.left.lo < self.all.lo else None

    @property
    def known_grade(self) -> int | None:
        """The grade, else the grade if attributable."""
        return self.if_attributable if self.grade is None else self.grade

    @property
    def decided_by(self) -> tuple[DomainName, ...]:
        """The domains whose floor is the grade (rule G1)."""
        if not self.grade:
            return ()
        attributed = self.left.lo < self.all.lo
        return tuple(d.name for d in self.domains if (d.left if attributed else d.range).lo == self.grade)

    @property
    def beyond_baseline(self) -> Icans:
        """The same grade, counting as 0 an ICE that was as low before the therapy (rule A7)."""
        if not any(attribution.BASELINE in domain.explained_by for domain in self.domains):
            return self
        return Icans.of(self.time, (domain.beyond_baseline for domain in self.domains))

    @property
    def score(self) -> Domain | None:
        """The ICE or CAPD domain; None if nothing was graded."""
        return next((domain for domain in self.domains if domain.name in (ICE, CAPD)), None)

    @property
    def arousal(self) -> Domain | None:
        """The consciousness domain; None if nothing was graded."""
        return next((domain for domain in self.domains if domain.name == CONSCIOUSNESS), None)


def score_range(chart: Chart, instrument: DomainName, score: Assessment) -> Range:
    """The grades that a score allows; a normal score on the day of a dose may be from before the dose."""
    graded = _ice(chart, score) if instrument == ICE else _capd(chart, score)
    if graded.lo or not chart.is_dose_day(score.time):
        return graded
    return graded.doubted(chart.rules.decisions.dose_day.ice)


def is_normal(chart: Chart, instrument: DomainName, score: Assessment) -> bool:
    """Whether the score is certainly normal: an ICE of 10, a CAPD of 0."""
    if instrument == ICE:
        return score.low == chart.rules.grading.ice.maximum
    return score.high < chart.rules.decisions.capd.common.first


def _ice(chart: Chart, score: Assessment) -> Range:
    """By the published bands; untested items may leave several possible."""
    bands = chart.rules.grading.ice.bands
    return Range(_published(score.high, bands), _published(score.low, bands))


def _capd(chart: Chart, score: Assessment) -> Range:
    """By the published bands; a score that is common in sick children is compared with the child's own baseline."""
    rules, before = chart.rules.decisions.capd, chart.baseline[CAPD]
    common = rules.common.first <= score.low <= rules.common.last
    if not common or before is None or before.low >= rules.baseline_below:
        published = _published(score.low, chart.rules.grading.capd.bands)
        return Range(published, published)
    return rules.within_baseline if score.low <= before.low else rules.above_baseline


def _published(points: int, bands: Sequence[GradeBand]) -> int:
    """The published grade of a score; the bands cover every possible score."""
    return next(band.grade for band in bands if band.first <= points <= band.last)
