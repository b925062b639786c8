"""The sandbox of one application: its stories, its memory, and when the stories began."""

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
    """That a card was overridden: when, and why in words; `reason` is empty where none was given."""

    time: datetime
    reason: str


class Sandbox:
    """The stories, brought into the present at the start and whenever somebody starts them again."""

    def __init__(self, stories: Sequence[Story], now: Callable[[], datetime], visitor: Client = VISITOR) -> None:
        """Start the stories. `visitor`: for whom its pages call the services."""
        self.visitor = visitor
        self.stories = {story.slug: story for story in stories}
        self.orders = read_orders()
        self.now = now
        self.store = Store(now)
        # By what the card rests on: it comes back as soon as that changes.
        self.overridden: dict[str, Override] = {}
        self.restart()

    @property
    def started(self) -> datetime:
        """When the stories began."""
        return self.store.since

    def restart(self) -> None:
        """Begin all stories now; what was created is gone, and every card is back."""
        present = self.now()
        self.overridden.clear()
        self.store.load(shifted(story.bundle, present) for story in self.stories.values())


def sandbox() -> Sandbox:
    """The sandbox of the application that answers."""
    found: Sandbox = current_app.extensions[SANDBOX]
    return found
