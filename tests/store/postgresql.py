"""A separate PostgreSQL server for the tests, on loopback, with a free port and a temporary folder."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from tests.parts import postgres

# PostgreSQL refuses to run as root; Debian's package creates this user.
USER = "postgres"


class Postgresql:
    """A running server; it can be stopped and started again."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder, self._port = folder, port
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, database: str) -> str:
        """The address of a database of this server."""
        return f"postgresql://icans@127.0.0.1:{self._port}/{database}"

    def new_database(self, name: str) -> str:
        """Create an empty database; returns its address."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
        return self.url(name)

    def start(self) -> None:
        """Start the server without waiting for the disk, because the data need not survive."""
        place = ["-D", str(self._folder), "-h", "127.0.0.1", "-p", str(self._port), "-k", ""]
        command = [postgres("postgres"), "-F", *place]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL, **_as_user())
        for _ in range(200):
            with suppress(psycopg.OperationalError):
                psycopg.connect(self.url("postgres")).close()
                return
            time.sleep(0.05)
        raise RuntimeError("PostgreSQL did not start")

    def stop(self) -> None:
        """Stop the server at once, as if it had crashed."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(60)


@contextmanager
def serving() -> Iterator[Postgresql]:
    """A server that stops at the end of the block."""
    folder = Path(tempfile.mkdtemp(prefix="icans-postgresql-"))
    if os.geteuid() == 0:
        shutil.chown(folder, USER, USER)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [postgres("initdb"), "-D", str(folder), "-U", "icans", "-A", "trust", "-E", "UTF8", "--no-locale"]
    subprocess.run([*command, "--no-sync"], check=True, stdout=subprocess.DEVNULL, cwd="/", **_as_user())
    server = Postgresql(folder, port)
    try:
        server.start()
        yield server
    finally:
        try:
            server.stop()
        finally:
            shutil.rmtree(folder)


def _as_user() -> dict[str, Any]:
    return {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}
