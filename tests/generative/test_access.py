"""Tokens and addresses of any form: the sender always gets a refusal."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from urllib3.util import parse_url

from cds_service.adapters.jwks import read_keys
from cds_service.adapters.outbound import parse_base
from cds_service.adapters.tokens import read_token, verify_signature
from cds_service.errors import NotAuthenticatedError
from tests.hooks.ehr import claims, jwk, key_set, signed

GOOD = signed(claims())
KEY = read_keys(json.dumps(key_set(jwk())).encode(), ("ES384",))["one", "ES384"]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
headers = st.fixed_dictionaries(
    {},
    optional={
        name: json_values | st.sampled_from(["ES384", "JWT", "one", "none"])
        for name in ("alg", "typ", "kid", "crit", "b64", "jku")
    },
)
payloads = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("iss", "aud", "exp", "iat", "jti", "nbf", "tenant"), json_values)
)


def encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def refused(authorization: str) -> bool:
    """Whether a token is refused because of its form or its signature, and for no other reason."""
    try:
        verify_signature(read_token(authorization), KEY, ("ES384",))
    except NotAuthenticatedError:
        return True
    return False


@given(st.text())
@pytest.mark.requirement("hooks:J9")
def test_any_text_as_a_token_is_refused(text: str) -> None:
    assert refused(text)
    assert refused(f"Bearer {text}")


@given(headers | json_values, payloads | json_values, st.binary(max_size=100))
@pytest.mark.requirement("hooks:J9")
def test_any_header_with_any_claims_is_refused(header: Any, payload: Any, signature: bytes) -> None:
    signed_so = base64.urlsafe_b64encode(signature).rstrip(b"=").decode()

    assert refused(f"Bearer {encoded(header)}.{encoded(payload)}.{signed_so}")


@given(st.integers(min_value=len("Bearer "), max_value=len(GOOD) - 1), st.characters(max_codepoint=127))
@pytest.mark.requirement("hooks:J9")
def test_a_token_with_one_changed_character_is_refused(place: int, character: str) -> None:
    changed = GOOD[:place] + character + GOOD[place + 1 :]

    assert refused(changed) == (changed != GOOD)


# The parts of a URL, and the characters on which URL parsers disagree.
_PARTS = (
    "http", "https", "HTTP", "ftp", ":", "//", "/", "\\", "@", "?", "#", ".", "..", "%", "%2e", "%2f", "%00", "[", "]",
    "::1", "::ffff:127.0.0.1", "127.0.0.1", "0177.1", "0x7f", "2130706433", "localhost", "ehr.example", "evil.example",
    "xn--bcher-kva", "fhir", "8080", "0", "65536", " ", "\t", "\n", "\r\n", "\0", "。", "ⓛ", "ß", "é", ";", "&", "user",
)  # fmt: skip
BASES = (
    "https://ehr.example/fhir",
    "http://127.0.0.1:8080/fhir",
    "https://ehr.example",
    "https://[2001:db8::1]:8443/r4",
)
some = st.lists(st.sampled_from(_PARTS), max_size=6).map("".join)
HOSTS = (
    "ehr.example",
    "EHR.Example",
    "10.1.2.3",
    "[2001:DB8::1]",
    "localhost",
    "a_b",
    "xn--bcher-kva.example",
    "1.2.3.4.",
)
PATHS = ("", "/", "/fhir", "/FHIR/R4/", "/fhir/DEFAULT", "/a.b/~c", "/fhir/./x", "/fhir//x", "/..")
SCHEMES, PORTS = st.sampled_from(["http", "https", "HTTPS"]), st.sampled_from(["", ":80", ":443", ":8443", ":0", ":x"])
fair = st.builds("{}://{}{}{}".format, SCHEMES, st.sampled_from(HOSTS), PORTS, st.sampled_from(PATHS))
plain = st.builds("{}://{}{}{}".format, SCHEMES, st.sampled_from(HOSTS) | some, PORTS, st.sampled_from(PATHS) | some)
urls = fair | plain | some | st.text()


@given(urls)
@pytest.mark.requirement("hooks:F4")
def test_every_url_parser_finds_the_same_server(url: str) -> None:
    try:
        base = parse_base(url)
    except ValueError:
        return

    written = str(base)
    assert base == parse_base(written)
    prepared = requests.Request("GET", f"{written}/Patient/1").prepare().url
    assert prepared is not None
    for text in (written, prepared):
        split, parsed = urlsplit(text), parse_url(text)
        default = {"http": 80, "https": 443}[base.scheme]
        host = base.host.strip("[]")
        assert (base.scheme, host, base.port) == (split.scheme, split.hostname, split.port or default)
        assert (base.scheme, host, base.port) == (
            parsed.scheme,
            (parsed.host or "").strip("[]"),
            parsed.port or default,
        )
        assert split.username is None
        assert (parsed.path or "").startswith(base.path)


@given(st.sampled_from(BASES), some | plain)
@pytest.mark.requirement("hooks:F4")
def test_a_followed_link_stays_on_the_server(base: str, link: str) -> None:
    server = parse_base(base)
    for url in (link, f"{base}{link}", f"{base}/{link}", f"{base}/Observation?page={link}"):
        if not server.leads_to(url):
            continue
        called = parse_url(requests.Request("GET", url).prepare().url)
        port = called.port or {"http": 80, "https": 443}[server.scheme]
        assert (server.scheme, server.host, server.port) == (called.scheme, called.host, port)
        assert f"{called.path or ''}/".startswith(f"{server.path}/")
