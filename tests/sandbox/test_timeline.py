"""The picture of a course: what is drawn and where."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from cds_service.hooks.blueprint import WIRING
from cds_service.sandbox.pages.canvas import Axis, Canvas
from cds_service.sandbox.pages.consult import consult
from cds_service.sandbox.pages.plot import NARROW, WIDE, plot_of
from cds_service.sandbox.pages.steps import Step
from cds_service.sandbox.pages.timeline import Point, Timeline
from cds_service.sandbox.pages.views import course_of
from cds_service.sandbox.pages.words import described, grade_in_short, grade_in_words
from cds_service.sandbox.sandbox import SANDBOX, Sandbox
from cds_service.sandbox.stories.story import Story, read_stories
from tests.builders import AXI_CEL, concept
from tests.sandbox.conftest import Clock
from tests.sandbox.people import STORY_PRESENT, alert, at, given, ice, person, seen, story, worsening

DAY = timedelta(days=1)


def course(app: Flask, one: Story) -> Timeline | None:
    """The timeline of a story at its own present."""
    mine = Sandbox((one,), app.extensions[SANDBOX].now)
    wiring = app.extensions[WIRING]
    return course_of(consult(mine, wiring, one.slug, None).decision, wiring.decider.protocol)


@pytest.fixture
def clock(clock: Clock) -> Clock:
    """A clock set to the present of the stories."""
    clock.moment = STORY_PRESENT
    return clock


def hours(timeline: Timeline, steps: tuple[Step, ...]) -> list[tuple[float, int | None, int]]:
    """Steps as hours before the present, floor and ceiling."""
    return [(round((timeline.end - step.time) / timedelta(hours=1), 1), step.lo, step.hi) for step in steps]


def test_scores_doses_fever_and_drugs(app: Flask) -> None:
    timeline = course(app, worsening())
    assert [("10", True), ("10", False), ("9", False), ("7", False), ("5", False)] == [
        (point.text, point.baseline) for point in timeline.points
    ]
    assert [("axi-cel", 6 * DAY)] == [(dose.text, STORY_PRESENT - dose.start) for dose in timeline.doses]
    assert ["36.8", "38.4", "39.1", "37.9", "38.7"] == [point.text for point in timeline.temperatures]
    assert [("tocilizumab", 1), ("levetiracetam", 2)] == [(lane.label, len(lane.marks)) for lane in timeline.lanes]
    assert [(30, 0, 0), (18, None, 1), (8, 1, 1), (0.2, 2, 2)] != hours(timeline, timeline.steps)
    assert [(30.0, 0, 0), (18.0, 1, 1), (0.2, 2, 2)] == hours(timeline, timeline.steps)


def test_a_reading_that_has_become_too_old_no_longer_counts(app: Flask) -> None:
    infused = story(
        "p",
        person("p"),
        given("p", "cells", AXI_CEL, 96),
        ice("p", 8, 40),
        alert("p", 40),
        ice("p", 9, 1),
        alert("p", 1),
    )
    timeline = course(app, infused)
    assert [(40.0, 1, 1), (28.0, None, 4), (1.0, 1, 1)] == hours(timeline, timeline.steps)


def test_a_seizure_and_a_sign_hold_as_long_as_the_rules_say(app: Flask) -> None:
    fit = seen("p", "fit", 60, concept("seizure"), valueCodeableConcept=concept("clinical-generalised"))
    weak = seen("p", "weak", 80, concept("motor-finding"), valueCodeableConcept=concept("hemiparesis"))
    cells = given("p", "cells", AXI_CEL, 96)
    one = course(app, story("p", person("p"), cells, fit, ice("p", 10, 1), alert("p", 1)))
    assert [(60.0, 3, 4), (36.0, None, 4), (1.0, 0, 0)] == hours(one, one.steps)
    other = course(app, story("p", person("p"), cells, weak, ice("p", 10, 1), alert("p", 1)))
    assert [(80.0, 4, 4), (8.0, None, 4)] == hours(other, other.steps)


def test_no_grade_while_sedated(app: Flask) -> None:
    propofol = given("p", "propofol", "8782", 0, effectivePeriod={"start": at(10), "end": at(6)})
    del propofol["effectiveDateTime"]
    readings = (ice("p", 8, 11), alert("p", 11), ice("p", 8, 1), alert("p", 1))
    timeline = course(app, story("p", person("p"), given("p", "cells", AXI_CEL, 96), *readings, propofol))
    assert [(11.0, 1, 1), (10.0, None, 4), (5.0, 1, 1)] == hours(timeline, timeline.steps)


def test_a_floor_and_another_cause(app: Flask) -> None:
    floor = course(app, story("p", person("p"), given("p", "cells", AXI_CEL, 96), ice("p", 0, 1)))
    assert (3, 4, None) == floor.steps[-1][1:]
    cause = seen("p", "cause", 2, concept("other-cause"), valueCodeableConcept=concept("stroke"))
    other = course(app, story("p", person("p"), given("p", "cells", AXI_CEL, 96), ice("p", 4, 1), alert("p", 1), cause))
    assert (None, 2, 2) == other.steps[-1][1:]


def test_what_cannot_be_drawn_is_left_out(app: Flask) -> None:
    assert course(app, story("p", person("p"))) is None
    # Without therapy, scores, temperatures and drugs there would only be an empty axis.
    assert course(app, story("p", person("p"), alert("p", 1))) is None


def test_a_long_course_is_drawn_from_where_its_data_begin(app: Flask) -> None:
    """The service reads 45 days back; an infusion that began earlier is drawn from the edge."""
    running = {"status": "in-progress", "effectivePeriod": {"start": at(50 * 24)}}
    long_ago = given("p", "propofol", "8782", 0, **running)
    del long_ago["effectiveDateTime"]
    readings = (ice("p", 8, 55 * 24), alert("p", 55 * 24), ice("p", 10, 20 * 24), alert("p", 20 * 24))
    timeline = course(app, story("p", person("p"), given("p", "cells", AXI_CEL, 60 * 24), *readings, long_ago))
    canvas = plot_of(timeline, WIDE)
    assert 20 * DAY == timeline.end - timeline.start
    assert [60] == [timeline.day_at(STORY_PRESENT)]
    assert "axi-cel" not in {label.text for label in canvas.labels}
    assert ["propofol"] == [lane.label for lane in timeline.lanes]
    assert not [dot for dot in canvas.dots if dot.style == "given"]
    (bar,) = [line for line in canvas.lines if line.style == "given"]
    assert (34, True) == (bar.x1, bar.x2 > 500)


def test_what_ended_before_the_picture_begins_is_not_drawn(app: Flask) -> None:
    """Conditions are read at any age, so one may have ended before the picture begins."""
    seizure = {
        "resourceType": "Condition",
        "id": "seizure",
        "clinicalStatus": concept("active", "http://terminology.hl7.org/CodeSystem/condition-clinical"),
        "verificationStatus": concept("confirmed", "http://terminology.hl7.org/CodeSystem/condition-ver-status"),
        "code": concept("R56.9", "http://hl7.org/fhir/sid/icd-10-cm"),
        "subject": {"reference": "Patient/p"},
        "onsetDateTime": at(100 * 24),
    }
    cells = given("p", "cells", AXI_CEL, 120 * 24)
    timeline = course(app, story("p", person("p"), cells, seizure, ice("p", 10, 1), alert("p", 1)))
    assert timeline.steps[0].time < timeline.start
    canvas = plot_of(timeline, WIDE)
    assert not [line for line in canvas.lines if line.style == "grade" and line.x2 < 500]


def test_after_death_nothing_is_graded(app: Flask) -> None:
    timeline = course(
        app, story("p", person("p", deceasedBoolean=True), given("p", "cells", AXI_CEL, 96), ice("p", 8, 1))
    )
    assert () == timeline.steps
    assert "ICANS grade: not gradable." in described(timeline)
    assert not [dot for dot in plot_of(timeline, WIDE).dots if dot.style == "grade"]


def test_days_are_counted_from_the_newest_dose(app: Flask) -> None:
    doses = (given("p", "first", AXI_CEL, 9 * 24), given("p", "second", AXI_CEL, 3 * 24))
    timeline = course(app, story("p", person("p"), *doses, ice("p", 10, 1)))
    assert [None, 0, 5, 0, 3] == [timeline.day_at(STORY_PRESENT - days * DAY) for days in (10, 9, 4, 3, 0)]


def titles(canvas: Canvas) -> list[str]:
    return [label.text for label in canvas.labels if label.style == "title"]


def test_without_a_therapy_nothing_empty_is_drawn(app: Flask) -> None:
    stories = {one.slug: one for one in read_stories()}
    assert ["Temperature (°C)"] == titles(plot_of(course(app, stories["no-card"]), WIDE))
    assert ["ICE (0-10)", "ICANS grade", "Temperature (°C)"] == titles(plot_of(course(app, worsening()), WIDE))
    dosed = story("p", person("p"), given("p", "cells", AXI_CEL, 96))
    assert ["ICE (0-10)", "ICANS grade"] == titles(plot_of(course(app, dosed), WIDE))


def test_the_scale_of_capd_fits_its_values(app: Flask) -> None:
    stories = {one.slug: one for one in read_stories()}
    timeline = course(app, stories["child-capd-9"])
    assert (32, 12) == (timeline.maximum, timeline.top)
    assert 10 == course(app, worsening()).top
    high = replace(timeline, points=(Point(timeline.end, 30.5, "30-31"),))
    assert 32 == high.top
    assert 23 == replace(timeline, points=(Point(timeline.end, 20, "20"),)).top


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_every_story_fits_its_picture(app: Flask, width: int) -> None:
    for one in read_stories():
        timeline = course(app, one)
        canvas = plot_of(timeline, width)
        for box in canvas.boxes:
            assert box.x >= 0 <= box.width
            assert box.x + box.width <= width
            assert box.y >= 0 <= box.height
            assert box.y + box.height <= canvas.height
        for dot in canvas.dots:
            assert 0 <= dot.x <= width
            assert 0 <= dot.y <= canvas.height
        days = [label for label in canvas.labels if label.style == "tick day"]
        assert all(later.x - earlier.x >= 34 for earlier, later in pairwise(days))


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_no_dot_shows_through_a_temperature(app: Flask, width: int) -> None:
    for told in read_stories():
        timeline = course(app, told)
        if timeline is None:
            continue
        picture = plot_of(timeline, width)
        places = [(dot.x, dot.y) for dot in picture.dots if dot.style in ("fever", "temperature")]
        written = [(one.x, one.y) for one in picture.labels if one.style == "value" and "." in one.text]
        hidden = [at for at in written if any(abs(at[0] - x) < 14 and at[1] - 8 < y < at[1] for x, y in places)]
        assert [] == hidden, told.slug


def test_worse_is_lower_for_scores_and_higher_for_grades(app: Flask) -> None:
    canvas = plot_of(course(app, worsening()), WIDE)
    scores = [dot for dot in canvas.dots if dot.style.startswith("score")]
    assert [scores[0].y, scores[1].y] == [min(dot.y for dot in scores)] * 2
    assert sorted((dot.x, dot.y) for dot in scores) == [(dot.x, dot.y) for dot in scores]
    grades = [line for line in canvas.lines if line.style == "grade" and line.y1 == line.y2]
    assert [line.y1 for line in grades] == sorted((line.y1 for line in grades), reverse=True)
    assert "ICE 5: 8 Mar 10:00" == scores[-1].text
    assert ["score hollow", "score"] == [dot.style for dot in scores[:2]]
    assert "ICE 10, before the therapy: 2 Mar 04:12" == scores[0].text


def test_a_line_over_days_without_an_assessment_is_faint(app: Flask) -> None:
    lines = [line.style for line in plot_of(course(app, worsening()), WIDE).lines]
    assert ["score faint", "score", "score", "score"] == [style for style in lines if style.startswith("score")]


def test_fever_and_normal_temperatures_look_different(app: Flask) -> None:
    canvas = plot_of(course(app, worsening()), WIDE)
    styles = {dot.text.split(":")[0]: dot.style for dot in canvas.dots if "°C" in dot.text}
    assert {
        "36.8 °C": "temperature",
        "38.4 °C": "fever",
        "39.1 °C": "fever",
        "37.9 °C": "temperature",
        "38.7 °C": "fever",
    } == styles


def test_the_picture_in_words(app: Flask) -> None:
    assert described(course(app, worsening())) == (
        "Therapy: axi-cel 2 Mar 10:12. "
        "ICE: 10 (2 Mar 04:12), 10 (7 Mar 04:12), 9 (7 Mar 16:12), 7 (8 Mar 02:12), 5 (8 Mar 10:00). "
        "ICANS grade: 0 from 7 Mar 04:12, 1 from 7 Mar 16:12, 2 from 8 Mar 10:00. "
        "Temperature of 38 °C or more: 38.4 (6 Mar 06:12), 39.1 (6 Mar 18:12), 38.7 (8 Mar 09:12). "
        "Also drawn: tocilizumab, levetiracetam. Up to 8 Mar 10:12."
    )


@pytest.mark.parametrize(
    ("step", "words", "short"),
    [
        (Step(STORY_PRESENT, 2, 2), "2", "2"),
        (Step(STORY_PRESENT, 3, 4), "at least 3", "\N{GREATER-THAN OR EQUAL TO} 3"),
        (Step(STORY_PRESENT, None, 4), "not gradable", "?"),
        (Step(STORY_PRESENT, None, 2, 2), "2 if nothing else explains it", "2 ?"),
    ],
)
def test_a_grade_in_words(step: Step, words: str, short: str) -> None:
    assert (words, short) == (grade_in_words(step), grade_in_short(step))


def axis(days: float, zone: str = "Europe/Berlin", end: datetime = STORY_PRESENT) -> Axis:
    return Axis(end - timedelta(days=days), end, 0, 500, ZoneInfo(zone))


def test_ticks_are_at_midnight_on_the_ward() -> None:
    ticks = list(axis(7).ticks())
    assert ["2 Mar", "3 Mar", "4 Mar", "5 Mar", "6 Mar", "7 Mar", "8 Mar"] == [tick.text for tick in ticks]
    assert all(tick.midnight for tick in ticks)
    assert datetime(2026, 3, 1, 23, 0, tzinfo=UTC) == ticks[0].moment


def test_ticks_of_a_short_course_are_hours() -> None:
    assert ["12:00", "15:00", "18:00", "21:00", "8 Mar", "03:00", "06:00", "09:00"] == [
        tick.text for tick in axis(1).ticks()
    ]


def test_ticks_stay_at_midnight_when_the_clocks_change() -> None:
    ticks = list(axis(5, end=datetime(2026, 3, 31, 12, 0, tzinfo=UTC)).ticks())
    assert {"00:00", "12:00"} == {f"{tick.moment.astimezone(ZoneInfo('Europe/Berlin')):%H:%M}" for tick in ticks}


def test_values_outside_the_scale_are_drawn_at_its_edge() -> None:
    one = axis(2)
    assert (0, 500) == (one.x(STORY_PRESENT - 3 * DAY), one.x(STORY_PRESENT + DAY))
    assert 250 == one.x(STORY_PRESENT - DAY)
    assert not one.holds(STORY_PRESENT + DAY)
