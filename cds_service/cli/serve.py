"""icans-cds serve: the service in the foreground, by gunicorn."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from cds_service.access import check_access
from cds_service.adapters.database import DEFAULT_FILE
from cds_service.app import create_app, knowledge_of
from cds_service.cli.listening import listening
from cds_service.errors import SettingsError
from cds_service.hooks import SERVICES
from cds_service.outgoing import check_outgoing
from cds_service.server.gunicorn_log import QuietLogger
from cds_service.server.headers import headers_for
from cds_service.server.worker import worker_with
from cds_service.settings import HELP, PREFIX, Settings, authority

_STOP_SECONDS = 5
# Below the 1024 files that a process may usually have open, with those of searches.
_CONNECTIONS = 512
# What the head of a request may be; of all of it together: worker.LARGEST_HEAD.
_LINE_BYTES, _FIELDS, _FIELD_BYTES = 4094, 100, 8190
_IDLE_SECONDS = 2


class _Server(BaseApplication):
    """gunicorn with threads: sync workers would wait for FHIR servers one call at a time."""

    def __init__(self, settings: Settings, bind: str) -> None:
        """A demo has a store that all its processes share and that ends with it."""
        self._bind = bind
        self._passing = mkdtemp(prefix="icans-cds-") if settings.demo and not settings.store else None
        store = settings.store or str(Path(self._passing or "") / DEFAULT_FILE)
        self._settings = settings.changed({"store": store})
        super().__init__()

    def check(self) -> None:
        """Raise SettingsError for what cannot work, before there are processes that would fail one by one."""
        try:
            check_outgoing(self._settings, SERVICES)
        except SettingsError:
            self._forget()
            raise

    def load_config(self) -> None:
        """Nothing of a request is logged."""
        settings = self._settings
        options: dict[str, Any] = {
            "bind": self._bind,
            "workers": settings.workers,
            "threads": settings.threads,
            "worker_class": worker_with(settings.header_seconds, headers_for(https=not settings.demo)),
            "http_parser": "python",
            "worker_connections": _CONNECTIONS,
            "keepalive": _IDLE_SECONDS,
            "limit_request_line": _LINE_BYTES,
            "limit_request_fields": _FIELDS,
            "limit_request_field_size": _FIELD_BYTES,
            # What a proxy says of the connection before it decides nothing here, so nobody is believed.
            "forwarded_allow_ips": "",
            "forwarder_headers": "",
            "graceful_timeout": _STOP_SECONDS,
            "loglevel": "warning",
            "logger_class": QuietLogger,
            "when_ready": self._announce,
            "on_exit": lambda _: self._forget(),
            "control_socket_disable": True,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, in each worker after the fork: sessions and threads are its own."""
        return create_app(self._settings)

    def _announce(self, arbiter: Any) -> None:
        """Called before there are workers, which are told the port that was found for them."""
        host, port = arbiter.LISTENERS[0].sock.getsockname()[:2]
        self._settings = self._settings.changed({"port": port})
        demo = " (demo, not for patients)" if self._settings.demo else ""
        click.echo(f"ICANS CDS{demo} at http://{authority(host, port)}/")

    def _forget(self) -> None:
        """Only the process that has all others as children calls this."""
        if self._passing is not None:
            rmtree(self._passing, ignore_errors=True)


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """One option a setting, each with the variable that sets it too."""
    defaults = Settings()
    for field in reversed(fields(Settings)):
        default = getattr(defaults, field.name)
        flag = f"--{field.name.replace('_', '-')}"
        shown = (
            "" if default in ((), "") else f"; default {str(default).lower() if isinstance(default, bool) else default}"
        )
        text = f"{HELP[field.name]} [{PREFIX}{field.name.upper()}{shown}]"
        if isinstance(default, bool):
            option = click.option(f"{flag}/--no-{flag[2:]}", field.name, default=None, help=text)
        else:
            option = click.option(flag, field.name, multiple=isinstance(default, tuple), default=None, help=text)
        command = option(command)
    return command


@click.command()
@_options
def serve(**given: Any) -> None:
    """Serve CDS Hooks until SIGTERM.

    Needs --clients and --public-url, or --demo to try it out without authentication; with both, a demo that
    authenticates its callers.
    """
    chosen = {name: value for name, value in given.items() if value not in (None, ())}
    environ = os.environ  # noqa: TID251  (the edge of the program)
    settings = Settings.from_env(environ).changed(chosen)
    check_access(settings, SERVICES)
    knowledge_of(settings)
    server = _Server(settings, listening(settings, environ))
    server.check()
    server.run()
