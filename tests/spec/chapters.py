"""docs/clinical-specification.md: every case as a line that a clinician can read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from cds_service.cases.case import Case, CaseFile, read_cases
from cds_service.knowledge import GUIDELINES

DOCUMENT = Path(__file__).parents[2] / "docs" / "clinical-specification.md"
AXI_CEL = (("5 d", "axicabtagene-ciloleucel"),)
HEAD = """# Clinical specification

What the service says of which patient. Every line is a case that is run at each change and by `icans-cds check`;
this document is written from the cases by `make docs`. Change a case in `cds_service/clinical/guidelines/`, or write
your own as [cases.md](cases.md) shows. The rules are in [decision-rules.md](decision-rules.md).

How to read a line: *given* lists what is on record and how long ago, `5 d axicabtagene-ciloleucel` being given to an
adult of 60 years unless it says otherwise; *expected* lists what the answer must say, and is silent on the rest.
`exact 2` is a grade; `at-least 3 up to 4` a floor with a range; `cannot-grade up to 4` no grade;
`needs-attribution 2` a grade only if nothing else explains the findings.
"""


def specification() -> str:
    """The whole document."""
    files = sorted(source for source in GUIDELINES.iterdir() if source.name.endswith(".cases.toml"))
    chapters = [line for file in files for line in _chapter(read_cases(file))]
    return "\n".join([HEAD, *chapters]) + "\n"


def _chapter(file: CaseFile) -> Iterator[str]:
    yield from (f"## {file.title}", "", file.about, "")
    by_rule: defaultdict[str, list[Case]] = defaultdict(list)
    for case in file.case:
        by_rule[case.rules[0]].append(case)
    for rule in sorted(by_rule):
        yield from (f"### {rule}", "", "| case | given | expected | rules, source |", "|---|---|---|---|")
        yield from (_row(case) for case in by_rule[rule])
        yield ""


def _row(case: Case) -> str:
    cells = (case.name, "; ".join(_given(case)), "; ".join(_expected(case)), "; ".join(_grounds(case)))
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _given(case: Case) -> Iterator[str]:
    yield from _person(case)
    if case.doses != AXI_CEL:
        yield ", ".join(f"{row[0]} {row[1]}{_details(row, 2)}" for row in case.doses) or "no dose on record"
    yield from (f"{row[0]} infusion date {row[1]} ago{_details(row, 2)}" for row in case.infusion_dates)
    yield from (f"{row[0]} {row[1]} {row[2]}{_details(row, 3)}" for row in case.records)
    yield from (f"{row[0]} {row[1]}{_details(row, 2)}" for row in case.drugs)


def _person(case: Case) -> Iterator[str]:
    if case.born != "1966-01-01":
        yield f"born {case.born}" if case.born else "birth date unknown"
    yield from (name for name in ("deceased", "ambulatory") if getattr(case, name))
    if not case.drugs_checked:
        yield "drugs not looked up"
    if case.failed:
        yield f"did not arrive: {', '.join(case.failed)}"
    if not case.other_scales:
        yield "other scales switched off"


def _details(row: tuple[Any, ...], length: int) -> str:
    told = [f"{name} {value}" for name, value in (row[length].items() if len(row) > length else ())]
    return f" ({', '.join(told)})" if told else ""


def _expected(case: Case) -> Iterator[str]:
    for field in fields(case.expect):
        value = getattr(case.expect, field.name)
        if value is not None and (value not in ((), {}) or field.name in ("decided_by", "doses")):
            yield f"{field.name.replace('_', ' ')}: {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name} {one}" for name, one in value.items())
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _grounds(case: Case) -> Iterator[str]:
    yield ", ".join(case.rules)
    if case.source:
        yield case.source
    if case.hazard:
        yield f"hazard {', '.join(case.hazard)}"
