"""docs/conformance.md: each requirement of the protocol with the tests that prove it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.conformance.checklist import PREFIX, Proof, Proofs, Requirement, Section
from tests.parts import ROOT

DOCUMENT = ROOT / "docs" / "conformance.md"
HEAD = """# Conformance with CDS Hooks

What CDS Hooks 2.0.1 requires of a service, what the 3.0 ballot adds, and the tests that prove each point. Written by
`make docs` from `tests/conformance/requirements.toml` and from the marks of the tests, such as
`@pytest.mark.requirement("hooks:D1")`. Every requirement has a test in `tests/blackbox` that calls the running service
over HTTP, in demo mode without tokens and as a client that signs; a requirement without such a test fails the tests.

*client* is a duty of the caller that the service relies on, *own* a rule of this project, *CRD* a rule of the Da Vinci
guide that settles what the specification leaves open, *3.0* a requirement found only in the ballot text.
"""


def conformance(checklist: Iterable[Section], proven: Proofs) -> str:
    """Return the document."""
    return "\n".join([HEAD, *(line for section in checklist for line in _chapter(section, proven))])


def _chapter(section: Section, proven: Proofs) -> Iterator[str]:
    yield from (f"## {section.title}", "", "| id | level | asks | proven by |", "|---|---|---|---|")
    for entry in section.requirement:
        shown = "<br>".join(_grounds(entry, proven.get(f"{PREFIX}{entry.id}", ())))
        yield f"| {entry.id} | {entry.level} | {entry.says} | {shown} |"
    yield ""


def _grounds(entry: Requirement, tests: Iterable[Proof]) -> Iterator[str]:
    yield from (f"[{test.sentence}](../{test.file})" for test in tests)
    if entry.note:
        yield f"*{entry.note}*"
