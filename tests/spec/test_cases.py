"""The service gives the expected answer to every case beside the tables."""

from __future__ import annotations

import pytest

from cds_service.cases.case import Case, read_cases
from cds_service.cases.verdict import differences
from cds_service.knowledge import Knowledge
from cds_service.knowledge.editions import case_files

CASES = [(file.name, case) for file in case_files() for case in read_cases(file).case]


@pytest.mark.parametrize(("file", "case"), CASES, ids=[f"{file}: {case.name}" for file, case in CASES])
def test_the_service_says_what_the_case_expects(file: str, case: Case, knowledge: Knowledge) -> None:
    assert [] == differences(case, knowledge.protocol)


def test_names_of_cases_are_unique() -> None:
    names = [case.name for _, case in CASES]

    assert sorted(set(names)) == sorted(names)
