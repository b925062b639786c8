"""Drugs whose record cannot be read, or not when they were given (T8)."""

from collections import namedtuple
from datetime import UTC

# begin and end hold every moment that the record may have; None has no limit on that side. `given`: it certainly was;
# then only when is uncertain. `infusion`: it may be one. mg: of the dose, where that can be read.
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
    """Whether one of its moments may lie in the window, limits included."""
    return (drug.end is None or drug.end >= begin) and (drug.begin is None or drug.begin <= end)


def lies_in(drug, begin, end):
    """Whether it was given, and every moment it may have lies in the window."""
    return drug.given and None not in (drug.begin, drug.end) and begin <= drug.begin and drug.end <= end


def not_looked_up(records, begin, end):
    """By name, the records that keep a rule from knowing what was given in its window."""
    return sorted({u.name for u in records if touches(u, begin, end) and not lies_in(u, begin, end)})
