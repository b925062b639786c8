"""Which patients get a status card (rule U1)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from cds_service.clinical.course import charted, current_signs
from cds_service.clinical.course.assessment import CAPD_TOTAL, ICE_TOTAL
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.therapy import CELLS, local_date
from cds_service.clinical.course.therapy_so_far import unread_therapies
from cds_service.clinical.facts.patient import Need, UnreadTherapy
from cds_service.clinical.grading.history import History
from cds_service.clinical.grading.icans import instrument_at
from cds_service.clinical.look_alikes.delayed import delayed_signs
from cds_service.clinical.tables.names import Concept
from cds_service.clinical.tables.vocabulary import TherapyClass

SCORES = (ICE_TOTAL, CAPD_TOTAL)


class Attention(StrEnum):
    """Why there is a status card. SILENT: there is none. FAILED: it reports the data that did not arrive."""

    ALWAYS = "always"
    LATER = "later"
    NO_THERAPY = "no-therapy"
    FAILED = "failed"
    SILENT = "silent"

    @property
    def has_card(self) -> bool:
        """Whether there is a status card, including one that says why there is no grade."""
        return self is not Attention.SILENT


def attention(chart: Chart, history: History) -> Attention:
    """Rule U1, applied after the contract's rules on data that did not arrive."""
    moment = history.now.time
    if chart.facts.deceased:
        return Attention.SILENT
    if _failed(chart, history, moment):
        return Attention.FAILED
    if chart.course is None and not unread_therapies(chart):
        charted_or_scored = has_recent_score(chart, moment) or _charted_recently(chart, charted.ICANS, moment)
        return Attention.NO_THERAPY if charted_or_scored else Attention.SILENT
    if _always(chart, moment):
        return Attention.ALWAYS
    signs = (
        bool(delayed_signs(chart, moment)),
        has_recent_score(chart, moment),
        _charted_recently(chart, charted.ICANS, moment),
        _charted_recently(chart, charted.CRS, moment),
        history.now.all.lo > 0,
        _has_symptom(chart, moment),
    )
    return Attention.LATER if any(signs) else Attention.SILENT


def has_recent_score(chart: Chart, moment: datetime) -> bool:
    """Whether a valid ICE or CAPD, by either instrument, is at most a week old.

    A score taken under sedation is not graded, but it shows that the patient is being assessed for ICANS.
    """
    recent = chart.rules.decisions.attention.recent
    concepts = (*SCORES, *chart.rules.grading.ice.items)
    records = (record for concept in concepts for record in chart.facts.of(concept))
    return any(record.time <= moment and moment - record.time <= recent for record in records)


def _failed(chart: Chart, history: History, moment: datetime) -> bool:
    """Whether nothing that arrived may be graded, or all sources of therapy failed without a score or grade."""
    failed = chart.facts.failed
    if failed & {Need.PATIENT, Need.OBSERVATIONS} and not history.now.domains:
        return True
    scored = has_recent_score(chart, moment) or charted.newest(chart, charted.ICANS, moment)
    return Need.THERAPY in failed and not scored


def _charted_recently(chart: Chart, concept: Concept, moment: datetime) -> bool:
    recent = chart.rules.decisions.attention.recent
    return any(record.time <= moment and moment - record.time <= recent for record in chart.facts.of(concept))


def _has_symptom(chart: Chart, moment: datetime) -> bool:
    """Whether there is a current symptom of rule D2 in the days after the last dose in which it counts."""
    if chart.course is None:
        return False
    day = chart.course.last_dose(moment).day_at(moment, chart.facts.zone)
    doubts = current_signs.current_doubts(chart, instrument_at(chart, moment), moment)
    return bool(doubts) and day <= chart.rules.decisions.attention.symptoms_until_day


def _always(chart: Chart, moment: datetime) -> bool:
    if any(_is_in_its_days(chart, record, moment) for record in unread_therapies(chart)):
        return True
    rules, zone, course = chart.rules.decisions.attention, chart.facts.zone, chart.course
    if any(
        dose.therapy_class in CELLS and 0 <= dose.day_at(moment, zone) <= rules.cells_until_day for dose in chart.doses
    ):
        return True
    if course is None or not course.has(frozenset({TherapyClass.ENGAGER})):
        return False
    since_start = course.doses[0].day_at(moment, zone)
    since_last = course.doses[-1].day_at(moment, zone)
    return since_start <= rules.engager_until_day_of_course or since_last <= rules.engager_until_day_of_dose


def _is_in_its_days(chart: Chart, record: UnreadTherapy, moment: datetime) -> bool:
    """Whether an unreadable therapy is recent by its latest possible date; True if it is undated."""
    if record.latest is None:
        return True
    rules, zone = chart.rules.decisions.attention, chart.facts.zone
    days = (local_date(moment, zone) - local_date(record.latest, zone)).days
    cells = record.therapy_class in CELLS
    return 0 <= days <= (rules.cells_until_day if cells else rules.engager_until_day_of_course)
