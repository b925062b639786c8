"""From one call to the report on it: the same gathering, mapping, grading and rendering as for a clinician."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cds_service.clinical.facts.gap import GapKind
from cds_service.clinical.facts.patient import Need
from cds_service.clinical.status.attention import Attention
from cds_service.decision import Decider, Decision
from cds_service.doctor.found import understood
from cds_service.doctor.guess import guess
from cds_service.doctor.report import NotKnown, Problem, Report, SearchDone
from cds_service.doctor.server import WatchedServer, lacking
from cds_service.doctor.site_lines import line_of, site_file
from cds_service.fhir_mapping.data_requirements import Requirement
from cds_service.fhir_mapping.data_use import DataUse, Unknown, UnknownKind
from cds_service.fhir_mapping.gathered import Gathered
from cds_service.fhir_mapping.orders.drafts import Call
from cds_service.gather import gather
from cds_service.gather.outcome import Wanted
from cds_service.knowledge import Knowledge
from cds_service.rendering.wire.response import EXTENSION

_WHY = {
    Attention.ALWAYS: "a card, because the last dose is within the days in which there always is one (rule U1)",
    Attention.LATER: "a card, because something was charted, scored or treated after those days (rule U1)",
    Attention.NO_THERAPY: "a card, because there is a score or a grade, and no therapy is known (rule U1)",
    Attention.FAILED: "a card that says what did not arrive: nothing can be graded without it (docs/contract.md 1)",
    Attention.SILENT: "no card: no therapy within its days, no recent score, no charted grade (rule U1)",
}
# What is asked of a server beside the searches of the service: everything, and what it can do.
_BESIDE = 2
# Observations of any code that are looked at; more of a long stay have the same codes.
NEWEST = 500
_BY_ITSELF = frozenset({GapKind.SERVER_UNAVAILABLE, GapKind.NOT_PERMITTED, GapKind.INCOMPLETE})
# Kinds of unknown codes that always keep something of the record from being seen.
_ALWAYS_MATTERS = frozenset({UnknownKind.ANSWER, UnknownKind.UNIT})
_CALLED = {
    UnknownKind.ANSWER: "coded answers",
    UnknownKind.LINK_ID: "questions of questionnaires",
    UnknownKind.DRUG: "drugs",
    UnknownKind.CODE: "codes",
}
_CODED = frozenset({UnknownKind.ANSWER, UnknownKind.CODE, UnknownKind.DRUG})


@dataclass(frozen=True, slots=True)
class Examination:
    """What is needed to examine a record; `requirements`: those of the hook, as its server is asked for them."""

    knowledge: Knowledge
    decider: Decider
    requirements: tuple[Requirement, ...]
    pool: Executor
    as_of: datetime

    def report(self, wanted: Wanted, call: Call) -> Report:
        """The report on a call. Raises RefusedError if it cannot be answered."""
        server = wanted.server if isinstance(wanted.server, WatchedServer) else None
        with ThreadPoolExecutor(_BESIDE) as beside:
            unasked = beside.submit(self._unasked, wanted, server) if server else None
            able = beside.submit(self._unable, server) if server else None
            gathered = gather(wanted, self.requirements, self.as_of, self.pool)
            decision = self.decider.decide(gathered, self.as_of, call, lambda: "")
        uses = [decision.data_use, *([unasked.result()] if unasked else ())]
        unknown = tuple(_not_known(uses, self.knowledge))
        response = self.decider.response(decision)
        found = Report(
            subject="",
            as_of=self.as_of.isoformat(timespec="seconds"),
            understood=understood(gathered.resources, self.knowledge),
            unknown=unknown,
            keys=decision.data_use.keys,
            site_file=site_file(unknown),
            why=_WHY[decision.evaluation.attention],
            cards=tuple(response["cards"]),
            evaluation=response["extension"][EXTENSION],
            searches=tuple(server.done) if server else (),
        )
        return replace(found, problems=(*(able.result() if able else ()), *_problems(found, decision, gathered)))

    def _unable(self, server: WatchedServer) -> tuple[Problem, ...]:
        return tuple(lacking(server.capabilities(), self.requirements))

    def _unasked(self, wanted: Wanted, server: WatchedServer) -> DataUse:
        """What no search asks for, because it has no code that is known: among the newest Observations."""
        everything = Requirement(
            "everything",
            "Observation",
            need=Need.OBSERVATIONS,
            sort="date",
            count=NEWEST,
            window=self._window,
            date="date",
        )
        patient = [one for one in self.requirements if one.is_read]
        gathered = gather(
            replace(wanted, prefetch={}, server=replace(server, enough=NEWEST)),
            [*patient, everything],
            self.as_of,
            self.pool,
        )
        return self.decider.mapper.mapped(gathered, self.as_of).use

    @property
    def _window(self) -> Any:
        return self.knowledge.protocol.rules.decisions.record.history


def _not_known(uses: Sequence[DataUse], knowledge: Knowledge) -> Iterator[NotKnown]:
    """Each code once, with the larger of its counts; those with a guess first among their kind."""
    counts: dict[Unknown, int] = {}
    for use in uses:
        for unknown, number in use.not_understood:
            counts[unknown] = max(number, counts.get(unknown, 0))
    found = [NotKnown(one, number, guess(one, knowledge) if one.system else None) for one, number in counts.items()]
    order = list(UnknownKind)
    found.sort(
        key=lambda one: (one.guess is None, order.index(one.unknown.kind), not one.unknown.is_local, -one.number)
    )
    yield from (one._replace(toml=line_of(one.unknown, one.guess)) for one in found)


def _problems(report: Report, decision: Decision, gathered: Gathered) -> Iterator[Problem]:
    yield from _of_searches(report.searches)
    for gap in gathered.gaps:
        if gap.kind in _BY_ITSELF:
            text = f"{gap.concept}: {gap.kind}" + (f" ({gap.detail})" if gap.detail else "")
            yield Problem("error", text, "look at its search, and at what the token may read")
        elif gap.kind is GapKind.NOT_PROVIDED:
            yield Problem("warning", f"{gap.concept}: not provided", "send its prefetch, or name a FHIR server")
    yield from _unmapped(report.unknown)
    if decision.evaluation.attention is Attention.NO_THERAPY:
        yield Problem("error", "no CAR-T, TCR-T or engager was found", "map the code of the product, or its procedure")
    if not any(one.number for one in report.understood):
        yield Problem("error", "nothing in this record has a code that is known", "map your codes (docs/site-file.md)")


def _of_searches(searches: Iterable[SearchDone]) -> Iterator[Problem]:
    for one in searches:
        if one.failure:
            yield Problem("error", f"{urlsplit(one.query).path}: {one.failure}", "ask for it with the same token")


def _unmapped(found: Sequence[NotKnown]) -> Iterator[Problem]:
    """Codes that may be mapped, by kind, then each answer and unit of something known of which there is no guess."""
    guessed = Counter(one.unknown.kind for one in found if one.guess)
    for kind, number in guessed.items():
        text = f"not understood, and perhaps what the service looks for: {number} {_CALLED[kind]}"
        yield Problem("warning", text, "review the lines to paste")
    for one in found:
        if one.guess is None and one.unknown.kind in _ALWAYS_MATTERS:
            unknown = one.unknown
            named = f"{unknown.kind} of {unknown.concept} not understood, {one.number} times: {unknown.code}"
            shown = f" “{unknown.display}”" if unknown.display else ""
            yield Problem("warning", named + shown, "map it in your site file, or send another (docs/site-file.md)")
    if any(not one.unknown.system and one.unknown.kind in _CODED for one in found):
        yield Problem("warning", "codes without a system cannot be mapped", "send the system with each code")
