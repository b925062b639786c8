"""create_app: the only place where all parts are put together."""

from __future__ import annotations

import gc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from flask import Flask

from cds_service.access import callers_of, limits_of, visitor
from cds_service.adapters.database import Database
from cds_service.adapters.decision_log import DecisionLog
from cds_service.decision import Decider
from cds_service.fhir_mapping.codes import ICANS
from cds_service.fhir_mapping.data_requirements import requirements_of, windows_of
from cds_service.fhir_mapping.mapper import Mapper, MappingTables
from cds_service.hooks import SERVICES
from cds_service.hooks.blueprint import WIRING, blueprint, register_errors
from cds_service.hooks.log_line import record_calls
from cds_service.hooks.service import Wiring
from cds_service.knowledge import Choices, Knowledge, load_knowledge
from cds_service.outgoing import delivery_of
from cds_service.rendering.card import Presentation
from cds_service.rendering.wire.response import ResponseWriter
from cds_service.sandbox.registration import register_sandbox
from cds_service.server.bodies import BodyReader
from cds_service.server.concurrency import ConcurrencyLimit
from cds_service.server.headers import ANY, allow_origins, protect
from cds_service.server.slow_senders import SlowSenderLimit
from cds_service.settings import BYTES_A_MB, FULL, Settings
from cds_service.status import ATTRIBUTES, KNOWLEDGE
from cds_service.status import blueprint as status

# The searches of one call times the calls in progress in a process; the threads only wait.
_SEARCHES_A_CALL = 10


def create_app(settings: Settings, now: Callable[[], datetime] | None = None) -> Flask:
    """The service with these settings; `now` replaces the clock in tests.

    Raises KnowledgeError, and SettingsError if anyone could call.
    """
    app = Flask(__name__)
    # Each address has one form: a redirect to another would be built from the caller's Host header.
    app.url_map.merge_slashes = app.url_map.redirect_defaults = False
    app.config["MAX_CONTENT_LENGTH"] = int(settings.body_limit_mb * BYTES_A_MB)
    knowledge = knowledge_of(settings)
    wiring = app.extensions[WIRING] = _wiring(settings, knowledge, now or _now)
    record_calls(app, blueprint, wiring.log, wiring.now)
    app.register_blueprint(blueprint)
    register_errors(app)
    allow_origins(app, r"/cds-services.*", settings.cors_origin or ((ANY,) if settings.demo else ()))
    protect(app, https=not settings.demo)
    app.extensions[KNOWLEDGE] = knowledge
    app.register_blueprint(status)
    if settings.demo:
        register_sandbox(app, now or _now, visitor(settings))
    # What was read at the start is permanent: exempt it from garbage collection, which would delay answers.
    gc.collect()
    gc.freeze()
    return app


def knowledge_of(settings: Settings) -> Knowledge:
    """The tables for these settings. Raises KnowledgeError if one is wrong."""
    guideline = tuple(Path(file) for file in settings.guideline)
    choices = Choices(settings.other_scales, settings.language, settings.region, guideline, settings.edition)
    return load_knowledge(choices)


def decider_of(settings: Settings, knowledge: Knowledge) -> Decider:
    """The pure part with its tables, used by hooks, pages, replay and tests."""
    rules, drugs = knowledge.protocol.rules.decisions, knowledge.protocol.rules.drugs
    sedatives = drugs.sedatives | drugs.neuromuscular_blockers
    tables = MappingTables(
        terminology=knowledge.terminology,
        units=knowledge.units,
        therapies=knowledge.therapies,
        clock_tolerance=rules.time.clock_tolerance,
        history=rules.record.history,
        open_drip=rules.record.open_drip,
        windows=windows_of(knowledge.terminology, knowledge.therapies, sedatives, rules.record),
        zone=settings.zone,
        preliminary=settings.preliminary,
    )
    writer = ResponseWriter(
        presentation=_presentation(settings, knowledge),
        system=ICANS,
        codes=knowledge.codes,
        source_url=_source_url(settings, knowledge),
        knowledge=knowledge.fingerprint,
    )
    return Decider(Mapper(tables), knowledge.protocol, knowledge.terminology, writer)


def _presentation(settings: Settings, knowledge: Knowledge) -> Presentation:
    return Presentation(
        knowledge.wording,
        knowledge.leaflets.get(settings.language, knowledge.leaflets["en"]),
        settings.demo,
        {"wallet-card": settings.wallet_card_url, "handout": settings.handout_url},
        knowledge.site.contact,
        knowledge.leaflets,
        full_assessment=settings.full_assessment or settings.demo,
        full_detail=settings.card_detail == FULL,
    )


def _source_url(settings: Settings, knowledge: Knowledge) -> str:
    """The page with the sources of a card: our own, or the grading publication if clients cannot reach us."""
    return f"{settings.own_url}{ATTRIBUTES}" if settings.own_url else knowledge.protocol.rules.grading.edition.url


def _wiring(settings: Settings, knowledge: Knowledge, now: Callable[[], datetime]) -> Wiring:
    database, decider = Database(settings.store), decider_of(settings, knowledge)
    return Wiring(
        decider=decider,
        requirements=requirements_of(knowledge.terminology, knowledge.protocol.rules.decisions.record),
        callers=callers_of(settings, SERVICES, now, database),
        open_discovery=settings.open_discovery,
        limits=limits_of(settings),
        call_seconds=settings.call_seconds,
        draft_limit=settings.draft_limit,
        bodies=BodyReader(SlowSenderLimit(settings.body_seconds), settings.nesting_limit, settings.value_limit),
        concurrency=ConcurrencyLimit(settings.calls_at_once, settings.queue_seconds, settings.threads),
        delivery=delivery_of(settings, knowledge, database, decider.response),
        log=DecisionLog(settings.decision_log),
        pool=ThreadPoolExecutor(settings.threads * _SEARCHES_A_CALL, thread_name_prefix="fhir"),
        now=now,
        new_uuid=lambda: str(uuid4()),
    )


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  (the one clock; everything below gets the time as an argument)
