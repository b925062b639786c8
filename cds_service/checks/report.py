"""What one check has seen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, in words; what is wrong; and what is right but wants attention.

    `notes` are for information: nothing needs to be done about them.
    """

    subject: str
    seen: str
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
