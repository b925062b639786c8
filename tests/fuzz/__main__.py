"""A long run: `make fuzz`, or `python -m tests.fuzz --requests 1000000`."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

import click

from tests.fuzz.corpus import seeds
from tests.fuzz.mutation import mutated
from tests.fuzz.target import HANG_SECONDS, Hang, Wrong, alarm, call, judge, service

PAGE_BYTES, BYTES_A_MB = os.sysconf("SC_PAGE_SIZE"), 1024 * 1024
# Requests after which every cache is full: memory is compared from there on.
WARM = 20_000
GROWTH = 1.10
# In a log, where a bar cannot be drawn.
SHOWN = 25_000


class Tally:
    """What came of all requests so far, in little memory."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self._took: Counter[int] = Counter()
        self.longest = 0.0

    def add(self, status: int, seconds: float) -> None:
        self.statuses[status] += 1
        self._took[int(seconds * 10_000)] += 1
        self.longest = max(self.longest, seconds)

    def percentile(self, share: float) -> float:
        """Milliseconds, to a tenth."""
        left = share * self.statuses.total()
        for tenths in sorted(self._took):
            left -= self._took[tenths]
            if left <= 0:
                return tenths / 10
        return 0.0


def memory_mb() -> float:
    """What this process has in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES / BYTES_A_MB


@click.command()
@click.option("--requests", default=100_000, show_default=True, help="how many")
@click.option("--seed", default=1, show_default=True, help="another seed, other requests")
@click.option("--first", default=0, show_default=True, help="number of the first request; with --requests 1: just that")
@click.option("--save", type=click.Path(path_type=Path), default=Path("fuzz-failure.json"), show_default=True)
def main(requests: int, seed: int, first: int, save: Path) -> None:
    """Send requests made a little wrong; fail on a 5xx, a hang, an error without a reason, or growing memory."""
    app = service()
    corpus = seeds(app)
    others = [seed.body for seed in corpus]
    tally, begun, at_start = Tally(), time.monotonic(), memory_mb()
    with click.progressbar(range(first, first + requests), label="requests", width=0, update_min_steps=500) as numbers:
        for number in numbers:
            random = Random(f"{seed}/{number}")
            path, body = random.choice(corpus)
            body = mutated(body, random, others)
            started = time.perf_counter()
            alarm(HANG_SECONDS)
            try:
                answer = call(app, path, body)
                judge(answer)
            except (Wrong, Hang, Exception) as error:
                save.write_bytes(body)
                text = f"request {number} to {path}: {type(error).__name__}: {error}; its body is in {save}"
                raise click.ClickException(text) from error
            finally:
                alarm(0)
            tally.add(answer.status, time.perf_counter() - started)
            if number - first == WARM:
                at_start = memory_mb()
            if not sys.stdout.isatty() and tally.statuses.total() % SHOWN == 0:
                click.echo(f"{tally.statuses.total():,} requests, {memory_mb():.0f} MB")
    report(tally, time.monotonic() - begun, at_start, warm=requests > WARM)


def report(tally: Tally, seconds: float, at_start: float, *, warm: bool) -> None:
    """Print the figures; exit with 1 if memory grew."""
    at_end, total = memory_mb(), tally.statuses.total()
    click.echo(f"{total:,} requests in {seconds:,.0f} s, {total / seconds:,.0f} a second, none with 5xx, none hung")
    click.echo("statuses: " + ", ".join(f"{status}: {number:,}" for status, number in sorted(tally.statuses.items())))
    click.echo(
        f"time: p50 {tally.percentile(0.5):.1f} ms, p99 {tally.percentile(0.99):.1f} ms, "
        f"longest {tally.longest * 1000:.0f} ms"
    )
    since = f"after {WARM:,} requests" if warm else "at the start"
    click.echo(f"memory: {at_start:.0f} MB {since}, {at_end:.0f} MB at the end")
    if warm and at_end > at_start * GROWTH:
        click.echo("memory grew by more than 10 %", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
