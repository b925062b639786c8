"""The sandbox of an application: its stories, their store, and when they started."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from flask import current_app

from cds_service.adapters.clients import Client
from cds_service.adapters.fhir_client import AllowedServers
from cds_service.sandbox.fhir.store import Store
from cds_service.sandbox.stories.orders import read_orders
from cds_service.sandbox.stories.seed import shifted
from cds_service.sandbox.stories.story import Story

SANDBOX = "icans-sandbox"
VISITOR = Client("demo", "", AllowedServers(loopback=True))


class Override(NamedTuple):
    """An override of a card: when, and why in words; `reason` is empty if none was given."""

    time: datetime
    reason: str


class Sandbox:
    """The stories, moved to the present at startup and at each restart."""

    def __init__(self, stories: Sequence[Story], now: Callable[[], datetime], visitor: Client = VISITOR) -> None:
        """Start the stories. `visitor`: the client as which its pages call the services."""
        self.visitor = visitor
        self.stories = {story.slug: story for story in stories}
        self.orders = read_orders()
        self.now = now
        self.store = Store(now)
        # Keyed by the basis of the card: it is shown again as soon as that changes.
        self.overridden: dict[str, Override] = {}
        self.restart()

    @property
    def started(self) -> datetime:
        """When the stories started."""
        return self.store.since

    def restart(self) -> None:
        """Start all stories again; created resources are deleted, and overridden cards are shown again."""
        present = self.now()
        self.overridden.clear()
        self.store.load(shifted(story.bundle, present) for story in self.stories.values())


def sandbox() -> Sandbox:
    """The sandbox of the current application."""
    found: Sandbox = current_app.extensions[SANDBOX]
    return found
