"""Coverage-guided fuzzing by atheris (libFuzzer): what reaches new code is changed further.

    python -m tests.fuzz.guided -max_total_time=60

Options are libFuzzer's. It stops at the first request that is answered wrongly and writes its body to a file; the first
byte of an input chooses the address.
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
    """One request; raises Wrong for an answer that must never be given."""
    if text:
        judge(call(APP, PATHS[text[0] % len(PATHS)], text[1:]))


def changed(text: bytes, longest: int, number: int) -> bytes:
    """A change that keeps most of the structure; libFuzzer's own where there is none."""
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
