"""The arithmetic alone: both readings combine every range of every domain with every set of explained domains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from types import SimpleNamespace

from cds_service.clinical.grading.attribution import LATE
from cds_service.clinical.grading.domain import Domain, Icans
from cds_service.clinical.tables.grade import Range
from tests.proof.readings import Answer, answer_of, second_answer_of
from tests.proof.scenarios import NOW
from tests.second_reading.domains import conclude

Bounds = tuple[int, int]
# The sets of domains that causes can explain: rules A2 and A3 name exactly these.
EXPLAINED = (
    (),
    ("score",),
    ("consciousness",),
    ("score", "consciousness"),
    ("score", "consciousness", "seizure"),
    ("score", "consciousness", "seizure", "motor", "raised-icp", "imaging"),
)


def combinations(seen: Mapping[str, set[Bounds]]) -> Iterator[tuple[Answer, Answer]]:
    """Both answers for every combination of the ranges that the domains can have."""
    for explained in EXPLAINED:
        axes = [
            [_domain(name, bounds, name in explained) for bounds in sorted(ranges)] for name, ranges in seen.items()
        ]
        for domains in product(*axes):
            yield answer_of(Icans.of(NOW, domains)), _second(domains, set(explained))


def _domain(name: str, bounds: Bounds, explained: bool) -> Domain:
    """One domain. At 0 it is not marked as explained, because there is nothing to explain (A4)."""
    by = (LATE,) if explained and bounds[0] else ()
    return Domain("ice" if name == "score" else name, Range(*bounds), explained_by=by)


def _second(domains: tuple[Domain, ...], explained: set[str]) -> Answer:
    moment = SimpleNamespace(instrument="ice", decided_by=[], if_attributable=None)
    ranges = {"score" if domain.name == "ice" else domain.name: tuple(domain.range) for domain in domains}
    conclude(moment, ranges, explained)
    return second_answer_of(moment)
