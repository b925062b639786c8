"""An application with the stories of these tests."""

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
from tests.sandbox.people import STORIES, TOLD


class Clock:
    """The present of the tests; it can be moved."""

    def __init__(self) -> None:
        self.moment = TOLD

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture(scope="session")
def demo() -> tuple[Flask, Clock]:
    """One application for all tests, and the clock that it reads."""
    clock = Clock()
    return create_app(Settings(demo=True), now=clock), clock


@pytest.fixture
def clock(demo: tuple[Flask, Clock]) -> Clock:
    """A present long after that of the stories."""
    clock = demo[1]
    clock.moment = TOLD + timedelta(days=100)
    return clock


@pytest.fixture
def app(demo: tuple[Flask, Clock], clock: Clock) -> Flask:
    """The demo with three patients of its own, as nobody has touched it yet."""
    app = demo[0]
    app.extensions[SANDBOX] = Sandbox(STORIES, clock)
    return app


@pytest.fixture
def web(app: Flask) -> FlaskClient:
    """A browser without scripts."""
    return app.test_client()


@pytest.fixture
def live(app: Flask) -> Iterator[str]:
    """The demo at an address of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
