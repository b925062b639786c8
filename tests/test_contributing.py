"""What CONTRIBUTING says is true: the listed files exist, a product needs only tables, no file is over the limit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from tests.builders import NOW, Json, alert, bundle, given, hook_request, ice, prefetch
from tests.documents import read, rows
from tests.parts import ROOT

PRODUCT, DOMAIN = "what to touch for a product", "what to touch for a domain"
# One of each kind that is in every file of its list.
KNOWN_PRODUCT, KNOWN_DOMAIN = "obecabtagene-autoleucel", "imaging"
PACKAGES = ("cds_service", "cards")
LONGEST, NEEDS_A_REASON = 400, 250  # lines
RECORD = ROOT / "docs" / "adr" / "0015-one-purpose-a-file.md"

NAME, SYSTEM, CODE = "madeupagene-autoleucel", "https://drugs.example", "MADE-UP-1"
VALUE_SET = {
    "resourceType": "ValueSet",
    "id": NAME,
    "title": "madeupagene autoleucel",
    "status": "active",
    "compose": {"include": [{"system": SYSTEM, "concept": [{"code": CODE, "display": "madeupagene autoleucel"}]}]},
}
PRODUCT_LINE = f"""
{NAME} = {{ name = "madeupagene autoleucel", short = "made-cel", therapy_class = "CAR-T", single_infusion = true }}
"""
LABEL_LINE = f"""[label]
{NAME} = {{ brand = "Madeupta", scale = "ASTCT", monitoring = {{ check = "daily", check_days = 9, near_days = 9 }} }}
"""
LABEL_ROW = f"""
[[row]]
action = "corticosteroid"
products = ["{NAME}"]
icans = [2]
regimens = [{{ drug = "dexamethasone", mg = [7], route = "IV", every_hours = [8] }}]
"""
FLUDARABINE_ROW = f"""
[[label]]
product = "{NAME}"
mg_per_m2 = 27
days = 3
"""
# Runs in the copy, so that it cannot use anything in the checkout.
SCRIPT = """
import json, sys
from datetime import datetime
from cds_service.app import create_app
from cds_service.settings import Settings

asked = json.load(sys.stdin)
app = create_app(Settings(demo=True), now=lambda: datetime.fromisoformat(asked["now"]))
print(app.test_client().post("/cds-services/icans-patient-view", json=asked["call"]).text)
"""


def listed(head: str) -> list[str]:
    """The files in a list."""
    return [cells[0].strip("`") for cells in rows(read(ROOT / "CONTRIBUTING.md"), head)]


@pytest.mark.parametrize(("head", "example"), [(PRODUCT, KNOWN_PRODUCT), (DOMAIN, KNOWN_DOMAIN)])
def test_every_listed_file_exists_and_has_the_example(head: str, example: str) -> None:
    places = [ROOT / place.replace("<product>", example) for place in listed(head)]

    assert 10 <= len(places)
    assert [] == [place.name for place in places if not place.exists() or example not in read(place)]


def test_every_table_with_products_is_in_the_list() -> None:
    tables = [*ROOT.glob("cds_service/clinical/guidelines/*/*.toml"), *ROOT.glob("cds_service/fhir_mapping/**/*.json")]
    knowing = {str(path.relative_to(ROOT)) for path in tables if KNOWN_PRODUCT in read(path) and not is_cases(path)}

    assert knowing <= {place.replace("<product>", KNOWN_PRODUCT) for place in listed(PRODUCT)}


def test_no_code_names_a_product() -> None:
    named = [path.name for path in ROOT.glob("cds_service/**/*.py") if KNOWN_PRODUCT in read(path)]

    assert [] == named


def is_cases(path: Path) -> bool:
    """Whether a file contains patients rather than knowledge."""
    return path.name.endswith(".cases.toml")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the service."""
    for package in PACKAGES:
        copytree(ROOT / package, tmp_path / package, ignore=ignore_patterns("__pycache__"))
    return tmp_path


def add_product(copy: Path) -> None:
    """Add a made-up product to every table of the list that has a line for CAR-T cells."""
    tables = copy / "cds_service" / "clinical" / "guidelines"
    value_set = copy / "cds_service" / "fhir_mapping" / "valuesets" / f"{NAME}.json"
    value_set.write_text(json.dumps(VALUE_SET))
    append(tables / "drugs" / "drugs_2026.toml", PRODUCT_LINE)
    replace_in(tables / "labels" / "us_2026.toml", "[label]\n", LABEL_LINE)
    append(tables / "labels" / "us_2026.toml", LABEL_ROW)
    append(tables / "fludarabine" / "fludarabine_us_2026.toml", FLUDARABINE_ROW)
    replace_in(tables / "risk" / "risk_factors_2026.toml", "cd28 = [", f'cd28 = ["{NAME}", ')


def append(table: Path, text: str) -> None:
    """Add a line or a row at the end of a table."""
    table.write_text(table.read_text() + text)


def replace_in(table: Path, old: str, new: str) -> None:
    """Replace the only occurrence of `old`."""
    text = table.read_text()
    assert 1 == text.count(old)
    table.write_text(text.replace(old, new))


def run(copy: Path, *arguments: str, given: str = "") -> str:
    """The output of a script that uses the service in the copy."""
    command = [sys.executable, *arguments]
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=copy, env=environment, input=given, capture_output=True, text=True, check=True
    ).stdout


def answer(copy: Path) -> Json:
    """The answer for a patient with grade 2 five days after the made-up product."""
    neuro, therapy = bundle(ice(5), alert()), bundle(given(CODE, 120, SYSTEM))
    asked = {"now": NOW.isoformat(), "call": hook_request(prefetch(neuro=neuro, therapy=therapy))}
    answered: Json = json.loads(run(copy, "-c", SCRIPT, given=json.dumps(asked)))
    return answered


def test_a_product_can_be_added_in_tables_alone(copy: Path) -> None:
    (before,) = answer(copy)["cards"]
    add_product(copy)

    (card,) = answer(copy)["cards"]

    assert "made-cel" not in before["summary"]
    assert "ICANS 2, new, CRS unknown (day 5, made-cel)" in card["summary"]
    assert "dexamethasone 7 mg IV every 8 h (Madeupta US label)" in card["detail"]
    assert "CD28 product" in json.dumps(card)
    known = run(copy, "-m", "cds_service", "check", "--product", NAME).splitlines()
    assert [
        f"ok     {NAME}: madeupagene autoleucel (made-cel), CAR-T",
        "       value set: 1 code",
        "       labels of eu: nothing",
        "       labels of us: Madeupta",
        "       labels of us (advice by grade): 1 row",
        "       labels of us (discharge): checks, staying near",
        "       fludarabine doses: 27 mg/m2 x 3 d",
        "       co-stimulation (risk): CD28",
    ] == known


def sources() -> Iterator[Path]:
    """The Python files of the product, its tests and its measurements."""
    for folder in (*PACKAGES, "tests", "bench"):
        yield from (ROOT / folder).glob("**/*.py")


def test_no_file_is_over_the_limit() -> None:
    lengths = {str(path.relative_to(ROOT)): len(read(path).splitlines()) for path in sources()}

    assert 300 <= len(lengths)
    assert {} == {name: lines for name, lines in lengths.items() if lines > LONGEST}


def test_a_long_file_has_its_reason_in_record_0015() -> None:
    reasons = {cells[0].strip("`"): cells[1] for cells in rows(read(RECORD), "file")}
    long = [str(path.relative_to(ROOT)) for path in sources() if len(read(path).splitlines()) > NEEDS_A_REASON]

    assert [] == [name for name in long if name.startswith(PACKAGES) and not reasons.get(name)]
    assert [] == [name for name in reasons if not (ROOT / name).is_file()]
