"""`python -m tests.proof`: the whole proof with its counts; the exit code is 1 if anything is wrong."""

from __future__ import annotations

import sys
import time

import click

from cds_service.knowledge import load_knowledge
from tests.proof.chapters import chapters
from tests.proof.proof import Count


def main() -> int:
    """Go through every chapter, then print the counts."""
    protocol, began, counts = load_knowledge().protocol, time.monotonic(), {}
    with click.progressbar(chapters(), file=sys.stderr, item_show_func=lambda one: one.name if one else "") as bar:
        for chapter in bar:
            counts[chapter.name] = chapter.go_through(protocol)
    for name, count in counts.items():
        _say(name, count)
    scenarios, neighbours, wrong = zip(*counts.values(), strict=True)
    total = Count(sum(scenarios), sum(neighbours), [problem for each in wrong for problem in each])
    _say("all", total)
    for problem in total.wrong:
        click.echo(problem)
    click.echo(f"{len(total.wrong)} wrong, {time.monotonic() - began:.0f} s")
    return int(bool(total.wrong))


def _say(name: str, count: Count) -> None:
    click.echo(f"{name:<52}{count.scenarios:>8,} combinations {count.neighbours:>8,} neighbours")


if __name__ == "__main__":
    raise SystemExit(main())
