"""What CDS Hooks asks for clients in a browser (X1, X2)."""

from __future__ import annotations

import pytest

from tests.blackbox.ehr import Ehr
from tests.hooks.ehr import SERVICE

PREFLIGHT = {
    "Origin": "https://ehr.example",
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization, content-type",
}


@pytest.mark.requirement("hooks:X1")
@pytest.mark.parametrize("path", ["/cds-services", SERVICE, f"{SERVICE}/feedback"])
def test_a_preflight_needs_no_token(ehr: Ehr, path: str) -> None:
    response = ehr.session.options(f"{ehr.base}{path}", headers=PREFLIGHT, timeout=30)

    assert response.ok
    # Without a list of origins, only a demo lets any origin in: its patients are made up.
    assert response.headers.get("Access-Control-Allow-Origin") == (None if ehr.signs else "*")


@pytest.mark.requirement("hooks:X2")
def test_browsers_are_told_to_insist_on_https_outside_of_a_demo(ehr: Ehr) -> None:
    assert ehr.signs == ("Strict-Transport-Security" in ehr.get("/health/live").headers)
