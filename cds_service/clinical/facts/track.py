"""Records in order of time, with lookups by time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Generic, Protocol, TypeVar

_by_time = attrgetter("time")


class _Timed(Protocol):
    @property
    def time(self) -> datetime: ...


T = TypeVar("T", bound=_Timed)


class Track(Generic[T]):
    """An immutable sequence of timed records, oldest first."""

    __slots__ = ("records", "times")

    def __init__(self, records: Iterable[T] = ()) -> None:
        """Sort `records`; those with the same time keep their order."""
        self.records: tuple[T, ...] = tuple(sorted(records, key=_by_time))
        self.times: list[datetime] = [record.time for record in self.records]

    def __iter__(self) -> Iterator[T]:
        return iter(self.records)

    def __bool__(self) -> bool:
        return bool(self.records)

    def until(self, moment: datetime) -> tuple[T, ...]:
        """The records at or before `moment`."""
        return self.records[: bisect_right(self.times, moment)]

    def within(self, span: timedelta, moment: datetime) -> tuple[T, ...]:
        """The records of the last `span`, both limits included."""
        if not self.records:
            return ()
        return self.records[bisect_left(self.times, moment - span) : bisect_right(self.times, moment)]

    def newest(self, moment: datetime) -> T | None:
        """The last record at or before `moment`."""
        index = bisect_right(self.times, moment)
        return self.records[index - 1] if index else None
