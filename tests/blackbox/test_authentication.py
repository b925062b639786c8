"""Authentication (J): tokens that are refused where clients sign, and are ignored in a demo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.blackbox.ehr import SECOND, Ehr
from tests.builders import hook_request, prefetch
from tests.hooks.ehr import SERVICE, claims, jwk, key_set, signed
from tests.hooks.fhir_server import Answer, serving
from tests.hooks.forged import unsigned, with_public_key_as_secret

FEEDBACK = f"{SERVICE}/feedback"


def claimed(ehr: Ehr, path: str = SERVICE, **more: Any) -> dict[str, Any]:
    """The claims of a genuine call to a path, with some changed."""
    return claims(path, now=datetime.now(UTC), **{"aud": f"{ehr.base}{path}"} | more)


def response_to(ehr: Ehr, authorization: str, path: str = SERVICE) -> requests.Response:
    """The answer to a call that is correct, except perhaps for its token."""
    entry = {"card": "c", "outcome": "overridden", "outcomeTimestamp": datetime.now(UTC).isoformat()}
    body = {"feedback": [entry]} if path == FEEDBACK else hook_request(prefetch())
    return ehr.session.post(f"{ehr.base}{path}", json=body, headers={"Authorization": authorization}, timeout=30)


def refused_where_clients_sign(ehr: Ehr, authorization: str) -> bool:
    """Whether a token is refused without a reason where clients sign, and is ignored in a demo."""
    answer = response_to(ehr, authorization)
    if not ehr.signs:
        return answer.status_code == 200
    (issue,) = answer.json()["issue"]
    bare = (issue["code"], answer.headers["WWW-Authenticate"]) == ("login", "Bearer")
    return answer.status_code == 401 and bare and issue == ehr.session.post(f"{ehr.base}{SERVICE}").json()["issue"][0]


@pytest.mark.requirement("hooks:J1")
@pytest.mark.requirement("hooks:J2")
@pytest.mark.requirement("hooks:B5")
def test_a_token_is_required_except_in_a_demo(ehr: Ehr) -> None:
    plain = ehr.session
    answers = [plain.get(f"{ehr.base}/cds-services", timeout=30)]
    answers += [
        plain.post(f"{ehr.base}{path}", json=hook_request(prefetch()), timeout=30)
        for path in (SERVICE, f"{SERVICE}/feedback")
    ]

    assert ([401, 401, 401] if ehr.signs else [200, 200, 422]) == [answer.status_code for answer in answers]


@pytest.mark.requirement("hooks:J7")
@pytest.mark.parametrize(("algorithm", "key"), [("ES384", "one"), ("RS384", SECOND)])
def test_both_recommended_algorithms_are_accepted(ehr: Ehr, algorithm: str, key: str) -> None:
    assert 200 == response_to(ehr, signed(claimed(ehr), algorithm, key)).status_code


@pytest.mark.requirement("hooks:J3")
@pytest.mark.parametrize("header", [{"kid": None}, {"typ": None}, {"kid": "three"}])
def test_a_header_must_name_algorithm_key_and_type(ehr: Ehr, header: dict[str, Any]) -> None:
    assert refused_where_clients_sign(ehr, signed(claimed(ehr), **header))


@pytest.mark.requirement("hooks:J4")
@pytest.mark.parametrize("name", ["iss", "aud", "exp", "iat", "jti"])
def test_a_token_without_a_required_claim_is_refused(ehr: Ehr, name: str) -> None:
    assert refused_where_clients_sign(ehr, signed(claimed(ehr, **{name: None})))


@pytest.mark.requirement("hooks:J4")
def test_an_expired_token_is_refused(ehr: Ehr) -> None:
    past = datetime.now(UTC) - timedelta(hours=1)

    assert refused_where_clients_sign(ehr, signed(claimed(ehr, exp=int(past.timestamp()))))


@pytest.mark.requirement("hooks:J5")
def test_a_token_for_another_address_is_refused(ehr: Ehr) -> None:
    for audience in (ehr.base, f"{ehr.base}/cds-services", f"https://elsewhere.example{SERVICE}", ["sand_man"]):
        assert refused_where_clients_sign(ehr, signed(claimed(ehr, aud=audience)))


@pytest.mark.requirement("hooks:J5")
@pytest.mark.requirement("hooks:B5")
@pytest.mark.parametrize("audience", [SERVICE, FEEDBACK])
def test_the_audience_of_feedback_is_its_own_address_or_that_of_the_service(ehr: Ehr, audience: str) -> None:
    assert 200 == response_to(ehr, signed(claimed(ehr, audience)), FEEDBACK).status_code


@pytest.mark.requirement("hooks:J6")
def test_unsigned_tokens_and_shared_secrets_are_refused(ehr: Ehr) -> None:
    none = unsigned({"alg": "none"}, said=claimed(ehr))
    shared = with_public_key_as_secret(claimed(ehr))
    for header in (none, shared):
        assert refused_where_clients_sign(ehr, header["Authorization"])


@pytest.mark.requirement("hooks:J8")
@pytest.mark.requirement("hooks:X3")
def test_an_unregistered_client_cannot_bring_its_own_key(ehr: Ehr) -> None:
    with serving(lambda _: Answer(key_set(jwk(name="evil")))) as evil:
        header = {"jku": f"{evil.base}/jwks.json", "jwk": jwk(name="evil")}
        assert refused_where_clients_sign(ehr, signed(claimed(ehr), name="evil", **header))
        assert refused_where_clients_sign(
            ehr, signed(claimed(ehr, iss="https://ehr.evil.example"), name="evil", **header)
        )

    assert [] == evil.calls


@pytest.mark.requirement("hooks:J9")
def test_a_token_works_once(ehr: Ehr) -> None:
    headers = ehr.headers(SERVICE)
    statuses = [ehr.post(hook_request(prefetch()), **headers).status_code for _ in range(2)]

    assert ([200, 401] if ehr.signs else [200, 200]) == statuses
