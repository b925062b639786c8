"""docs/clinical-specification.md: every case as a line that a clinician can read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.resources.abc import Traversable

from cds_service.cases.case import NOW, Case, CaseFile, read_cases
from cds_service.knowledge.editions import case_files
from tests.documents import anchor_of, read
from tests.parts import ROOT
from tests.spec.choice import TITLE as CHOICE
from tests.spec.choice import choice_chapter
from tests.spec.nuances import nuance_chapter
from tests.spec.provenance import TITLE, provenance_chapter
from tests.spec.rows import row_of

DOCUMENT = ROOT / "docs" / "clinical-specification.md"
RULES = "decision-rules.md"
# Grading comes before advice.
FIRST = ("astct_", "decision_rules_")
HEAD = f"""# Clinical specification

What the service says about which patient. Every line is a case that is run at every change and by
`.venv/bin/icans-cds check`; this document is written from the cases by `make docs`. Change a case in
`cds_service/clinical/guidelines/`, or write your own as [cases.md](cases.md) shows. The rules are in
[decision-rules.md](decision-rules.md), the hazards that a case guards against in [hazards.md](hazards.md).

How to read a line: *on record* lists what the chart holds and how long ago it was. Unless it says otherwise, the
patient is a man of 60 years who had axi-cel 5 days ago; the present is {NOW:%Y-%m-%d}. *Expected* is what the answer
must say; anything not named is not checked. `exact 2` is a grade; `at-least 3 up to 4` is a floor, and how high it may
be; `cannot-grade up to 4` is no grade; `needs-attribution 2` is a grade only if nothing else explains the findings.
Ranges such as `0..3` are what a single domain proves and does not exclude.
"""


def specification() -> str:
    """Return the document."""
    files = [read_cases(source) for source in sorted(case_files(), key=_place)]
    contents = [f"- [{file.title}](#{anchor_of(file.title)}), {len(file.case)} cases" for file in files]
    contents += [f"- [{title}](#{anchor_of(title)})" for title in (CHOICE, TITLE)]
    chapters = [line for file in files for line in _chapter(file)]
    return "\n".join([HEAD, *contents, "", *chapters, *choice_chapter(), *nuance_chapter(), *provenance_chapter(), ""])


def _place(source: Traversable) -> int:
    return next((number for number, start in enumerate(FIRST) if source.name.startswith(start)), len(FIRST))


def _chapter(file: CaseFile) -> Iterator[str]:
    """Sections and rules in the order of the decision rules."""
    yield from (f"## {file.title}", "", file.about, "")
    by_rule: defaultdict[str, list[Case]] = defaultdict(list)
    for case in file.case:
        by_rule[case.rules[0]].append(case)
    for section in (*_sections(), ""):
        rules = sorted((rule for rule in by_rule if _section_of(rule) == section), key=lambda rule: (len(rule), rule))
        if rules and section:
            yield from (f"### [{section}]({RULES}#{anchor_of(section)})", "")
        for rule in rules:
            yield from (f"#### {rule}", "", "| case | on record | expected | rules, source |", "|---|---|---|---|")
            yield from (row_of(case) for case in by_rule[rule])
            yield ""


def _section_of(rule: str) -> str:
    """The section of a rule such as D3; empty if it is not one of our rules."""
    return next((section for section in _sections() if re.fullmatch(rf"{section[0]}\d*", rule)), "")


@cache
def _sections() -> list[str]:
    """The headings of the decision rules: "T. Time, therapy, course" and so on."""
    return re.findall(r"^## (\w\. .+)$", read(DOCUMENT.parent / RULES), re.MULTILINE)
