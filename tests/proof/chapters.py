"""The chapters of the proof, in order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from cds_service.clinical.tables.guideline import Protocol
from tests.proof import whole
from tests.proof.proof import Count, go_through, go_through_arithmetic, go_through_patients, go_through_status
from tests.proof.spaces import SPACES, STATUS_SPACES


class Chapter(NamedTuple):
    """One space, one product of spaces, or the arithmetic."""

    name: str
    go_through: Callable[[Protocol], Count]


def chapters() -> tuple[Chapter, ...]:
    """All chapters."""
    return (
        *(Chapter(space.name, partial(go_through, space)) for space in SPACES),
        *(Chapter(one.name, partial(go_through_status, one)) for one in STATUS_SPACES),
        Chapter("whole adults", partial(go_through_patients, whole.adults, alone=True)),
        Chapter("whole children", partial(go_through_patients, whole.children, alone=True)),
        *(
            Chapter(
                f"whole patients with {name}", partial(go_through_patients, partial(whole.modified, name), alone=False)
            )
            for name in whole.MODIFIERS
        ),
        Chapter("the arithmetic of ranges and causes", go_through_arithmetic),
    )
