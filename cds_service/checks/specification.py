"""Cases: the packaged ones beside the tables, and a hospital's own."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from importlib.resources.abc import Traversable
from pathlib import Path

from cds_service.cases.case import Case, read_cases
from cds_service.cases.verdict import differences
from cds_service.checks.records import misspelt
from cds_service.checks.report import Report
from cds_service.errors import KnowledgeError
from cds_service.knowledge import Knowledge
from cds_service.knowledge.editions import case_files


def packaged_cases(named: Collection[str] = ()) -> list[Case]:
    """The cases beside the tables in force; `named`: editions selected by a setting."""
    return [case for file in case_files(named) for case in read_cases(file).case]


def check_cases(cases: Iterable[Case], knowledge: Knowledge, subject: str = "cases") -> Report:
    """Whether the service answers each case as expected."""
    cases = list(cases)
    wrong = [f"{case.name}: {difference}" for case in cases for difference in _wrong(case, knowledge)]
    return Report(subject, _counted(cases), tuple(wrong))


def _counted(cases: list[Case]) -> str:
    """How many cases ran, and how many details of the published tables and hazards they cover."""
    nuances = len({number for case in cases for number in case.nuance})
    hazards = len({hazard for case in cases for hazard in case.hazard})
    named = ((nuances, "fine points of the published tables"), (hazards, "hazards"))
    counts = [f"{number} {name}" for number, name in named if number]
    return f"{len(cases)}, which prove {' and controls of '.join(counts)}" if counts else str(len(cases))


def check_file(file: Traversable | Path, knowledge: Knowledge) -> Report:
    """The same for a file. Raises KnowledgeError if it cannot be read."""
    return check_cases(read_cases(file).case, knowledge, file.name)


def _wrong(case: Case, knowledge: Knowledge) -> list[str]:
    try:
        return list(misspelt(case, knowledge.terminology)) or differences(case, knowledge.protocol)
    except KnowledgeError as error:
        return [str(error)]
