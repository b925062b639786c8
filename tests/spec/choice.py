"""The steps by which one of several corticosteroid options is drafted, for the clinical specification."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.knowledge import load_knowledge

TITLE = "Which corticosteroid is drafted first"
ABOUT = """All options stay on the card with their sources. Of several verified ones that may be given now, the status
card drafts those that are left after these steps (`steroid_choice` of `decision_rules_2026.toml`). What waits for
something, such as a first dose of tocilizumab, is not drafted before. After a corticosteroid that has not helped (E2)
only what is known to be more is drafted; else nothing where what is left runs already, and another drug only if it is
known to be more. Whatever is drafted while a corticosteroid runs says in whose place it is given. The cases are under
[Which drugs are drafted](#which-drugs-are-drafted).
"""


def choice_chapter() -> Iterator[str]:
    """Each step with its reason and source."""
    yield from (f"## {TITLE}", "", ABOUT)
    for number, step in enumerate(load_knowledge().protocol.rules.decisions.steroid_choice.step, 1):
        says = step.says[:1].upper() + step.says[1:]
        yield f"{number}. **{says}**: {step.reason} ({step.provenance.source})."
    yield ""
