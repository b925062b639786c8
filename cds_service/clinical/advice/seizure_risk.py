"""Factors that make seizures more likely, for which prophylaxis is considered (rule P5)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from enum import StrEnum

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.concepts import NEUROIMAGING
from cds_service.clinical.grading.seizure import NONE
from cds_service.clinical.tables.names import Concept


class SeizureRisk(StrEnum):
    """A risk factor for seizures other than the product."""

    EARLIER_SEIZURE = "earlier-seizure"
    CNS_DISEASE = "cns-disease"
    BRAIN_LESION = "brain-lesion"


def seizure_risks(chart: Chart, moment: datetime) -> frozenset[SeizureRisk]:
    """The risk factors on record, of any date; one that is not on record is not thereby absent."""
    return frozenset(_found(chart, moment))


def _found(chart: Chart, moment: datetime) -> Iterator[SeizureRisk]:
    rules = chart.rules.decisions.seizure_risk
    if _seized_before(chart, moment) or _diagnosed(chart, rules.earlier_seizure, moment):
        yield SeizureRisk.EARLIER_SEIZURE
    if _diagnosed(chart, rules.cns_disease, moment):
        yield SeizureRisk.CNS_DISEASE
    shown = {one.value for one in chart.facts.of(NEUROIMAGING) if moment - rules.imaged <= one.time <= moment}
    if shown & rules.imaging or _diagnosed(chart, rules.brain_lesion, moment):
        yield SeizureRisk.BRAIN_LESION


def _seized_before(chart: Chart, moment: datetime) -> bool:
    return any(one.kind != NONE and one.time <= moment for one in chart.facts.seizures)


def _diagnosed(chart: Chart, concepts: Collection[Concept], moment: datetime) -> bool:
    known = (one for one in chart.facts.diagnoses if one.concept in concepts and not one.refuted)
    return any(one.time is None or one.time <= moment for one in known)
