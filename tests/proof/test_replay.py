"""A 14-day course replayed hour by hour: the future has no effect, and every change has a reason that is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import pytest

from cds_service.app import decider_of
from cds_service.clinical.course.concepts import CONSCIOUSNESS
from cds_service.clinical.grading.domain import Concern, Domain
from cds_service.decision import Decider, Decision
from cds_service.fhir_mapping.gathered import Gathered
from cds_service.fhir_mapping.orders.drafts import Call
from cds_service.fhir_mapping.r4.bundles import read_page
from cds_service.hooks.patient_view import HOOK
from cds_service.knowledge import load_knowledge
from cds_service.rendering.wire.response import EXTENSION
from cds_service.settings import Settings
from tests.builders import PATIENT, Json, bundle, patient
from tests.proof.course import HOURS, Recorded, course, known_at, moment

# The unit tests reach every branch, and coverage would make this several times slower.
pytestmark = pytest.mark.no_cover
CALL = Call(HOOK.id, HOOK.kind)
HOUR = timedelta(hours=1)
# How long a finding counts (T6, D5), a cause explains (A3), and sedation outlasts its drug (A1).
LASTS = {"ice": 12 * HOUR, CONSCIOUSNESS: 12 * HOUR, "seizure": 24 * HOUR, "imaging": 72 * HOUR}
CAUSE, SEDATION = 24 * HOUR, HOUR


class Step(NamedTuple):
    """One hour of the course; `answer`: the extension of the response."""

    now: datetime
    known: list[Json]
    decision: Decision
    answer: dict[str, Any]


@cache
def replay() -> tuple[Step, ...]:
    decider, records = decider_of(Settings(card_detail="full"), load_knowledge()), course()
    return tuple(_step(decider, hour, known_at(hour, records)) for hour in range(HOURS + 1))


def _step(decider: Decider, hour: int, known: list[Json]) -> Step:
    page = read_page(json.dumps(bundle(patient(), *known)).encode())
    gathered = Gathered(PATIENT, None, page.resources, page.unreadable)
    decision = decider.decide(gathered, moment(hour), CALL, lambda: "uuid")
    return Step(moment(hour), known, decision, decider.response(decision)["extension"][EXTENSION])


@pytest.mark.rule("T1")
def test_the_answer_never_depends_on_the_future() -> None:
    decider, records = decider_of(Settings(card_detail="full"), load_knowledge()), course()
    for hour, step in enumerate(replay()):
        future = [one.resource for one in records if one.hour > hour + 0.1 and one.until is None]
        clairvoyant = _step(decider, hour, [*step.known, *_unrelated(future, records, hour)]).answer

        assert _graded(step.answer) == _graded(clairvoyant), step.now


@pytest.mark.rule("G2")
def test_every_change_of_a_domain_is_explained_by_a_record_or_an_expiry() -> None:
    unexplained = [
        (after.now, name, old.range, new.range)
        for before, after in pairwise(replay())
        for name, old, new in _changed(before, after)
        if not list(_reasons(old, new, before, after))
    ]

    assert [] == unexplained


@pytest.mark.rule("G1")
def test_the_grade_never_changes_without_a_domain() -> None:
    for before, after in pairwise(replay()):
        then, now = before.decision.evaluation.icans, after.decision.evaluation.icans
        same = [d.range for d in then.domains] == [d.range for d in now.domains]
        explained = [d.left for d in then.domains] == [d.left for d in now.domains]

        assert not same or then.all == now.all
        assert not (same and explained) or then.certainty == now.certainty


@pytest.mark.rule("C1")
def test_crs_never_changes_without_a_record_or_an_expiry() -> None:
    """Vital signs count for a day, infusions for two hours after their end."""
    for before, after in pairwise(replay()):
        if before.decision.evaluation.crs.range != after.decision.evaluation.crs.range:
            times = _times(after.known)

            assert any(
                _between(before, after, time, span) for time in times for span in (0 * HOUR, 2 * HOUR, 24 * HOUR)
            )


@pytest.mark.rule("G1")
def test_a_new_grade_names_the_record_that_made_it() -> None:
    for before, after in pairwise(replay()):
        then, now = before.answer["icans"].get("grade"), after.answer["icans"].get("grade")
        if now is not None and then is not None and now > then:
            decided = [
                one for one in after.answer["icans"]["domains"] if one["domain"] in after.answer["icans"]["decidedBy"]
            ]

            assert any(before.now < datetime.fromisoformat(one["time"]) <= after.now for one in decided)
            assert all(f"| {_shown(one['time'])} |" in after.decision.cards[0].detail for one in decided)


def test_the_course_shows_every_certainty_grade_and_trend() -> None:
    answers = [step.answer["icans"] for step in replay()]

    assert {"exact", "at-least", "cannot-grade", "needs-attribution"} == {one["certainty"] for one in answers}
    assert {0, 1, 2, 3} <= {one["grade"] for one in answers if "grade" in one}
    assert {"new", "worsening", "stable", "improving", "resolved"} == {
        one["trend"] for one in answers if "trend" in one
    }
    assert {0, 1, 2, 3} <= {step.answer["crs"]["grade"] for step in replay() if "grade" in step.answer["crs"]}
    assert 3 == answers[-1]["peakGrade"]
    assert 30 < sum(len(list(_changed(before, after))) for before, after in pairwise(replay()))


def _unrelated(future: list[Json], records: tuple[Recorded, ...], hour: int) -> list[Json]:
    """The future resources, without the later versions of infusions that are running now."""
    running = {one.resource["id"] for one in records if one.hour <= hour}
    return [resource for resource in future if resource["id"] not in running]


def _graded(answer: Json) -> Json:
    """Everything except the gaps, which name future records."""
    return {key: value for key, value in answer.items() if key != "gaps"}


def _changed(before: Step, after: Step) -> Iterator[tuple[str, Domain, Domain]]:
    pairs = zip(before.decision.evaluation.icans.domains, after.decision.evaluation.icans.domains, strict=True)
    yield from ((new.name, old, new) for old, new in pairs if (old.range, old.left) != (new.range, new.left))


def _reasons(old: Domain, new: Domain, before: Step, after: Step) -> Iterator[str]:
    """The events of this hour that affect a domain and that the domain names."""
    if new.time is not None and new.time != old.time and _between(before, after, new.time):
        yield f"recorded: {new.source}"
    if old.time is not None and _between(before, after, old.time, LASTS.get(old.name, 14 * 24 * HOUR)):
        yield f"expired: {old.source}"
    sedated = Concern.SEDATED in (old.concern, new.concern)
    if sedated and any(
        _between(before, after, time, span) for time in _drips(after.known) for span in (0 * HOUR, SEDATION)
    ):
        yield "sedation began or ended"
    if new.concern not in (None, old.concern) and _any(after, "neuro-symptom", before, 0 * HOUR):
        yield f"doubted: {new.doubt or new.refusal}"
    if old.explained_by != new.explained_by and any(_any(after, "other-cause", before, s) for s in (0 * HOUR, CAUSE)):
        yield f"explained by {new.explained_by}, before by {old.explained_by}"


def _any(step: Step, code: str, before: Step, span: timedelta) -> bool:
    times = (_time(one) for one in step.known if one["resourceType"] == "Observation" and code == _code(one))
    return any(_between(before, step, time, span) for time in times)


def _between(before: Step, after: Step, time: datetime, span: timedelta = 0 * HOUR) -> bool:
    """Whether a time, or the end of a span that began then, is in the hour; a span of 12 h includes its end."""
    return before.now < time <= after.now if not span else before.now <= time + span < after.now


def _code(resource: Json) -> str:
    return str(resource["code"]["coding"][0]["code"])


def _time(resource: Json) -> datetime:
    return datetime.fromisoformat(resource.get("effectiveDateTime") or resource["effectivePeriod"]["start"])


def _times(known: list[Json]) -> list[datetime]:
    return [*map(_time, known), *_drips(known)]


def _drips(known: list[Json]) -> list[datetime]:
    """The times when infusions began and ended."""
    periods = [one["effectivePeriod"] for one in known if one.get("effectivePeriod")]
    return [datetime.fromisoformat(moment) for period in periods for moment in period.values()]


def _shown(instant: str) -> str:
    return (datetime.fromisoformat(instant) + HOUR).strftime("%H:%M")
