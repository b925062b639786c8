"""The steps by which one of several corticosteroid options is drafted, for the clinical specification."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.knowledge import load_knowledge

TITLE = "Which corticosteroid is drafted first"
ABOUT = """All options stay on the card with their sources. Of several verified options that may be given now, the
status card drafts those that remain after these steps (`steroid_choice` of `decision_rules_2026.toml`). An option that
waits for something, such as a first dose of tocilizumab, is not drafted until then. After a corticosteroid that has not
helped (E2) only an option known to be more is drafted. Otherwise nothing is drafted if the remaining option is already
running, and another drug only if it is known to be more. A draft made while a corticosteroid is running says which drug
it replaces. The cases are under
[Which drugs are drafted](#which-drugs-are-drafted).
"""


def choice_chapter() -> Iterator[str]:
    """The chapter: each step with its reason and source."""
    yield from (f"## {TITLE}", "", ABOUT)
    for number, step in enumerate(load_knowledge().protocol.rules.decisions.steroid_choice.step, 1):
        says = step.says[:1].upper() + step.says[1:]
        yield f"{number}. **{says}**: {step.reason} ({step.provenance.source})."
    yield ""
