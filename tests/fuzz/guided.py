"""Coverage-guided fuzzing with atheris (libFuzzer): an input that reaches new code is mutated further.

    python -m tests.fuzz.guided -max_total_time=60

The options are libFuzzer's. It stops at the first wrong answer and writes the body of the request to a file; the first
byte of an input selects the address.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["cds_service"]):
    from tests.fuzz.corpus import seeds
    from tests.fuzz.mutation import mutated
    from tests.fuzz.target import call, judge, service

APP = service()
CORPUS = seeds(APP)
PATHS = sorted({seed.path for seed in CORPUS})
BODIES = [seed.body for seed in CORPUS]
LONGEST = 64 * 1024


def one_input(text: bytes) -> None:
    """Send one request. Raises Wrong for an answer that must never be given."""
    if text:
        judge(call(APP, PATHS[text[0] % len(PATHS)], text[1:]))


def changed(text: bytes, longest: int, number: int) -> bytes:
    """A mutation that keeps most of the structure, or libFuzzer's own if the input has none."""
    try:
        return text[:1] + mutated(text[1:], Random(number), BODIES)[: longest - 1]
    except ValueError:
        return atheris.Mutate(text, longest)


def main() -> None:
    """Fuzz from the requests that are answered with 200."""
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(CORPUS):
            Path(folder, str(number)).write_bytes(bytes([PATHS.index(seed.path)]) + seed.body)
        atheris.Setup([*sys.argv, f"-max_len={LONGEST}", "-timeout=10", folder], one_input, custom_mutator=changed)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
