"""Built from the settings: what is shown, what is stored and what is logged."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any

from cds_service.adapters.alert_memory import AlertMemory, forget_everything
from cds_service.adapters.database import Database
from cds_service.adapters.decision_log import DecisionLog
from cds_service.adapters.feedback_store import FeedbackStore
from cds_service.decision import Decision
from cds_service.errors import SettingsError, StoreUnavailableError
from cds_service.hooks.delivery import Delivery
from cds_service.hooks.repeats import Repeats
from cds_service.knowledge import Knowledge
from cds_service.settings import Settings


def check_outgoing(settings: Settings, services: Collection[str]) -> None:
    """Check the settings before anything is started. Raises SettingsError for an impossible service, store or log."""
    strange = sorted(set(settings.silent) - set(services))
    if strange:
        raise SettingsError(
            f"ICANS_SILENT: {', '.join(strange)}: no such service; known services: {', '.join(services)}"
        )
    Database(settings.store).close()
    DecisionLog(settings.decision_log).close()


def delivery_of(
    settings: Settings, knowledge: Knowledge, database: Database, response: Callable[[Decision], dict[str, Any]]
) -> Delivery:
    """The delivery of answers; a memory that is switched off is emptied. `response` writes what is sent."""
    policy, silent = knowledge.repetition, frozenset(settings.silent)
    if not settings.quieter_repeats:
        with suppress(StoreUnavailableError):
            forget_everything(database)
        return Delivery(response, FeedbackStore(database), silent=silent)
    memory = AlertMemory(database, settings.repeat_key, policy.longest)
    return Delivery(response, FeedbackStore(database, memory), Repeats(memory, policy, knowledge.wording), silent)
