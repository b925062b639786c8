"""What a card asks for, the most lethal first (rule Q): each rule is one predicate over the evaluation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from cds_service.clinical.course.charted import ChartedGrade
from cds_service.clinical.grading.crs_course import LowPressure, SupportWithoutFever
from cds_service.clinical.grading.domain import Domain, Icans
from cds_service.clinical.status.acts import CorticosteroidAct, corticosteroid_act, dose_act, starts_at_grade_1
from cds_service.clinical.status.ask import (
    Ask,
    AskCode,
    Assessment,
    AssessmentScope,
    ChartedAbove,
    CrsGrade,
    DelayedNeurotoxicity,
    Figure,
    IcansGrade,
    Known,
    NextAssessment,
    NextDoseWithheld,
    OtherCauses,
    UnreadTherapies,
)
from cds_service.clinical.status.emergency import Coma
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.decision_rules import AskRules
from cds_service.clinical.tables.grade import UNGRADED, Certainty
from cds_service.clinical.tables.vocabulary import Action, DueKind

Predicate = Callable[[Evaluation, AskRules], Figure | None]


def asks_of(evaluation: Evaluation, rules: AskRules) -> Iterator[Ask]:
    """Everything that a card asks for; the summary states the first. Empty if there is no card."""
    if not evaluation.attention.has_card:
        return
    for code, figure_of in _IN_ORDER.items():
        figure = figure_of(evaluation, rules)
        if figure is not None:
            yield Ask(code, figure)


def _airway(evaluation: Evaluation, _: AskRules) -> Coma | None:
    """Not on a ventilator, because the airway is then secured."""
    coma = evaluation.emergencies.coma
    return None if coma is None or coma.ventilated else coma


def _crs_severe(evaluation: Evaluation, rules: AskRules) -> CrsGrade | None:
    grade = evaluation.crs.range.lo
    return CrsGrade(grade) if rules.by_crs[grade] == AskCode.CRS_SEVERE else None


def _icans_severe(evaluation: Evaluation, rules: AskRules) -> IcansGrade | None:
    found = _treated(evaluation)
    return found if found and rules.by_icans[found.grade] == AskCode.ICANS_SEVERE else None


def _escalation(evaluation: Evaluation, _: AskRules) -> IcansGrade | None:
    return _found(evaluation.icans) if evaluation.treatment.escalate else None


def _delayed(evaluation: Evaluation, _: AskRules) -> DelayedNeurotoxicity | None:
    return DelayedNeurotoxicity(evaluation.delayed) if evaluation.delayed else None


def _check_arousal(evaluation: Evaluation, _: AskRules) -> Assessment | None:
    """If a score is impossible or would not change the range; under sedation rule Q11 applies."""
    due, sedated = evaluation.due, evaluation.signs.sedation is not None
    checked = due is not None and due.now and due.kind is DueKind.NEUROLOGICAL_CHECK
    return (
        Assessment(AssessmentScope.AROUSAL, only_coma=_is_only_coma(evaluation.icans))
        if checked and not sedated
        else None
    )


def _is_only_coma(icans: Icans) -> bool:
    """Whether only one grade would be worse, and arousal is open."""
    return icans.all.lo >= UNGRADED.hi - 1 and _is_open(icans, icans.arousal)


def _assess_now(evaluation: Evaluation, _: AskRules) -> Assessment | None:
    """Under sedation the last grade before it is given, until sedation can be lightened."""
    sedation, due = evaluation.signs.sedation, evaluation.due
    if sedation is not None:
        return Assessment(AssessmentScope.BOTH, sedation=sedation, last=_last_known(evaluation))
    if due is None or due.kind is DueKind.NEUROLOGICAL_CHECK or not due.now:
        return None
    return Assessment(_scope(evaluation.icans), evaluation.signs.not_performed)


def _scope(icans: Icans) -> AssessmentScope:
    """The score alone if assessing arousal would not change the range."""
    return (
        AssessmentScope.SCORE
        if _is_open(icans, icans.score) and not _is_open(icans, icans.arousal)
        else AssessmentScope.BOTH
    )


def _is_open(icans: Icans, domain: Domain | None) -> bool:
    """Whether the domain may be worse than the grade known so far."""
    return domain is not None and domain.range.hi > icans.all.lo


def _icans_2(evaluation: Evaluation, rules: AskRules) -> IcansGrade | None:
    found = _treated(evaluation)
    return found if found and rules.by_icans[found.grade] == AskCode.ICANS_2 else None


def _crs_2(evaluation: Evaluation, rules: AskRules) -> CrsGrade | None:
    """Not if ICANS is graded higher, because the CRS is then named with it."""
    grade, alone = evaluation.crs.range.lo, evaluation.icans.beyond_baseline.all.lo <= rules.crs_alone_up_to_icans
    return CrsGrade(grade) if rules.by_crs[grade] == AskCode.CRS_2 and alone else None


def _support_without_fever(evaluation: Evaluation, _: AskRules) -> LowPressure | SupportWithoutFever | None:
    """Hypotension without fever, or vasopressors or a ventilator that may not be for CRS."""
    return evaluation.crs_context.low_pressure or evaluation.crs_context.support


def _unread_therapies(evaluation: Evaluation, _: AskRules) -> UnreadTherapies | None:
    return UnreadTherapies(evaluation.unread_therapies) if evaluation.unread_therapies else None


def _charted_above(evaluation: Evaluation, _: AskRules) -> ChartedAbove | None:
    icans = _above(evaluation.charted_icans, evaluation.icans.beyond_baseline.known_grade)
    crs = _above(evaluation.charted_crs, evaluation.crs.range.lo)
    return ChartedAbove(icans, crs) if icans or crs else None


def _above(charted: ChartedGrade | None, ours: int | None) -> ChartedGrade | None:
    """A charted grade that is recent and exceeds the computed one, or is 1 or more if there is none."""
    return charted if charted and charted.is_recent and charted.grade > (ours or 0) else None


def _other_cause(evaluation: Evaluation, _: AskRules) -> OtherCauses | None:
    icans = evaluation.icans.beyond_baseline
    if icans.certainty is not Certainty.NEEDS_ATTRIBUTION:
        return None
    return OtherCauses(tuple(dict.fromkeys(cause for domain in icans.domains for cause in domain.explained_by)))


def _next_dose(evaluation: Evaluation, _: AskRules) -> NextDoseWithheld | None:
    actions = (Action.WITHHOLD, Action.STOP)
    rows = tuple(entry for entry in evaluation.advice if entry.row.action in actions)
    return NextDoseWithheld(rows, dose_act(evaluation)) if rows and evaluation.icans.grade else None


def _taper(evaluation: Evaluation, _: AskRules) -> IcansGrade | None:
    return _found(evaluation.icans) if evaluation.treatment.taper else None


def _icans_1(evaluation: Evaluation, rules: AskRules) -> IcansGrade | None:
    now = evaluation.icans.beyond_baseline
    attributed = now.certainty is Certainty.NEEDS_ATTRIBUTION
    if rules.by_icans[now.all.lo] != AskCode.ICANS_1 or attributed:
        return None
    return _found(now)._replace(corticosteroid=CorticosteroidAct.START if starts_at_grade_1(evaluation) else None)


def _next_assessment(evaluation: Evaluation, _: AskRules) -> NextAssessment | None:
    due = evaluation.due
    return NextAssessment(due.at, due.kind) if due is not None and not due.now else None


def _treated(evaluation: Evaluation) -> IcansGrade | None:
    """The grade that determines treatment: the present one, or the last known one."""
    now = evaluation.icans.beyond_baseline
    found = _last_known(evaluation) if now.known_grade is None else _found(now)
    return found and found._replace(corticosteroid=corticosteroid_act(evaluation))


def _found(icans: Icans) -> IcansGrade:
    """The lowest possible grade before other causes."""
    known = Known.NOW if icans.if_attributable is None else Known.IF_ICANS
    return IcansGrade(icans.all.lo, known, icans.time)


def _last_known(evaluation: Evaluation) -> IcansGrade | None:
    last = evaluation.history.last_known
    return None if last is None or last.known_grade is None else IcansGrade(last.known_grade, Known.LAST, last.time)


# Delayed neurotoxicity comes before asks for an assessment or a corticosteroid (rule Q13).
_IN_ORDER: Mapping[AskCode, Predicate] = {
    AskCode.AIRWAY: _airway,
    AskCode.ONGOING_SEIZURE: lambda evaluation, _: evaluation.emergencies.seizure,
    AskCode.STROKE_CALL: lambda evaluation, _: evaluation.emergencies.deficit,
    AskCode.INTRACRANIAL_BLEED: lambda evaluation, _: evaluation.emergencies.bleeding,
    AskCode.RAISED_PRESSURE: lambda evaluation, _: evaluation.emergencies.pressure,
    AskCode.GLUCOSE_OR_SODIUM: lambda evaluation, _: evaluation.emergencies.low,
    AskCode.CRS_SEVERE: _crs_severe,
    AskCode.ICANS_SEVERE: _icans_severe,
    AskCode.ESCALATION_REVIEW: _escalation,
    AskCode.DELAYED_NEUROTOXICITY: _delayed,
    AskCode.CHECK_AROUSAL: _check_arousal,
    AskCode.ASSESS_NOW: _assess_now,
    AskCode.ICANS_2: _icans_2,
    AskCode.CRS_2: _crs_2,
    AskCode.LOW_PRESSURE_NO_FEVER: _support_without_fever,
    AskCode.THERAPY_NOT_READABLE: _unread_therapies,
    AskCode.CHARTED_GRADE_DIFFERS: _charted_above,
    AskCode.OTHER_CAUSE_FIRST: _other_cause,
    AskCode.NEXT_DOSE: _next_dose,
    AskCode.TAPER: _taper,
    AskCode.ICANS_1: _icans_1,
    AskCode.NEXT_ASSESSMENT: _next_assessment,
}
