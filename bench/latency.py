"""Latency of one process compared with its floor in the same run: python -m bench.latency."""

from __future__ import annotations

import http.client
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench import workload

PATH = "/cds-services/icans-patient-view"
SERVERS = {"floor": "bench.floor:app", "icans-cds": "bench.service:app"}


@contextmanager
def serving(application: str) -> Iterator[int]:
    """Gunicorn with one process and one thread on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--threads", "1", "--no-control-socket"]
    with subprocess.Popen([*command, "--log-level", "error", application]) as server:
        try:
            _wait(port)
            yield port
        finally:
            server.terminate()


def _wait(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")


def caller(port: int) -> Callable[[bytes], float]:
    """A function that calls the service over one connection and returns the seconds that the call took."""
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def call(body: bytes) -> float:
        begun = time.perf_counter()
        connection.request("POST", PATH, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        took = time.perf_counter() - begun
        if answer.status != http.client.OK:
            raise RuntimeError(f"the service answered {answer.status}")
        return took

    return call


def measured(
    callers: dict[str, Callable[[bytes], float]], body: bytes, rounds: int, what: str
) -> dict[str, list[float]]:
    """Measure the servers alternately, so that a machine that slows down affects both."""
    times: dict[str, list[float]] = {name: [] for name in callers}
    for number in track(range(rounds + 20), description=what):
        for name, call in callers.items():
            took = call(body)
            if number >= 20:
                times[name].append(took * 1000)
    return times


@click.command()
@click.option("--rounds", default=300, show_default=True, help="calls of each server that count")
def main(rounds: int) -> None:
    """Print p50 and p95 of a small and of a realistic request, and the ratio to the floor."""
    now = workload.present()
    table = Table("request", "server", "p50 ms", "p95 ms", "p50 to floor")
    with ExitStack() as stack:
        callers = {name: caller(stack.enter_context(serving(app))) for name, app in SERVERS.items()}
        for what, body in (("small", workload.small(now)), ("realistic", workload.realistic(now))):
            times = measured(callers, body, rounds, f"{what}, {len(body) / 1000:.0f} kB")
            ratios = [ours / floor for ours, floor in zip(times["icans-cds"], times["floor"], strict=True)]
            for name, taken in times.items():
                p95 = statistics.quantiles(taken, n=20)[-1]
                ratio = f"{statistics.median(ratios):.2f}" if name == "icans-cds" else "1"
                table.add_row(what, name, f"{statistics.median(taken):.2f}", f"{p95:.2f}", ratio)
    Console().print(table)


if __name__ == "__main__":
    main()
