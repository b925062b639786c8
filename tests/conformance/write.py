"""Write docs/conformance.md: `make docs`. With --check, report mistakes and change nothing."""

from __future__ import annotations

import contextlib
import io

import click

from tests.conformance.checklist import mistakes, proofs, sections
from tests.conformance.document import DOCUMENT, conformance


@click.command()
@click.option("--check", is_flag=True, help="only say what is wrong")
def main(check: bool) -> None:
    """Write the document, or fail with the mistakes."""
    with contextlib.redirect_stdout(io.StringIO()):
        proven = proofs()
    checklist = sections()
    wrong = list(mistakes(checklist, proven))
    text = conformance(checklist, proven)
    if not check:
        DOCUMENT.write_text(text, encoding="utf-8")
    elif not DOCUMENT.is_file() or text != DOCUMENT.read_text(encoding="utf-8"):
        wrong.append("docs/conformance.md is not up to date: run `make docs` (python -m tests.conformance.write)")
    if wrong:
        raise click.ClickException("\n".join(wrong))


if __name__ == "__main__":
    main()
