"""The decision log's line for a call: numbers and codes, nothing from the request."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, Response, g, request

from cds_service.adapters.decision_log import DecisionLog
from cds_service.adapters.feedback_store import Receipt
from cds_service.clinical.grading.crs import Crs
from cds_service.clinical.grading.domain import Icans
from cds_service.decision import Decision
from cds_service.fhir_mapping.data_use import DataUse
from cds_service.hooks.delivery import Delivered
from cds_service.rendering.wire.evaluation import instant
from cds_service.rendering.wire.values import ask_json, logged_reasons

_MS_A_SECOND = 1000
# Logged instead of a path that matches no route, because such a path may contain anything.
OTHER = "other"


class LogLine:
    """One call in progress; holds no free text from the client, such as the path or the hook instance id."""

    def __init__(self, begun: datetime, route: str) -> None:
        """Start timing the stages."""
        self._line: dict[str, Any] = {"time": instant(begun), "route": route}
        self._milliseconds: dict[str, float] = {}
        self.problem = ""
        self._begun = self._before = time.perf_counter()

    def asked_by(self, client: str) -> None:
        """Record the client, once authenticated."""
        self._line["client"] = client

    def asked_of(self, service: str) -> None:
        """Record the service called."""
        self._line["service"] = service

    def received(self, receipt: Receipt, refused: int) -> None:
        """Record how much feedback was stored and refused."""
        self._line |= {"received": receipt.received, "new": receipt.new, "refused": refused}

    def stage(self, name: str) -> None:
        """Record the time since the previous stage."""
        now = time.perf_counter()
        self._milliseconds[name] = _rounded(now - self._before)
        self._before = now

    def decided(self, decision: Decision) -> None:
        """Record the decision."""
        evaluation = decision.evaluation
        self._milliseconds.update({name: round(taken, 2) for name, taken in decision.milliseconds.items()})
        self._before = time.perf_counter()
        self._line["icans"] = _graded(evaluation.icans, evaluation.icans.all.lo, evaluation.icans.all.hi)
        self._line["crs"] = _graded(evaluation.crs, *evaluation.crs.range)
        if decision.answer.ask is not None:
            self._line["ask"] = ask_json(decision.answer.ask)
        self._line["gaps"] = dict(sorted(Counter(str(gap.kind) for gap in evaluation.gaps).items()))
        self._line["data"] = _used(decision.data_use)
        self._line["knowledge"] = decision.knowledge

    def delivered(self, delivered: Delivered) -> None:
        """Record what was sent."""
        self.stage("deliver")
        self._line["cards"] = [
            {
                "uuid": card.uuid,
                "topic": card.topic,
                "indicator": card.indicator.value,
                "reasons": logged_reasons(card.urgency),
            }
            for card in delivered.cards
        ]
        self._line |= {"shown": delivered.shown, "quieter": delivered.quieter, "remembered": delivered.remembered}

    def ended(self, status: int) -> dict[str, Any]:
        """The finished line."""
        outcome = {"status": status, **({"problem": self.problem} if self.problem else {})}
        total = _rounded(time.perf_counter() - self._begun)
        return {**self._line, **outcome, "ms": {**self._milliseconds, "all": total}}


def record_calls(app: Flask, routes: Blueprint, log: DecisionLog, now: Callable[[], datetime]) -> None:
    """Log every call of these routes, however it ends, even if it never reached a service.

    A CORS preflight is not logged: it requests nothing.
    """

    @app.before_request
    def _begin() -> None:
        path, own = request.path, str(routes.url_prefix)
        if request.method != "OPTIONS" and (path == own or path.startswith(f"{own}/")):
            view = app.view_functions.get(request.endpoint or "")
            g.record = LogLine(now(), view.__name__ if view else OTHER)

    @app.after_request
    def _end(response: Response) -> Response:
        record: LogLine | None = g.pop("record", None)
        if record is not None:
            log.write(record.ended(response.status_code))
        return response


def failed(problem: str) -> None:
    """Record the kind of problem that a call ended with, as one of our own codes."""
    if "record" in g:
        g.record.problem = problem


def _used(use: DataUse) -> dict[str, Any]:
    """Counts only: no code that was sent, for it may be anything."""
    unknown: Counter[str] = Counter()
    for one, number in use.not_understood:
        unknown[one.kind] += number
    received, used = sum(key.received for key in use.keys), sum(key.used for key in use.keys)
    return {"received": received, "used": used, "notUnderstood": dict(sorted(unknown.items()))}


def _graded(graded: Icans | Crs, lo: int, hi: int) -> dict[str, Any]:
    return {"lo": lo, "hi": hi, "certainty": str(graded.certainty)}


def _rounded(seconds: float) -> float:
    return round(seconds * _MS_A_SECOND, 2)
