"""The demo with the stories of these tests."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from cds_service.app import create_app
from cds_service.sandbox.sandbox import SANDBOX, Sandbox
from cds_service.settings import Settings
from tests.sandbox.people import STORIES, STORY_PRESENT


class Clock:
    """A clock that the tests can set."""

    def __init__(self) -> None:
        self.moment = STORY_PRESENT

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture(scope="session")
def demo() -> tuple[Flask, Clock]:
    """One application for all tests, and its clock."""
    clock = Clock()
    return create_app(Settings(demo=True), now=clock), clock


@pytest.fixture
def clock(demo: tuple[Flask, Clock]) -> Clock:
    """A clock set long after the present of the stories."""
    clock = demo[1]
    clock.moment = STORY_PRESENT + timedelta(days=100)
    return clock


@pytest.fixture
def app(demo: tuple[Flask, Clock], clock: Clock) -> Flask:
    """The demo with three patients, in its initial state."""
    app = demo[0]
    app.extensions[SANDBOX] = Sandbox(STORIES, clock)
    return app


@pytest.fixture
def web(app: Flask) -> FlaskClient:
    """A client that runs no scripts."""
    return app.test_client()


@pytest.fixture
def live(app: Flask) -> Iterator[str]:
    """The demo at its own address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
