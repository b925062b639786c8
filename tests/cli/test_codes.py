"""icans-cds codes, against a real server that answers as RxNav documents."""

from __future__ import annotations

import json
import threading
import time
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cds_service.cli import commands, main
from cds_service.knowledge.site import load_site

RXNORM, NDC = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://hl7.org/fhir/sid/ndc"


def related(*ingredients: tuple[str, str]) -> dict[str, Any]:
    properties = [{"rxcui": code, "name": name, "synonym": "", "tty": "IN"} for code, name in ingredients]
    group = {"tty": "IN", "conceptProperties": properties} if properties else {"tty": "IN"}
    return {"relatedGroup": {"rxcui": None, "termType": ["IN"], "conceptGroup": [group]}}


def history(status: str, defined: list[dict[str, str]] | None = None, **derived: Any) -> dict[str, Any]:
    return {
        "rxcuiStatusHistory": {
            "metaData": {"status": status},
            "definitionalFeatures": {"ingredientAndStrength": defined or []},
            "derivedConcepts": derived,
        }
    }


ANSWERS: dict[str, Any] = {
    "/REST/rxcui/900001/related.json?tty=IN": related(("8782", "propofol")),
    "/REST/rxcui/900002/related.json?tty=IN": related(("7804", "oxycodone"), ("161", "acetaminophen")),
    "/REST/rxcui/900003/related.json?tty=IN": related(("6918", "metoprolol")),
    "/REST/rxcui/900004/related.json?tty=IN": related(),
    "/REST/rxcui/900004/historystatus.json": history("Remapped", remappedConcept=[{"remappedRxCui": "900005"}]),
    "/REST/rxcui/900005/related.json?tty=IN": related(("3264", "dexamethasone")),
    "/REST/rxcui/900006/related.json?tty=IN": {"relatedGroup": None},
    "/REST/rxcui/900006/historystatus.json": history("Obsolete", [{"baseRxcui": "6960", "baseName": "midazolam"}]),
    "/REST/rxcui/900007/related.json?tty=IN": related(),
    "/REST/rxcui/900007/historystatus.json": history("Unknown"),
    "/REST/rxcui/900008/related.json?tty=IN": related(),
    "/REST/rxcui/900008/historystatus.json": history("Remapped", remappedConcept=[{"remappedRxCui": "900008"}]),
    "/REST/rxcui/900009/related.json?tty=IN": related(),
    "/REST/rxcui/900009/historystatus.json": history("Quantified", quantifiedConcept={"quantifiedRxcui": "900001"}),
    "/REST/ndcstatus.json?ndc=11111-222-33": {"ndcStatus": {"status": "ACTIVE", "rxcui": "900001"}},
    "/REST/ndcstatus.json?ndc=99999-999-99": {"ndcStatus": {"status": "UNKNOWN", "rxcui": ""}},
}


class RxNav:
    """A server on this machine; `asked`: the paths in their order; `special`: answers of another kind, by path."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.special: dict[str, tuple[int, bytes, float]] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                status, body, wait = outer.special.get(self.path) or outer.usual(self.path)
                time.sleep(wait)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def usual(self, path: str) -> tuple[int, bytes, float]:
        return (200, json.dumps(ANSWERS[path]).encode(), 0) if path in ANSWERS else (404, b"", 0)


@pytest.fixture
def rxnav() -> Iterator[RxNav]:
    fake = RxNav()
    thread = threading.Thread(target=fake.server.serve_forever, daemon=True)
    thread.start()
    yield fake
    fake.server.shutdown()
    fake.server.server_close()


def asked(rxnav: RxNav, tmp_path: Path, text: str, *more: str, name: str = "codes.txt") -> Result:
    file = tmp_path / name
    file.write_text(text)
    return CliRunner().invoke(commands, ["codes", "--from", str(file), "--terminology", rxnav.address, *more])


def test_a_product_gets_a_line_for_the_site_file(rxnav: RxNav, tmp_path: Path) -> None:
    text = f"# from the pharmacy\n\n{RXNORM}|900001\nrxnorm|900004\nndc|11111-222-33\nrxnorm|900006\nrxnorm|900009\n"
    result = asked(rxnav, tmp_path, text)

    assert 0 == result.exit_code, result.output
    lines = tomllib.loads(result.stdout)["codes"]
    assert {
        "propofol": [[RXNORM, "900001"], [NDC, "11111-222-33"], [RXNORM, "900009"]],
        "dexamethasone": [[RXNORM, "900004"]],
        "midazolam": [[RXNORM, "900006"]],
    } == lines
    assert "review the form, a local one must not be mapped" in result.stdout


def test_the_lines_can_be_pasted_into_a_site_file(rxnav: RxNav, tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text(asked(rxnav, tmp_path, "rxnorm|900001\n").stdout)

    assert {"propofol"} == set(load_site([site]).codes)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("rxnorm|900002", "combination: oxycodone + acetaminophen"),
        ("rxnorm|900003", "other drug: metoprolol"),
        ("rxnorm|900007", "the service knows no ingredient (status Unknown)"),
        ("rxnorm|900008", "the service knows no ingredient (status Remapped)"),
        ("ndc|99999-999-99", "the service knows no ingredient (status UNKNOWN)"),
        ("rxnorm|1116927", "recognised already: dexamethasone"),
        ("rxnorm|42844", "left out on purpose: brand of left-out products"),
        ("urn:local|7", "neither RxNorm nor NDC, so the service was not asked"),
    ],
)
def test_a_code_without_a_line_is_told_with_the_reason(rxnav: RxNav, tmp_path: Path, line: str, why: str) -> None:
    result = asked(rxnav, tmp_path, f"{line}\n")

    assert (0, {"codes": {}}) == (result.exit_code, tomllib.loads(result.stdout))
    assert f": {why}\n" in result.stdout


def test_what_is_known_or_not_theirs_is_not_asked(rxnav: RxNav, tmp_path: Path) -> None:
    asked(rxnav, tmp_path, "rxnorm|1116927\nrxnorm|42844\nurn:local|7\n")

    assert [] == rxnav.asked


def test_a_code_is_asked_once(rxnav: RxNav, tmp_path: Path) -> None:
    asked(rxnav, tmp_path, "rxnorm|900001\nrxnorm|900001\n")

    assert ["/REST/rxcui/900001/related.json?tty=IN"] == rxnav.asked


def test_the_unknown_codes_of_a_report_are_asked(rxnav: RxNav, tmp_path: Path) -> None:
    unknown = [
        {"kind": "code", "system": "urn:oid:2.16.840.1.113883.6.88", "code": "900001", "display": "x", "count": 2},
        {"kind": "code", "system": "urn:local", "code": "900002"},
        {"kind": "unit", "code": "900003"},
    ]
    result = asked(rxnav, tmp_path, json.dumps({"unknown": unknown}), name="report.json")

    assert {"propofol": [["urn:oid:2.16.840.1.113883.6.88", "900001"]]} == tomllib.loads(result.stdout)["codes"]


@pytest.mark.parametrize("text", ["{}", "{", '{"unknown": 3}', '{"unknown": [3]}'])
def test_a_file_that_is_no_report_is_refused(rxnav: RxNav, tmp_path: Path, text: str) -> None:
    result = asked(rxnav, tmp_path, text)

    assert "codes.txt: no report of `icans-cds doctor --json`" in str(result.exception)


@pytest.mark.parametrize("text", ["900001", "|900001", "rxnorm|"])
def test_a_line_that_is_no_code_is_refused_with_its_number(rxnav: RxNav, tmp_path: Path, text: str) -> None:
    result = asked(rxnav, tmp_path, f"rxnorm|1116927\n{text}\n")

    assert "codes.txt: line 2 is not SYSTEM|CODE" == str(result.exception)
    assert [] == rxnav.asked


def test_a_service_that_fails_is_named_and_what_was_found_is_kept(rxnav: RxNav, tmp_path: Path) -> None:
    rxnav.special["/REST/rxcui/900003/related.json?tty=IN"] = (500, b"", 0)
    result = asked(rxnav, tmp_path, "rxnorm|900001\nrxnorm|900003\n")

    assert f"{rxnav.address} answered 500 to /REST/rxcui/900003/related.json?tty=IN" == str(result.exception)
    assert {"propofol": [[RXNORM, "900001"]]} == tomllib.loads(result.stdout)["codes"]


@pytest.mark.parametrize(
    ("special", "said"),
    [
        ((403, b"", 0), "refused (403): too many requests, or its terms were not met"),
        ((200, b"<html>", 0), "did not answer with JSON: has it RxNav's interface?"),
        ((302, b"", 0), "answered 302"),
        ((200, b"{}", 1), "did not answer within 0.2 s"),
    ],
)
def test_another_failure_is_told(rxnav: RxNav, tmp_path: Path, special: tuple[int, bytes, float], said: str) -> None:
    rxnav.special["/REST/rxcui/900001/related.json?tty=IN"] = special
    result = asked(rxnav, tmp_path, "rxnorm|900001\n", "--timeout", "0.2")

    assert 0 != result.exit_code
    assert said in str(result.exception)


def test_an_answer_that_is_no_object_knows_nothing(rxnav: RxNav, tmp_path: Path) -> None:
    rxnav.special["/REST/rxcui/900001/related.json?tty=IN"] = (200, b"[]", 0)
    rxnav.special["/REST/rxcui/900001/historystatus.json"] = (200, b"null", 0)

    assert "the service knows no ingredient (status Unknown)" in asked(rxnav, tmp_path, "rxnorm|900001\n").stdout


@pytest.mark.parametrize("address", ["rxnav.example", "ftp://rxnav.example", "http://127.0.0.1:1"])
def test_an_address_that_is_none_or_nobodys_is_one_line(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "codes.txt"
    file.write_text("rxnorm|900001\n")
    monkeypatch.setattr("sys.argv", ["icans-cds", "codes", "--from", str(file), "--terminology", address])

    with pytest.raises(SystemExit) as left:
        main()

    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert (2, True) == (left.value.code, address in error)


def test_help_says_that_codes_leave_the_machine() -> None:
    result = CliRunner().invoke(commands, ["codes", "--help"])

    assert "The codes in the file leave this machine" in " ".join(result.output.split())
