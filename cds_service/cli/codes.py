"""icans-cds codes: which drugs the codes of a hospital stand for, as lines for its site file."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click

from cds_service.adapters.rxnav import TIMEOUT_S, Found, RxNav
from cds_service.clinical.tables.names import Drug
from cds_service.errors import WrongFileError
from cds_service.fhir_mapping.codes import NDC, RXNORM, Code, normalised, usual_system
from cds_service.fhir_mapping.terminology import Dictionary
from cds_service.knowledge import load_knowledge
from cds_service.knowledge.products import load_products

SHORT = {"rxnorm": RXNORM, "ndc": NDC}
ASKED = frozenset({RXNORM, NDC})


class Line(NamedTuple):
    """A code and what became of it. `drug`: the name to map it to; empty if `why` says why there is none."""

    code: Code
    drug: str = ""
    why: str = ""


@click.command()
@click.option(
    "--from",
    "file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Codes, one a line as SYSTEM|CODE (or rxnorm|CODE, ndc|CODE), or the JSON report of `icans-cds doctor`.",
)
@click.option(
    "--terminology",
    required=True,
    metavar="URL",
    help="A terminology service with RxNav's interface, such as https://rxnav.nlm.nih.gov (see its terms of service).",
)
@click.option("--timeout", default=TIMEOUT_S, show_default=True, help="Seconds to wait for each answer.")
def codes(file: Path, terminology: str, timeout: float) -> None:
    """Ask a terminology service which drugs these codes of RxNorm and NDC are, and print lines for your site file.

    Review each line before you use it: a service knows ingredients, but not whether a product is an ointment. The codes
    in the file leave this machine; nothing else does. The CDS service itself never asks a terminology service.
    """
    service, known = RxNav(terminology, timeout), load_knowledge().terminology.drugs
    found: list[Line] = []
    wanted = list(dict.fromkeys(_read(file)))
    try:
        with click.progressbar(wanted, label=f"asking {terminology}", file=sys.stderr) as progress:
            found.extend(_looked_up(code, service, known) for code in progress)
    finally:
        # What was found before the service failed is worth having.
        click.echo("\n".join(_as_toml(found)))


def _read(file: Path) -> Iterator[Code]:
    """The codes of a file. Raises WrongFileError with the line that is none."""
    text = file.read_text(encoding="utf-8-sig")
    if text.lstrip().startswith("{"):
        yield from _of_report(file, text)
        return
    for number, line in enumerate(text.splitlines(), 1):
        system, bar, code = line.strip().rpartition("|")
        if line.strip() and not line.lstrip().startswith("#"):
            if not bar or not system.strip() or not code.strip():
                raise WrongFileError(file.name, f"line {number} is not SYSTEM|CODE")
            yield Code(SHORT.get(system.strip().lower(), system.strip()), code.strip())


def _of_report(file: Path, text: str) -> Iterator[Code]:
    """The unknown codes of a report, as far as they have a system."""
    try:
        unknown = json.loads(text)["unknown"]
        found = [Code(str(one.get("system") or ""), str(one.get("code") or "")) for one in unknown]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WrongFileError(file.name, "no report of `icans-cds doctor --json`: it has no list `unknown`") from error
    yield from (code for code in found if usual_system(code.system) in ASKED and code.code)


def _looked_up(code: Code, service: RxNav, known: Dictionary[Drug]) -> Line:
    drug = known.find([code])
    if drug is not None:
        return Line(code, why=f"recognised already: {drug}")
    left_out = next((one for one in load_products().left_out if normalised(one.code) == normalised(code)), None)
    if left_out is not None:
        return Line(code, why=f"left out on purpose: {left_out.reason}")
    if usual_system(code.system) not in ASKED:
        return Line(code, why="neither RxNorm nor NDC, so the service was not asked")
    return _judged(code, service.ingredients(code), known)


def _judged(code: Code, found: Found, known: Dictionary[Drug]) -> Line:
    """A combination and a drug that nothing asks for get no name."""
    if not found.ingredients:
        return Line(code, why=f"the service knows no ingredient (status {found.status})")
    names = " + ".join(one.name for one in found.ingredients)
    if len(found.ingredients) > 1:
        return Line(code, why=f"combination: {names}")
    drug = known.find([Code(RXNORM, found.ingredients[0].rxcui)])
    if drug is None:
        return Line(code, why=f"other drug: {names}")
    return Line(code, drug, f"{names}: review the form, a local one must not be mapped")


def _as_toml(lines: list[Line]) -> Iterator[str]:
    """`[codes]` by drug; what has none follows as comments."""
    yield "[codes]"
    for drug in sorted({line.drug for line in lines} - {""}):
        yield f"{drug} = ["
        for line in (one for one in lines if one.drug == drug):
            yield f"    [{_quoted(line.code.system)}, {_quoted(line.code.code)}], # {_comment(line.why)}"
        yield "]"
    for line in (one for one in lines if not one.drug):
        yield f"# {_comment(f'{line.code.system}|{line.code.code}')}: {_comment(line.why)}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=True)


def _comment(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
