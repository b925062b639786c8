"""Drugs with an unreadable record, or an unreadable time (T8)."""

from collections import namedtuple
from datetime import UTC

# The time is between begin and end; None means no limit on that side. `given`: it certainly was given;
# then only the time is uncertain. `infusion`: it may be one. mg: of the dose, if that can be read.
UnreadDrug = namedtuple("UnreadDrug", "name begin end given infusion systemic mg")


def unread_drug(told):
    begin, end = told.get("from"), told.get("until")
    return UnreadDrug(
        told["drug"],
        begin.astimezone(UTC) if begin else None,
        end.astimezone(UTC) if end else None,
        bool(told.get("given")),
        told.get("infusion", True),
        told.get("systemic", True),
        told.get("mg"),
    )


def touches(drug, begin, end):
    """Whether its time may be in the window, limits included."""
    return (drug.end is None or drug.end >= begin) and (drug.begin is None or drug.begin <= end)


def lies_in(drug, begin, end):
    """Whether it was given, and every possible time is in the window."""
    return drug.given and None not in (drug.begin, drug.end) and begin <= drug.begin and drug.end <= end


def not_looked_up(records, begin, end):
    """The names of the drugs because of which a rule cannot know what was given in its window."""
    return sorted({u.name for u in records if touches(u, begin, end) and not lies_in(u, begin, end)})
