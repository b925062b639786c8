"""What the decision log says of a call: figures and codes, nothing that was sent."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Any

from werkzeug.exceptions import HTTPException

from cds_service.adapters.decision_log import DecisionLog
from cds_service.clinical.crs import Crs
from cds_service.clinical.icans import Icans
from cds_service.decision import Decision
from cds_service.errors import RefusedError
from cds_service.hooks.delivery import Delivered
from cds_service.rendering.evaluation_json import instant

_MS_A_SECOND = 1000


class Record:
    """One call as it goes on. The id of the hook instance is not kept: a client may write anything into it."""

    def __init__(self, service: str, client: str, begun: datetime) -> None:
        """From now on the time of each stage is taken."""
        self._line: dict[str, Any] = {"time": instant(begun), "service": service, "client": client}
        self._milliseconds: dict[str, float] = {}
        self._begun = self._before = time.perf_counter()

    def stage(self, name: str) -> None:
        """What was done since the stage before."""
        now = time.perf_counter()
        self._milliseconds[name] = _rounded(now - self._before)
        self._before = now

    def decided(self, decision: Decision, knowledge: str) -> None:
        """What was found."""
        evaluation = decision.evaluation
        self._milliseconds.update({name: round(taken, 2) for name, taken in decision.milliseconds.items()})
        self._before = time.perf_counter()
        self._line["icans"] = _graded(evaluation.icans, evaluation.icans.all.lo, evaluation.icans.all.hi)
        self._line["crs"] = _graded(evaluation.crs, *evaluation.crs.range)
        self._line["gaps"] = dict(sorted(Counter(gap.kind for gap in evaluation.gaps).items()))
        self._line["knowledge"] = knowledge

    def delivered(self, delivered: Delivered) -> None:
        """What was told."""
        self.stage("deliver")
        self._line["cards"] = [
            {"uuid": card["uuid"], "topic": card["source"]["topic"]["code"], "indicator": card["indicator"]}
            for card in delivered.cards
        ]
        self._line |= {"shown": delivered.shown, "quieter": delivered.quieter, "remembered": delivered.remembered}

    def ended(self, status: int, problem: str = "") -> dict[str, Any]:
        """The line."""
        outcome = {"status": status, **({"problem": problem} if problem else {})}
        total = _rounded(time.perf_counter() - self._begun)
        return {**self._line, **outcome, "ms": {**self._milliseconds, "all": total}}


@contextmanager
def recorded(log: DecisionLog, service: str, client: str, begun: datetime) -> Iterator[Record]:
    """A call that is logged however it ends."""
    record, status, problem = Record(service, client, begun), int(HTTPStatus.INTERNAL_SERVER_ERROR), "exception"
    try:
        yield record
        status, problem = int(HTTPStatus.OK), ""
    except RefusedError as error:
        status, problem = error.status, error.code
        raise
    except HTTPException as error:
        status, problem = error.code or status, "http"
        raise
    finally:
        log.write(record.ended(status, problem))


def _graded(graded: Icans | Crs, lo: int, hi: int) -> dict[str, Any]:
    return {"lo": lo, "hi": hi, "certainty": str(graded.certainty)}


def _rounded(seconds: float) -> float:
    return round(seconds * _MS_A_SECOND, 2)
