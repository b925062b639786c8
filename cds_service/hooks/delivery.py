"""What becomes of an answer on its way out: what is shown is remembered, so that feedback can be understood later."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cds_service.adapters.feedback_store import FeedbackStore, ShownCard
from cds_service.decision import EXTENSION
from cds_service.errors import StoreUnavailableError

log = logging.getLogger(__name__)


def remember(answer: dict[str, Any], client: str, time: datetime, store: FeedbackStore) -> bool:
    """Keep what is shown, without the patient; whether that worked. A clinician gets the cards all the same."""
    try:
        store.remember(tuple(_shown(answer, client, time)))
    except StoreUnavailableError as error:
        log.error("cards are shown that feedback will not be matched to: %s", error)  # noqa: TRY400  (no traceback)
        return False
    return True


def _shown(answer: dict[str, Any], client: str, time: datetime) -> Iterator[ShownCard]:
    evaluation = answer["extension"][EXTENSION]
    for card in answer["cards"]:
        yield ShownCard(
            card=card["uuid"],
            time=time,
            client=client,
            service=evaluation["service"],
            topic=card["source"]["topic"]["code"],
            indicator=card["indicator"],
            certainty=evaluation["icans"]["certainty"],
            grade=evaluation["icans"].get("grade"),
            knowledge=evaluation["knowledge"],
        )
