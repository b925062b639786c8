"""Missing or doubtful data, one line each, ending with what would settle it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.course.assessment import CAPD_TOTAL, ICE_TOTAL
from cds_service.clinical.course.concepts import ICE, domain_of, family
from cds_service.clinical.course.doubt import Sign, SignKind
from cds_service.clinical.facts.gap import (
    UNKNOWN_DRUG,
    Gap,
    GapDetail,
    GapKind,
    Implausible,
    Part,
    RepeatedProduct,
    UnknownAnswer,
    UnreadName,
    UnreadProduct,
)
from cds_service.clinical.facts.patient import Measured
from cds_service.clinical.grading.domain import Domain
from cds_service.clinical.grading.gaps import is_unread
from cds_service.clinical.grading.open_domains import OpenDomain, Why
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.status.lacking import needs_birth_date
from cds_service.rendering.words.values import finding, measured_text, number_text
from cds_service.rendering.words.view import View

TOTALS = (ICE_TOTAL, CAPD_TOTAL)


def doubts_of(view: View, without: Collection[str] = ()) -> Iterator[str]:
    """One reason per domain; one that several domains share, such as sedation, is stated once."""
    found = (one for one in view.evaluation.open_domains if one.domain.name not in without)
    yield from dict.fromkeys(_doubt(view, one) for one in found)


def under_sedation(view: View) -> str:
    """Why scores are not valid now; empty if nothing sedates the patient."""
    return view.say("status.reason.under-sedation", drug=view.sedative) if view.spell else ""


def limited_by(view: View, domain: Domain) -> str:
    """The sign after a score, or why it was not repeated; empty if there is neither."""
    if domain.refusal:
        return view.say("status.sign.not-performed", reason=view.say(f"status.not-performed.{domain.refusal}"))
    if domain.doubt is None:
        return ""
    return sign_text(view, domain.doubt.sign)


def sign_text(view: View, sign: Sign) -> str:
    """A symptom, or a reading with its scale."""
    kind, value = sign
    if kind is SignKind.SYMPTOM:
        return view.say(f"status.value.{value}")
    return view.say(f"status.sign.{kind}", value=value)


def _doubt(view: View, found: OpenDomain) -> str:
    domain, why, answer = found
    if why is Why.SCORE_IMPLAUSIBLE and (unused := _newest_implausible(view, domain)):
        return _line(view, unused)
    before, doubt = view.evaluation.scores.baseline, domain.doubt
    beside = doubt is not None and domain.time is not None and doubt.time <= domain.time
    return view.say(
        f"status.reason.{why}{'-beside' if beside else ''}",
        drug=view.sedative,
        instrument=view.instrument,
        points=domain.value,
        baseline=before.points if before else "",
        sign=limited_by(view, domain),
        finding=finding(view, domain),
        domain=view.say(f"status.domain.{domain.name}"),
        time=_time(view, answer.time if answer else score_time(view, domain)),
        sign_time=_time(view, doubt.time if doubt else None),
        answer=view.charted(answer) if answer else "",
        hours=view.clock.hours_since(domain.time) if domain.time else "",
    )


def score_time(view: View, domain: Domain) -> datetime | None:
    """When a finding was made; of a score that was recorded with several values, when the one that counts was."""
    totals = (one for one in view.evaluation.scores.differing if one.concept in TOTALS and domain is view.score)
    return max((one.time for one in totals if f"{one.value:g}" == domain.value), default=domain.time)


def _time(view: View, moment: datetime | None) -> str:
    return view.at_briefly(moment) if moment else ""


def _newest_implausible(view: View, score: Domain) -> Gap | None:
    """The newest implausible value of a score."""
    dated = [(gap.detail.time, gap) for gap in view.evaluation.gaps if isinstance(gap.detail, Implausible)]
    of_score = [one for one in dated if family(one[1].concept) == score.name]
    return max(of_score, key=lambda one: one[0])[1] if of_score else None


# The grade of CRS rests on them: one that was recorded and cannot be read is not the same as none.
VITAL_SIGNS = frozenset(
    {"body-temperature", "systolic-pressure", "mean-pressure", "oxygen-saturation", "oxygen-device"}
)
SHOWN_KINDS = frozenset(
    {
        GapKind.NOT_PERMITTED,
        GapKind.SERVER_UNAVAILABLE,
        GapKind.TRUNCATED,
        GapKind.INCOMPLETE,
        GapKind.WRONG_PATIENT,
        GapKind.NOT_UNDERSTOOD,
    }
)
SHOWN_KINDS_OF_MEASUREMENTS = frozenset({GapKind.CONFLICT, GapKind.UNKNOWN_UNIT, GapKind.IMPLAUSIBLE, GapKind.FUTURE})
OF_A_DOMAIN = frozenset({GapKind.NOT_RECORDED, GapKind.STALE})
ALWAYS_SHOWN = frozenset(
    {"ice", "capd", "consciousness", "motor", "raised-icp", "imaging", "birth-date", "deceased", "therapy"}
)
UNKNOWN_DRUGS: dict[GapDetail | None, str] = {
    Part.UNKNOWN_INFUSION: "unknown-infusion",
    Part.UNKNOWN_DOSE: "unknown-dose",
}


class _About(NamedTuple):
    """What a gap is about: a concept, and what of it."""

    concept: str
    detail: GapDetail | None


# What has a sentence of its own.
TEXTS: dict[_About, str] = {
    _About(UNKNOWN_DRUG, Part.ADMINISTERED): "gaps.unknown-drugs.text",
    _About("patient", Part.SUBJECT): "gaps.unidentified.text",
}


def gap_lines(view: View) -> Iterator[str]:
    """The gaps for the reader, each at most once, an unreadable therapy first."""
    yield from unread_therapy_lines(view)
    if not view.evaluation.received.drugs_checked:
        therapy_unknown = view.evaluation.attention is Attention.NO_THERAPY and not view.therapy_checked
        yield view.say(f"gaps.not-checked.{'therapy-drugs' if therapy_unknown else 'drugs'}")
    lines = (_line(view, gap) for gap in view.evaluation.gaps if not _is_therapy(gap) and _is_shown(gap, view))
    yield from dict.fromkeys(lines)


def other_gap_lines(view: View) -> Iterator[str]:
    """Gaps other than missing or old data, which are stated with the domain if they leave the grade open."""
    elsewhere = {*OF_A_DOMAIN, GapKind.NOT_UNDERSTOOD}
    left = (gap for gap in view.evaluation.gaps if gap.kind not in elsewhere and not _is_therapy(gap))
    yield from dict.fromkeys(_line(view, gap) for gap in left if _is_shown(gap, view))


def unknown_answers(view: View) -> Iterator[str]:
    """Answers that were charted and that nobody knows, except where that is said of the domain."""
    said = {one.domain.name for one in view.evaluation.open_domains if one.answer}
    for gap in view.evaluation.gaps:
        if isinstance(gap.detail, UnknownAnswer) and domain_of(gap.concept) not in said:
            yield _answer_line(view, gap, gap.detail, "detail.line.not-understood")


def unread_therapy_lines(view: View) -> Iterator[str]:
    """Therapies that are recorded but cannot be read: first among what is missing (rule T8)."""
    yield from dict.fromkeys(_line(view, gap) for gap in view.evaluation.gaps if _is_therapy(gap))


def _is_therapy(gap: Gap) -> bool:
    """Whether it is a therapy that is recorded but cannot be read (rule T8)."""
    return isinstance(gap.detail, UnreadProduct)


def _is_shown(gap: Gap, view: View) -> bool:
    if gap.kind is GapKind.NOT_PROVIDED or (gap.concept == "therapy" and gap.kind is GapKind.NOT_RECORDED):
        return False
    if (
        view.evaluation.unread.score
        and view.score
        and (view.score.name, GapKind.NOT_RECORDED) == (gap.concept, gap.kind)
    ):
        return False
    if gap.kind in SHOWN_KINDS or gap.kind is GapKind.NOT_LOOKED_UP or gap.concept in ALWAYS_SHOWN:
        return True
    if is_unread(gap) or _About(gap.concept, gap.detail) in {*TEXTS, _About(UNKNOWN_DRUG, Part.ORDERED)}:
        return True
    return gap.kind in SHOWN_KINDS_OF_MEASUREMENTS or (gap.kind is GapKind.UNREADABLE and gap.concept in VITAL_SIGNS)


def _line(view: View, gap: Gap) -> str:
    if isinstance(gap.detail, UnreadName | UnreadProduct):
        return _unread_line(view, gap, gap.detail)
    if isinstance(gap.detail, Implausible):
        return _implausible(view, gap.concept, gap.detail)
    return _other_line(view, gap)


def _other_line(view: View, gap: Gap) -> str:
    text = _own_text(gap)
    if text:
        return view.say(text, number=gap.number)
    what = view.wording.first_of(f"gaps.what.{family(gap.concept)}", f"advice.drug.{gap.concept}")
    if isinstance(gap.detail, UnknownAnswer):
        return _answer_line(view, gap, gap.detail, "gaps.kind.not-understood")
    if isinstance(gap.detail, RepeatedProduct):
        return view.say("gaps.repeated-product.text", what=gap.detail.name)
    return _plain_line(view, gap, what)


def _plain_line(view: View, gap: Gap, what: str) -> str:
    """A gap whose detail is not a part of the line."""
    if gap.concept == "birth-date":
        key = "assumed" if view.evaluation.instrument else "no" if needs_birth_date(view.evaluation.icans) else "unused"
        return view.say(f"gaps.not-checked.{key}-instrument", instrument=view.instrument)
    if gap.concept == "history":
        return view.say("gaps.not-checked.history")
    named = what[:1].upper() + what[1:]
    return view.say(f"gaps.kind.{gap.kind}", what=named, number=gap.number, values=_differing(view, gap))


def _implausible(view: View, concept: str, found: Implausible) -> str:
    """A value that cannot be true, with its time: "ICE 14 at 09:00, implausible, not used"."""
    what = view.say(f"gaps.what.{family(concept)}")
    item = view.say(f"status.item.{concept}") if _is_item(concept) else ""
    measured = Measured(found.number, found.unit)
    value = measured_text(view, measured) if found.unit else number_text(measured)
    named = " ".join(filter(None, (what[:1].upper() + what[1:], item)))
    return view.say("gaps.implausible.text", what=named, value=value, time=view.at_briefly(found.time))


def _is_item(concept: str) -> bool:
    """Whether it is a part of an ICE, whose value must not pass for the total."""
    return family(concept) == ICE and concept != ICE_TOTAL


def _differing(view: View, gap: Gap) -> str:
    """Every value of one assessment that differs from another of it, with its time (rule D1)."""
    records = (one for one in view.evaluation.scores.differing if one.concept == gap.concept)
    return ", ".join(f"{one.value:g} at {view.at_briefly(one.time)}" for one in records)


def _own_text(gap: Gap) -> str:
    """The sentence that is only about such gaps; empty if there is none."""
    unknown = UNKNOWN_DRUGS.get(gap.detail)
    if unknown is not None:
        return f"gaps.{unknown}.{'one' if gap.number == 1 else 'many'}"
    return TEXTS.get(_About(gap.concept, gap.detail), "")


def _answer_line(view: View, gap: Gap, unknown: UnknownAnswer, place: str) -> str:
    what = view.say(f"gaps.what.{family(gap.concept)}")
    return view.say(place, what=what, answer=view.charted(unknown), time=view.at_briefly(unknown.time))


def _unread_line(view: View, gap: Gap, unread: UnreadName | UnreadProduct) -> str:
    """A drug or a therapy whose record cannot be read (rule T8)."""
    name = unread.called if isinstance(unread, UnreadProduct) else view.drug(unread.name)
    return view.say(f"gaps.unread.{gap.concept}", name=name)
