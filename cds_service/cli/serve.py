"""icans-cds serve: run the service in the foreground with gunicorn."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Mapping
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
from cds_service.errors import SettingsError
from cds_service.hooks import SERVICES
from cds_service.outgoing import check_outgoing
from cds_service.server.headers import headers_for
from cds_service.server.worker import QuietLogger, worker_with
from cds_service.settings import HELP, PREFIX, Settings, authority, named

# Connections that may wait to be accepted: gunicorn's default.
_BACKLOG = 2048
# The variables by which systemd, or the process that this one replaces (SIGUSR2), passes its sockets on.
_PASSED_SOCKETS = frozenset({"LISTEN_FDS", "GUNICORN_FD"})


def listening(settings: Settings, environ: Mapping[str, str]) -> str:
    """The address for gunicorn to bind: an open socket, unless gunicorn has been given one.

    gunicorn itself would retry a port in use for five seconds and log each attempt. Raises SettingsError.
    """
    host, port = settings.host, settings.port
    return authority(host, port) if _PASSED_SOCKETS & environ.keys() else f"fd://{_opened(host, port)}"


def _opened(host: str, port: int) -> int:
    six = ":" in host
    family = socket.AF_INET6 if six else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG, dualstack_ipv6=six).detach()
    except OSError as error:
        raise SettingsError(_why(error, host, port)) from error


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{named('port')}: {port} is in use on {host}; choose another, or 0 for any free port"
    reason = str(error.strerror).partition(" (while")[0]  # without the address that Python adds
    return f"cannot listen with {named('host')} {host} and {named('port')} {port}: {reason}"


_STOP_SECONDS = 5
# Leaves room for searches within the usual limit of 1024 open files per process.
_CONNECTIONS = 512
# Limits within the head of a request; for the limit of the whole head see worker.LARGEST_HEAD.
_LINE_BYTES, _FIELDS, _FIELD_BYTES = 4094, 100, 8190
_IDLE_SECONDS = 2


class _Server(BaseApplication):
    """gunicorn with threads: sync workers would wait for FHIR servers one call at a time."""

    def __init__(self, settings: Settings, bind: str) -> None:
        """A demo's store is shared by its processes and deleted when it ends."""
        self._bind = bind
        self._temporary = mkdtemp(prefix="icans-cds-") if settings.demo and not settings.store else None
        store = settings.store or str(Path(self._temporary or "") / DEFAULT_FILE)
        self._settings = settings.changed({"store": store})
        super().__init__()

    def check(self) -> None:
        """Raise SettingsError for settings that cannot work, before worker processes fail one by one."""
        try:
            check_outgoing(self._settings, SERVICES)
        except SettingsError:
            self._forget()
            raise

    def load_config(self) -> None:
        """Log nothing about requests."""
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
            # Headers by which a proxy describes the original connection are not used, so none are trusted.
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
        """Create the application in each worker after the fork, so that each has its own sessions and threads."""
        return create_app(self._settings)

    def _announce(self, arbiter: Any) -> None:
        """Called before the workers start; passes on the port that was found."""
        host, port = arbiter.LISTENERS[0].sock.getsockname()[:2]
        self._settings = self._settings.changed({"port": port})
        demo = " (demo, not for patients)" if self._settings.demo else ""
        click.echo(f"ICANS CDS{demo} at http://{authority(host, port)}/")

    def _forget(self) -> None:
        """Delete the demo's store; called only by the parent of all other processes."""
        if self._temporary is not None:
            rmtree(self._temporary, ignore_errors=True)


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """One option per setting, each with the variable that sets it too."""
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
