"""How each kind of server is searched: with the parameters that it takes, and in URLs that every server accepts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from cds_service.fhir_mapping.data_requirements import Requirement, requirements_of
from cds_service.fhir_mapping.searches import LONGEST_ID, Profile, SearchStyle, in_style
from cds_service.knowledge import Knowledge
from cds_service.knowledge.profiles import load_profiles

NOW = datetime(2026, 3, 8, 9, tzinfo=UTC)
LOCAL = "https://hospital.example/fhir/CodeSystem/flowsheet-rows"
LABS = Requirement("labs", "Observation", date="date", sort="date")


@pytest.fixture(name="needed", scope="module")
def _needed(knowledge: Knowledge) -> tuple[Requirement, ...]:
    return requirements_of(knowledge.terminology, knowledge.protocol.rules.decisions.record)


def by_key(requirements: tuple[Requirement, ...]) -> dict[str, Requirement]:
    return {one.key: one for one in requirements}


def asked(requirement: Requirement) -> dict[str, list[str]]:
    return parse_qs(urlsplit(requirement.query("p-1", NOW)).query)


def with_local_codes(needed: tuple[Requirement, ...], number: int) -> tuple[Requirement, ...]:
    """As with a site file that adds so many codes to each search for Observations."""
    local = tuple((LOCAL, f"3019{row:04}") for row in range(number))
    return tuple(replace(one, codes=one.codes + local) if one.codes else one for one in needed)


@pytest.mark.parametrize("profile", load_profiles())
@pytest.mark.parametrize("local", [0, 300])
@pytest.mark.parametrize("limit", [0, 1000])
@pytest.mark.parametrize("dated", [False, True])
def test_no_template_and_no_search_of_any_profile_is_too_long(
    needed: tuple[Requirement, ...], profile: str, local: int, limit: int, *, dated: bool
) -> None:
    base = "https://fhir.hospital.example/" + "path/" * 30
    kind = load_profiles()[profile]
    style = SearchStyle(kind, url_limit=limit, dated_templates=dated, longest_base=len(base))
    for one in in_style(with_local_codes(needed, local), style):
        filled = re.sub("{{today.*?}}", "2026-01-22", one.template().replace("{{context.patientId}}", LONGEST_ID))
        assert len(f"{base}/{one.query(LONGEST_ID, NOW)}".encode()) <= (limit or 1900), one.key
        assert len(f"{base}/{filled}".encode()) <= (limit or 1900), one.key


@pytest.mark.parametrize("profile", load_profiles())
def test_nothing_is_split_that_fits(needed: tuple[Requirement, ...], profile: str) -> None:
    style = SearchStyle(load_profiles()[profile])

    assert [one.key for one in needed] == [one.key for one in in_style(needed, style)]


def test_a_split_list_has_every_code_once_and_parts_that_are_named(needed: tuple[Requirement, ...]) -> None:
    whole = by_key(with_local_codes(needed, 60))["labs"]
    parts = in_style((whole,), SearchStyle())

    assert ["labs", "labs-2", "labs-3", "labs-4"] == [one.key for one in parts]
    assert whole.codes == tuple(code for one in parts for code in one.codes)
    assert ["", "labs", "labs", "labs"] == [one.once_in for one in parts]
    assert {"labs"} == {one.group for one in parts}
    assert {(whole.window, whole.need, whole.optional)} == {(one.window, one.need, one.optional) for one in parts}


def test_a_code_that_is_longer_than_the_room_stands_alone() -> None:
    codes = ((LOCAL, "1"), (LOCAL, "2" * 2000), (LOCAL, "3"))

    assert [(one,) for one in codes] == [one.codes for one in in_style((replace(LABS, codes=codes),), SearchStyle())]


def test_what_may_stand_in_a_url_is_not_encoded_and_the_rest_is() -> None:
    one = replace(LABS, codes=(("http://x.example/a b&c", "1,2"),))

    assert "Observation?patient={{context.patientId}}&code=http://x.example/a%20b%26c%7C1%2C2" in one.template()
    assert {"http://x.example/a b&c|1,2"} == set(asked(one)["code"])


def test_oracle_is_asked_for_blood_pressure_as_a_panel(needed: tuple[Requirement, ...]) -> None:
    generic, oracle = (by_key(in_style(needed, SearchStyle(load_profiles()[name])))["vitals"] for name in PAIR)

    lost = set(generic.codes) - set(oracle.codes)
    assert {"8480-6", "271649006", "150017"} == {code for _, code in lost}
    assert ("http://loinc.org", "85354-9") in oracle.codes
    assert ("http://loinc.org", "8478-0") in oracle.codes


PAIR = ("generic", "oracle")


def test_oracle_gets_only_parameters_that_it_documents(needed: tuple[Requirement, ...]) -> None:
    for one in in_style(needed, SearchStyle(load_profiles()["oracle"])):
        if one.is_read:
            continue
        parameters = asked(one)
        assert not {"_sort", "_include"} & parameters.keys(), one.key
        assert int(parameters["_count"][0]) <= 200
        for name in ("date", "effective-time", "authored"):
            assert all("T" in value for value in parameters.get(name, [])), one.key


def test_the_generic_profile_is_what_a_client_has_without_one(needed: tuple[Requirement, ...]) -> None:
    table = load_profiles()["generic"]

    assert replace(table, known="", post=()) == Profile()
    assert in_style(needed, SearchStyle(table)) == needed


def test_templates_may_have_fhirpath_dates(needed: tuple[Requirement, ...]) -> None:
    dated = by_key(in_style(needed, SearchStyle(dated_templates=True)))

    assert "&date=ge{{today() - 45 days}}&_sort=-date" in dated["neuro"].template()
    assert "&date=ge{{today() - 14 days}}&" in dated["vitals"].template()
    assert "&effective-time=ge{{today() - 45 days}}&" in dated["drugs"].template()
    assert "&authored=ge{{today() - 135 days}}&" in dated["questionnaires"].template()
    for key in ("scores", "therapy", "procedures", "conditions", "encounter", "patient"):
        assert "today()" not in dated[key].template()


def test_a_dated_template_has_a_time_where_a_date_needs_one(needed: tuple[Requirement, ...]) -> None:
    dated = by_key(in_style(needed, SearchStyle(load_profiles()["oracle"], dated_templates=True)))

    assert "&date=ge{{today() - 45 days}}T00:00:00Z&" in dated["neuro"].template()


def test_a_dated_template_asks_for_the_same_as_the_search(needed: tuple[Requirement, ...]) -> None:
    """The midnight before the window is never later than its start."""
    for one in in_style(needed, SearchStyle(dated_templates=True)):
        assert one.is_dated == ("today()" in one.template())
        assert one.is_dated == bool(one.date and one.date in asked(one))


@pytest.mark.parametrize(("profile", "expected"), [("hapi", 11), ("epic", 4), ("oracle", 0)])
def test_searches_go_by_post_only_where_that_works(
    needed: tuple[Requirement, ...], profile: str, expected: int
) -> None:
    style = SearchStyle(load_profiles()[profile], by_post=True)

    assert expected == sum(one.by_post for one in in_style(needed, style))
    assert not any(one.by_post for one in in_style(needed, replace(style, by_post=False)))
