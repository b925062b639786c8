"""The clients file: how it is read, and that every mistake is reported with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jwt.algorithms import RSAAlgorithm

from cds_service.adapters.clients import ClientsFileError, read_clients
from cds_service.errors import SettingsError
from tests.hooks.ehr import ISSUER, clients_file, jwk, key_set, private_key

SERVICES = ("icans-patient-view", "icans-order-sign")


def wrong(file: Path, *, demo: bool = False) -> list[str]:
    """The error message for a file."""
    with pytest.raises(ClientsFileError) as error:
        read_clients(file, SERVICES, demo=demo)
    return list(error.value.mistakes)


def test_a_client_by_its_least(tmp_path: Path) -> None:
    (registration,) = read_clients(clients_file(tmp_path), SERVICES)

    client = registration.client
    assert ("mercy", ISSUER, "") == (client.name, client.issuer, client.client_id)
    assert ("ES384", "RS384") == registration.algorithms
    assert (60, 3600, "", frozenset()) == (
        registration.leeway,
        registration.lifetime,
        registration.client.tenant,
        registration.audience,
    )
    assert [True, True] == [client.may_call(service) for service in SERVICES]
    assert [False, False] == [client.is_silent(service) for service in SERVICES]
    assert client.fhir_servers.find("http://127.0.0.1/fhir") is None


def test_a_client_with_everything(tmp_path: Path) -> None:
    file = clients_file(
        tmp_path,
        jwks_file=None,
        jwks_url="https://ehr.mercy.example/jwks.json",
        fhir_servers=["https://ehr.mercy.example/fhir", "https://127.0.0.1:8080/fhir"],
        audience=["sand_man"],
        tenant="north",
        algorithms=["RS384"],
        leeway_s=300,
        lifetime_s=1200,
        services=["icans-patient-view"],
        silent=["icans-patient-view"],
        client_id="icans-cds-at-mercy",
    )

    (registration,) = read_clients(file, SERVICES)

    client = registration.client
    assert "https://ehr.mercy.example/jwks.json" == registration.jwks
    assert (("RS384",), frozenset({"sand_man"}), "north") == (
        registration.algorithms,
        registration.audience,
        client.tenant,
    )
    assert (300, 1200, "icans-cds-at-mercy") == (registration.leeway, registration.lifetime, client.client_id)
    assert [True, False] == [client.may_call(service) for service in SERVICES]
    assert [True, False] == [client.is_silent(service) for service in SERVICES]
    assert "https://127.0.0.1:8080/fhir" == str(client.fhir_servers.find("https://127.0.0.1:8080/fhir/"))


def test_silent_may_mean_every_service(tmp_path: Path) -> None:
    (registration,) = read_clients(clients_file(tmp_path, silent=True), SERVICES)

    assert [True, True] == [registration.client.is_silent(service) for service in SERVICES]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": None}, "client.0.name: missing"),
        ({"name": "Mercy Hospital"}, "client.0.name: Expected `str` matching regex"),
        ({"issuer": None}, "client.mercy.issuer: missing"),
        ({"issuer": ""}, "client.mercy.issuer: Expected `str` of length >= 1"),
        ({"issuer": "mercy"}, "client.mercy.issuer: not a URI"),
        ({"isuer": "x"}, "client.mercy.isuer: not understood"),
        ({"jku": "https://x.example/"}, "client.mercy.jku: not understood"),
        ({"jwks_file": None}, "client.mercy.jwks_url: exactly one of jwks_url and jwks_file is needed"),
        (
            {"jwks_url": "https://x.example/"},
            "client.mercy.jwks_url: exactly one of jwks_url and jwks_file is needed",
        ),
        (
            {"jwks_file": None, "jwks_url": "http://x.example/jwks"},
            "client.mercy.jwks_url: must be https (http is allowed only on this",
        ),
        ({"jwks_file": None, "jwks_url": "https://u@x.example/"}, "client.mercy.jwks_url: not a plain base URL"),
        ({"jwks_file": "nothing.json"}, "nothing.json: No such file or directory"),
        ({"jwks_file": "clients.toml"}, "clients.toml: not a JWK Set"),
        ({"algorithms": ["RS384"]}, "jwks.json: no public signing key with a kid for RS384"),
        ({"algorithms": []}, "client.mercy.algorithms: Expected `array` of length >= 1"),
        ({"algorithms": ["none"]}, "client.mercy.algorithms: Invalid enum value 'none'"),
        ({"algorithms": ["HS256"]}, "client.mercy.algorithms: Invalid enum value 'HS256'"),
        ({"algorithms": "ES384"}, "client.mercy.algorithms: Expected `array`, got `str`"),
        (
            {"fhir_servers": ["http://ehr.example/fhir"]},
            "client.mercy.fhir_servers: http://ehr.example/fhir: must be https",
        ),
        (
            {"fhir_servers": ["https://ehr.example/fhir?x=1"]},
            "client.mercy.fhir_servers: https://ehr.example/fhir?x=1: not",
        ),
        (
            {"fhir_servers": ["https://0177.1/fhir"]},
            "client.mercy.fhir_servers: https://0177.1/fhir: Expected 4 octets",
        ),
        ({"fhir_servers": "https://ehr.example/fhir"}, "client.mercy.fhir_servers: Expected `array`, got `str`"),
        ({"services": []}, "client.mercy.services: Expected `array` of length >= 1"),
        (
            {"services": ["icans"]},
            "client.mercy.services: icans: no such service; known services: icans-patient-view, icans-order-sign",
        ),
        (
            {"silent": ["icans"]},
            "client.mercy.silent: icans: no such service; known services: icans-patient-view, icans-order-sign",
        ),
        ({"silent": "yes"}, "client.mercy.silent: Expected `bool | array`, got `str`"),
        ({"leeway_s": 301}, "client.mercy.leeway_s: Expected `float` <= 300"),
        ({"leeway_s": -1}, "client.mercy.leeway_s: Expected `float` >= 0"),
        ({"lifetime_s": 0}, "client.mercy.lifetime_s: Expected `float` > 0"),
        ({"lifetime_s": 86401}, "client.mercy.lifetime_s: Expected `float` <= 86400"),
        ({"audience": [""]}, "client.mercy.audience: Expected `str` of length >= 1"),
        ({"tenant": 5}, "client.mercy.tenant: Expected `str`, got `int`"),
    ],
)
@pytest.mark.requirement("hooks:J6")
@pytest.mark.requirement("hooks:J8")
def test_a_mistake_is_named_with_its_place(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    (mistake,) = wrong(clients_file(tmp_path, **change))

    assert said in mistake


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    text = """
        [[client]]
        name = 5
        isuer = "x"
        fhir_servers = ["http://ehr.example/fhir"]
        [[client]]
        name = "b"
        issuer = "b"
        leeway_s = 1000
        services = ["icans-everything"]
        silent = ["icans-nothing"]
        fhir_servers = ["http://127.0.0.1/fhir", "https://ehr.example/?"]
        jwks_file = "none.json"
    """

    mistakes = wrong(clients_file(tmp_path, text))

    assert [
        "client.0.isuer",
        "client.0.issuer",
        "client.0.name",
        "client.b.leeway_s",
        "client.0.fhir_servers",
        "client.0.jwks_url",
        "client.b.issuer",
        "client.b.fhir_servers",
        "client.b.fhir_servers",
        "client.b.services",
        "client.b.silent",
        "client.b.jwks_file",
    ] == [mistake.split(":")[0] for mistake in mistakes]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"algorithms": ["none"]}, "algorithms"),
        ({"algorithms": ["none"], "jwks_file": "missing.json"}, "algorithms"),
        ({"jwks_url": 5}, "jwks_url"),
        ({"jwks_file": ""}, "jwks_file"),
        ({"issuer": 5}, "issuer"),
        ({"services": []}, "services"),
    ],
)
def test_a_mistake_makes_no_others(tmp_path: Path, change: dict[str, Any], key: str) -> None:
    """An unreadable key is not reported as missing as well."""
    assert [f"client.mercy.{key}"] == [mistake.split(":")[0] for mistake in wrong(clients_file(tmp_path, **change))]


def test_clients_are_not_alike_in_what_could_not_be_read(tmp_path: Path) -> None:
    mistakes = wrong(clients_file(tmp_path, two('name = "a"\nissuer = 1', 'name = "b"\nissuer = 2')))

    assert ["client.a.issuer", "client.b.issuer"] == [mistake.split(":")[0] for mistake in mistakes]


@pytest.mark.requirement("hooks:T5")
def test_a_fhir_server_is_http_on_this_machine_in_a_demo_alone(tmp_path: Path) -> None:
    here, there = "http://127.0.0.1:8080/fhir", "http://ehr.example/fhir"
    told = "must be https (http is allowed only on this machine"

    (registration,) = read_clients(clients_file(tmp_path, fhir_servers=[here]), SERVICES, demo=True)
    assert here == str(registration.client.fhir_servers.find(here))
    assert [f"client.mercy.fhir_servers: {here}: {told}, in a demo)"] == wrong(
        clients_file(tmp_path, fhir_servers=[here])
    )
    assert [f"client.mercy.fhir_servers: {there}: {told})"] == wrong(
        clients_file(tmp_path, fhir_servers=[there]), demo=True
    )


def test_a_key_set_is_http_on_this_machine_in_either_mode(tmp_path: Path) -> None:
    stated = {"jwks_file": None, "jwks_url": "http://127.0.0.1:8080/jwks.json"}

    (registration,) = read_clients(clients_file(tmp_path, **stated), SERVICES)
    assert stated["jwks_url"] == registration.jwks


@pytest.mark.parametrize(
    "text",
    ["", "x = 1", "client = []", "client = 5", '[client]\nname = "a"', "[[client]]\n[site]\n", "client = [1", "\udcff"],
)
def test_a_file_of_another_form_is_refused_as_a_whole(tmp_path: Path, text: str) -> None:
    file = tmp_path / "clients.toml"
    file.write_bytes(text.encode(errors="surrogateescape"))

    with pytest.raises(SettingsError, match=r"clients\.toml"):
        read_clients(file, SERVICES)


def test_a_table_is_expected(tmp_path: Path) -> None:
    assert ["client.0: expected a table"] == wrong(clients_file(tmp_path, "client = [1]"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert ["[Errno 2] No such file or directory: 'clients.toml'"] == [
        line.replace(f"{tmp_path}/", "") for line in wrong(tmp_path / "clients.toml")
    ]


def two(first: str, second: str) -> str:
    """Two clients that differ in a few lines."""
    return "\n".join(f'[[client]]\njwks_file = "jwks.json"\n{lines}' for lines in (first, second))


def test_clients_of_one_issuer_are_told_apart_by_tenant(tmp_path: Path) -> None:
    one, other = 'name = "a"\nissuer = "urn:x"\ntenant = "1"', 'name = "b"\nissuer = "urn:x"\ntenant = "2"'

    realms = [each.client.realm for each in read_clients(clients_file(tmp_path, two(one, other)), SERVICES)]
    assert 2 == len(set(realms))
    assert ["client.b.tenant: needed because another client has the same issuer"] == wrong(
        clients_file(tmp_path, two(one, 'name = "b"\nissuer = "urn:x"'))
    )
    assert [
        "client.a.issuer: already used by another client",
        "client.b.issuer: already used by another client",
    ] == wrong(clients_file(tmp_path, two(one, other.replace('"2"', '"1"'))))


def test_names_are_given_once(tmp_path: Path) -> None:
    text = two('name = "a"\nissuer = "urn:x"', 'name = "a"\nissuer = "urn:y"')

    assert ["client.0.name: already used by another client", "client.1.name: already used by another client"] == wrong(
        clients_file(tmp_path, text)
    )


def test_a_private_key_in_the_file_is_a_mistake(tmp_path: Path) -> None:
    file = clients_file(tmp_path, algorithms=["RS384"])
    private = RSAAlgorithm.to_jwk(private_key("RS384"), as_dict=True) | {"kid": "one"}
    (tmp_path / "jwks.json").write_text(json.dumps(key_set(jwk("RS384", "two"), private)))

    assert ["client.mercy.jwks_file: jwks.json: it holds a private key"] == [
        mistake.replace(f"{tmp_path}/", "") for mistake in wrong(file)
    ]


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("profile", "cerner", "cerner: no such profile; known profiles: generic, hapi, epic, oracle"),
        ("url_limit", 200, "Expected `int` >= 1000"),
        ("by_post", "yes", "Expected `bool`, got `str`"),
    ],
)
def test_a_wrong_way_of_searching_is_reported(tmp_path: Path, key: str, value: Any, expected: str) -> None:
    assert [f"client.mercy.{key}: {expected}"] == wrong(clients_file(tmp_path, **{key: value}))


def test_post_is_refused_where_it_is_not_known_to_work(tmp_path: Path) -> None:
    assert ["client.mercy.by_post: no search by POST is known to work for the profile oracle"] == wrong(
        clients_file(tmp_path, profile="oracle", by_post=True)
    )


def test_the_length_of_urls_counts_the_longest_base(tmp_path: Path) -> None:
    servers = ["https://ehr.mercy.example/fhir", f"https://ehr.mercy.example/{'a' * 100}"]
    (registration,) = read_clients(clients_file(tmp_path, fhir_servers=servers), SERVICES)

    assert len(servers[1]) == registration.client.searches.longest_base
