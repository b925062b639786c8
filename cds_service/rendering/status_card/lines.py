"""The lines of a status card below what to do: why, missing or doubtful data, running treatment, risk, sources."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from cds_service.clinical.course.concepts import ICE, SEIZURE, domain_of
from cds_service.clinical.facts.gap import UnknownAnswer
from cds_service.clinical.facts.patient import Need, Record
from cds_service.clinical.grading.domain import Domain
from cds_service.clinical.grading.open_domains import Why
from cds_service.clinical.risk.factor import RiskFactor, State
from cds_service.clinical.status.ask import AskCode
from cds_service.clinical.tables.grade import Certainty
from cds_service.clinical.tables.names import Drug
from cds_service.clinical.treatment.may_lower import MayLower
from cds_service.clinical.treatment.so_far import DrugSoFar
from cds_service.rendering.status_card.course import crs_deciding, crs_grade
from cds_service.rendering.status_card.doubts import doubts_of, other_gap_lines, unknown_answers, unread_therapy_lines
from cds_service.rendering.status_card.look_alikes import cause_names
from cds_service.rendering.status_card.reasons import reasons_of
from cds_service.rendering.status_card.risk import IMPLIED_BY, value_text
from cds_service.rendering.words.view import View

CRS = "crs"
# A finding that is older is said with its days.
HOURS_SAID = 72
# How many entries that affect the grade, other entries and risk factors are named.
GAPS_SHOWN = 2
RISKS_SHOWN = 4
# Factors that a ward can look into if they are not on record.
ASKED_FOR = ("neurological-history",)
# Named first if there is room for only a few: what a clinician asks for first.
FIRST = ("prior-icans", "cns-disease", "neurological-history", "crs", "product-class", "ferritin", "ldh")
VALUED = frozenset({"ferritin", "crp", "fibrinogen", "platelets", "easix", "cytokines"})


def why_line(view: View, *, whole: bool) -> str:
    """What decided, with its time, then what was assessed without findings or not recorded, in one clause.

    `whole`: also the findings of CRS that is the ask, and a low score from before treatment that explains nothing.
    """
    icans = view.evaluation.icans
    parts = [", ".join(_deciding(view))] if icans.certainty is not Certainty.CANNOT_GRADE else []
    if whole and view.answer.ask is not None and view.answer.ask.code in (AskCode.CRS_SEVERE, AskCode.CRS_2):
        parts.append(crs_deciding(view))
    parts.append(_before_treatment(view) if whole else "")
    parts.extend(_past(view))
    negative = [view.say(f"status.domain.{one.name}") for one in icans.domains if _is_negative(view, one)]
    if negative:
        parts.append(view.say("detail.line.none", domains=", ".join(negative)))
    found = "; ".join(filter(None, parts))
    return view.say("detail.line.why", found=found) if found else ""


def _deciding(view: View) -> Iterator[str]:
    """What decided, without what leaves the grade open, which has its own line."""
    doubts = set(doubts_of(view))
    yield from (one for one in reasons_of(view) if one not in doubts)


def _before_treatment(view: View) -> str:
    """A baseline below a full ICE beside a worse score, which the table grades (rule A7); else empty."""
    scores, score = view.evaluation.scores, view.score
    if score is None or score.name != ICE or not score.range.lo or scores.baseline is None or scores.at_baseline:
        return ""
    values = {"instrument": view.instrument, "points": scores.baseline.points, "now": score.value}
    return view.say("detail.course.baseline", **values) if scores.baseline.high < scores.maximum else ""


def _past(view: View) -> Iterator[str]:
    """What was found in this course and is too old to count, once for each domain (rule D7)."""
    for domain in view.evaluation.icans.domains:
        past = next((one for one in view.evaluation.earlier.no_longer_counted if one.domain == domain.name), None)
        if past is not None and not domain.value:
            named = f"status.domain.{SEIZURE}" if domain.name == SEIZURE else f"status.value.{past.value}"
            hours = view.clock.hours_since(past.time)
            key, number = ("days", round(hours / 24)) if hours > HOURS_SAID else ("hours", hours)
            yield view.say(f"detail.line.past-{key}", finding=view.say(named), number=number)


def _is_negative(view: View, domain: Domain) -> bool:
    """Whether it was looked for and nothing was found; after a failed search that is unknown."""
    if any(one.domain == domain.name for one in view.evaluation.earlier.no_longer_counted):
        return False
    unknown = domain.name in view.evaluation.unread.domains or Need.OBSERVATIONS in view.evaluation.received.failed
    return not domain.value and domain.range.hi == 0 and not unknown


def missing_line(view: View, *, whole: bool) -> str:
    """What leaves the grade open comes first; `whole`: also what does not affect it."""
    found = list(dict.fromkeys((*_charted(view), *_open(view), *(_besides(view) if whole else ()))))
    return view.say("detail.line.doubt", found="; ".join(found)) if found else ""


def _charted(view: View) -> Iterator[str]:
    """A charted grade that differs, for ICANS and CRS."""
    charted = (("charted", view.evaluation.charted_icans), ("charted-crs", view.evaluation.charted_crs))
    for key, record in charted:
        if record is not None and record.differs:
            yield view.say(f"status.reason.{key}", grade=record.grade, time=view.at_briefly(record.time))


def _open(view: View) -> Iterator[str]:
    """What widens the range, and records that could not be used."""
    yield from doubts_of(view)
    yield from _not_performed(view)
    yield from unknown_answers(view)
    read_badly = (one.domain.name for one in view.evaluation.open_domains if one.why is Why.UNREAD)
    charted = (domain_of(gap.concept) for gap in view.evaluation.gaps if isinstance(gap.detail, UnknownAnswer))
    said = {*read_badly, *charted}
    unread = [view.say(f"status.domain.{name}") for name in view.evaluation.unread.domains if name not in said]
    if unread:
        yield view.say("detail.line.unread", what=", ".join(unread))
    if not view.evaluation.received.drugs_checked:
        yield view.say("gaps.not-checked.drugs")
    if view.evaluation.crs.range.lo:
        yield from _crs_open(view)


def _not_performed(view: View) -> Iterator[str]:
    """Why no score was taken, except where that is said beside the last one."""
    refusal = view.evaluation.signs.not_performed
    if refusal is not None and not (view.score and view.score.refusal):
        reason = view.say(f"status.not-performed.{refusal}")
        yield view.say("detail.line.not-performed", instrument=view.instrument, reason=reason)


def _crs_open(view: View) -> Iterator[str]:
    """The readings that would tell whether CRS is above its floor (rule C6)."""
    missing = [view.say(f"detail.crs-reading.{one}") for one in view.evaluation.crs_context.missing]
    if missing:
        yield view.say("detail.line.crs-open", grade=view.evaluation.crs.range.hi, what=", ".join(missing))


def _besides(view: View) -> Iterator[str]:
    """An unreadable therapy, look-alikes on record or not measured, symptoms that are not criteria, other gaps."""
    yield from unread_therapy_lines(view)
    yield from cause_names(view)
    found = view.evaluation.look_alikes
    missing = [view.say(f"look_alike.sign.{name}") for name in found.not_measured]
    if missing:
        hours = found.current // timedelta(hours=1)
        yield view.say("detail.line.not-measured", what=", ".join(missing), hours=hours)
    symptoms = dict.fromkeys(_symptom(view, one) for one in view.evaluation.signs.symptoms)
    if symptoms:
        yield view.say("detail.line.symptoms", symptoms=", ".join(symptoms))
    if not view.evaluation.crs.range.lo:
        yield from _crs_open(view)
    gaps = list(other_gap_lines(view))
    yield from gaps[:GAPS_SHOWN]
    if len(gaps) > GAPS_SHOWN:
        yield view.say("detail.line.more", number=len(gaps) - GAPS_SHOWN)


def _symptom(view: View, record: Record) -> str:
    return view.say(f"status.value.{record.value}")


def running_line(view: View) -> str:
    """Each drug once, with its amount if known, and when it was last given."""
    given = ", ".join((*_steroids(view), *_tocilizumab(view), *_others(view)))
    return view.say("detail.line.running", given=given) if given else ""


def _steroids(view: View) -> Iterator[str]:
    """What was given in 24 h for any indication, and whether ICANS arose on it (rule E0)."""
    given, arose = view.evaluation.treatment.steroids, view.evaluation.treatment.arose_on
    last = {dose.drug: dose for dose in given.recent}
    for drug, dose in last.items():
        when = view.at_briefly(dose.end or dose.time)
        yield view.say("treatment.drug.recent", drug=_with_amount(view, drug, dose.milligrams), last=when)
    if given.equivalent is not None:
        key = "equivalent-at-least" if given.equivalent.is_least else "equivalent"
        yield view.say(f"detail.line.{key}", mg=f"{given.equivalent.mg:,.3g}")
    if arose is not None:
        yield view.say("detail.line.arose-on", drugs=", ".join(view.drug(drug) for drug in arose.drugs))


def _with_amount(view: View, drug: Drug, milligrams: float | None) -> str:
    amount = view.say("advice.regimen.amount", amount=f"{milligrams:,g}") if milligrams else ""
    return " ".join(filter(None, (view.drug(drug), amount)))


def _tocilizumab(view: View) -> Iterator[str]:
    so_far = view.evaluation.treatment.tocilizumab
    if so_far.last is not None:
        yield view.say("detail.line.tocilizumab", total=so_far.total, last=view.at_briefly(so_far.last))


def _others(view: View) -> Iterator[str]:
    """What may lower ICE and arousal comes last, each with its time, and is said to do so (rule A1).

    Antiseizure drugs are not: the words would displace a treatment from the card of a seizure.
    """
    treatment, found = view.evaluation.treatment, view.evaluation.may_lower
    given = (*treatment.immunosuppressants, *treatment.supportive)
    told = {one.drug: _drug(view, one) for one in given}
    lowering = {one.drug: one for one in found if one.worn_off or one.drug not in told}
    yield from (text for drug, text in told.items() if drug not in lowering)
    lower = [told.get(drug) or _may_lower(view, one) for drug, one in lowering.items()]
    if lower:
        yield view.say("detail.line.may-lower", drugs=", ".join(lower))


def _may_lower(view: View, given: MayLower) -> str:
    running = "running" if given.start_known else "running-undated"
    key, last = running if given.running else "recent", view.at_briefly(given.last)
    return view.say(f"treatment.drug.{key}", drug=view.drug(given.drug), time=last, last=last)


def _drug(view: View, given: DrugSoFar) -> str:
    running = "running" if given.start_known else "running-undated"
    key, drug = running if given.running else "recent", _with_amount(view, given.drug, given.milligrams)
    last = view.at_briefly(given.last)
    return view.say(f"treatment.drug.{key}", drug=drug, time=last, last=last)


def risk_line(view: View) -> str:
    """Factors that are present, in short; of the unknown ones only those that a ward can look into."""
    factors = view.evaluation.risk.shown
    found = sorted((one for one in factors if one.state is State.PRESENT and one.name not in IMPLIED_BY), key=_weight)
    present = [_risk(view, one) for one in found][:RISKS_SHOWN]
    unknown = [one.name for one in factors if one.state is State.UNKNOWN and one.name in ASKED_FOR]
    parts = [view.say("detail.line.risk", present=", ".join(present))] if present else []
    if unknown:
        names = ", ".join(view.say(f"risk.unknown.{name}") for name in unknown)
        parts.append(view.say("detail.line.risk-unknown", unknown=names))
    return " ".join(parts)


def _weight(factor: RiskFactor) -> int:
    return FIRST.index(factor.name) if factor.name in FIRST else len(FIRST)


def _risk(view: View, factor: RiskFactor) -> str:
    if factor.name == CRS and view.evaluation.crs.range.lo:
        return crs_grade(view)
    name = view.say(f"risk.brief.{factor.name}")
    value = value_text(view, factor.measures[0]) if factor.measures and factor.name in VALUED else ""
    return f"{name} {value}".strip()


def footer_line(view: View) -> str:
    """How current the card is, by which edition it graded, and that it neither diagnoses nor raises an alarm."""
    text = view.say("detail.line.footer", time=view.at_briefly(view.evaluation.as_of), edition=view.evaluation.edition)
    return " ".join(filter(None, (text, view.say("detail.footer.demo") if view.demo else "")))
