"""A long run: `make fuzz`, or `python -m tests.fuzz --requests 1000000`."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from tests.fuzz.attempts import Attempt, Attempts
from tests.fuzz.target import ALLOWANCE_SECONDS, CALL_SECONDS, HANG_SECONDS, Answer, Hang, Wrong, alarm, judge

PAGE_BYTES, BYTES_A_MB = os.sysconf("SC_PAGE_SIZE"), 1024 * 1024
# A busy disk is not the subject of the test.
MEMORY = Path("/dev/shm")
# After this many requests every cache is full; growth of memory is measured from here on.
WARM = 20_000
GROWTH = 1.10
# Requests between two lines of progress in a log, where a bar cannot be drawn.
SHOWN = 25_000
# On a busy machine a call may wait for the processor; a real hang happens again.
TRIES = 3


class Tally:
    """The results of all requests so far, in little memory."""

    def __init__(self) -> None:
        self.statuses: defaultdict[tuple[str, str], Counter[int]] = defaultdict(Counter)
        self._took: Counter[int] = Counter()
        self.longest, self.late = 0.0, 0

    def add(self, attempt: Attempt, status: int, seconds: float) -> None:
        self.statuses[attempt.path, attempt.kind][status] += 1
        self._took[int(seconds * 10_000)] += 1
        self.longest = max(self.longest, seconds)

    @property
    def total(self) -> int:
        """The number of requests so far."""
        return self._took.total()

    def percentile(self, share: float) -> float:
        """A percentile of the response time in milliseconds, to one decimal."""
        left = share * self.total
        for tenths in sorted(self._took):
            left -= self._took[tenths]
            if left <= 0:
                return tenths / 10
        return 0.0


def memory_mb() -> float:
    """The memory that this process uses now, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES / BYTES_A_MB


def answered(attempts: Attempts, number: int, tally: Tally) -> tuple[Attempt, Answer, float]:
    """The request with this number, its answer, and the seconds it took. Raises Hang if it is late every time."""
    for left in reversed(range(TRIES)):
        # A new attempt, because a token is accepted only once.
        attempt = attempts.of(number)
        begun = time.perf_counter()
        alarm(HANG_SECONDS)
        try:
            answer = attempts.send(number, attempt)
            if not (left and b"ICANS_CALL_SECONDS" in answer.body):
                return attempt, answer, time.perf_counter() - begun
        except Hang:
            if not left:
                raise
        finally:
            alarm(0)
        tally.late += 1
    raise AssertionError


@click.command()
@click.option("--requests", default=100_000, show_default=True, help="how many")
@click.option("--seed", default=1, show_default=True, help="another seed, other requests")
@click.option("--first", default=0, show_default=True, help="number of the first request; with --requests 1: just that")
@click.option("--save", type=click.Path(path_type=Path), default=Path("fuzz-failure.json"), show_default=True)
def main(requests: int, seed: int, first: int, save: Path) -> None:
    """Send slightly wrong requests; fail on a 5xx, a hang, an error without a reason, or growing memory."""
    # One line for each refused token: they are written, then discarded.
    log = logging.getLogger("cds_service")
    log.addHandler(logging.NullHandler())
    log.propagate = False
    with TemporaryDirectory(prefix="icans-fuzz-", dir=MEMORY if MEMORY.is_dir() else None) as folder:
        attempts = Attempts(Path(folder), seed)
        tally, begun, at_start = Tally(), time.monotonic(), memory_mb()
        numbers = range(first, first + requests)
        with click.progressbar(numbers, label="requests", width=0, update_min_steps=500) as shown:
            for number in shown:
                try:
                    attempt, answer, seconds = answered(attempts, number, tally)
                    judge(answer)
                except (Wrong, Hang, Exception) as error:
                    raise click.ClickException(failure(attempts, number, error, save)) from error
                tally.add(attempt, answer.status, seconds)
                if number - first == WARM:
                    at_start = memory_mb()
                if not sys.stdout.isatty() and tally.total % SHOWN == 0:
                    click.echo(f"{tally.total:,} requests, {memory_mb():.0f} MB, {tally.late} late")
        report(tally, time.monotonic() - begun, at_start, warm=requests > WARM)


def failure(attempts: Attempts, number: int, error: BaseException, save: Path) -> str:
    """Describe the failure of a request and save its body."""
    attempt = attempts.of(number)
    save.write_bytes(attempt.body)
    what = f"request {number} to {attempt.path} ({attempt.kind})"
    return f"{what}: {type(error).__name__}: {error}; its body is in {save}"


def report(tally: Tally, seconds: float, at_start: float, *, warm: bool) -> None:
    """Print the figures; exit with 1 if the memory grew."""
    at_end, total = memory_mb(), tally.total
    click.echo(f"{total:,} requests in {seconds:,.0f} s, {total / seconds:,.0f} a second, none with 5xx, none hung")
    for (path, kind), statuses in sorted(tally.statuses.items()):
        told = ", ".join(f"{status}: {number:,}" for status, number in sorted(statuses.items()))
        click.echo(f"  {path} ({kind}) {told}")
    click.echo(
        f"time: p50 {tally.percentile(0.5):.1f} ms, p99 {tally.percentile(0.99):.1f} ms, "
        f"longest {tally.longest * 1000:.0f} ms"
    )
    click.echo(
        f"hang: more than {CALL_SECONDS:g} s for the call and {ALLOWANCE_SECONDS:g} s for the machine, {TRIES} times; "
        f"{tally.late} were late and, sent again, not late"
    )
    since = f"after {WARM:,} requests" if warm else "at the start"
    click.echo(f"memory: {at_start:.0f} MB {since}, {at_end:.0f} MB at the end")
    if warm and at_end > at_start * GROWTH:
        click.echo("memory grew by more than 10 %", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
