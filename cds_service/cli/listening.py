"""The socket that the service listens on, open before gunicorn starts."""

from __future__ import annotations

import errno
import socket
from collections.abc import Mapping

from cds_service.errors import SettingsError
from cds_service.settings import Settings, authority, named

# Connections that may wait to be accepted, as gunicorn has it.
_BACKLOG = 2048
# Who hands gunicorn its sockets, if somebody does: systemd, or the process that this one replaces (SIGUSR2).
_HANDED = frozenset({"LISTEN_FDS", "GUNICORN_FD"})


def listening(settings: Settings, environ: Mapping[str, str]) -> str:
    """The address for gunicorn to bind: a socket that listens already, unless it is handed one.

    gunicorn itself would try a port in use for five seconds, and complain each time. Raises SettingsError.
    """
    host, port = settings.host, settings.port
    return authority(host, port) if _HANDED & environ.keys() else f"fd://{_opened(host, port)}"


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
    reason = str(error.strerror).partition(" (while")[0]  # what Python adds is the address once more
    return f"cannot listen with {named('host')} {host} and {named('port')} {port}: {reason}"
