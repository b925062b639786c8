"""Strategies that draw patients; times lie on and around the limits in the rules."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from cds_service.clinical.facts.occasion import Occasion, OccasionKind
from cds_service.clinical.facts.orders import Order, OrderedDose
from tests.proof.scenarios import AGES_AGO, CHOICES, DRUGS, NOW, PRODUCTS, Scenario

RECORD_CODES = st.sampled_from([*["ice-total"] * 4, *["consciousness"] * 4, *["seizure"] * 3, *CHOICES])
MOMENTS = st.builds(
    lambda minutes, seconds: NOW - timedelta(minutes=minutes, seconds=seconds),
    st.one_of(st.sampled_from(AGES_AGO), st.integers(0, 15_000)),
    st.sampled_from([0, 0, 30, 60, 61]),
)
BIRTHS = st.sampled_from([date(1966, 1, 1), date(2018, 3, 8), date(2014, 3, 8), date(2014, 3, 31), date(2004, 3, 31)])


@st.composite
def records(draw: st.DrawFn, codes: st.SearchStrategy[str] = RECORD_CODES) -> dict[str, Any]:
    """One record."""
    code, time = draw(codes), draw(MOMENTS)
    if code != "seizure":
        return {"code": code, "time": time, "value": draw(st.sampled_from(CHOICES[code]))}
    return {
        "code": code,
        "time": time,
        "value": draw(st.sampled_from(["none", "clinical-focal", "clinical-generalised", "electrographic"])),
        "minutes": draw(st.sampled_from([None, 1.0, 5.0, 5.1, 20.0])),
        "returned": draw(st.sampled_from([None, True, False])),
        "resolved": draw(st.sampled_from([None, True, False])),
    }


@st.composite
def doses(draw: st.DrawFn) -> dict[str, Any]:
    """One dose of therapy."""
    kind = draw(st.sampled_from(list(PRODUCTS)))
    days = draw(st.sampled_from([1, 5, 10, 27, 28, 29, 31, 57, 91]))
    product = draw(st.sampled_from(PRODUCTS[kind]))
    return {"time": NOW - timedelta(days=days), "class": kind, "product": product, "date_only": False}


@st.composite
def drugs(draw: st.DrawFn) -> dict[str, Any]:
    """One administration."""
    start, infusion = draw(MOMENTS), draw(st.booleans())
    end = draw(st.sampled_from([None, start, NOW])) if infusion else start
    return {"drug": draw(st.sampled_from(DRUGS)), "start": start, "end": end, "infusion": infusion}


@st.composite
def ordered_doses(draw: st.DrawFn) -> OrderedDose:
    """One dosage instruction."""
    return OrderedDose(
        amount=draw(st.sampled_from([None, 0.5, 4, 10, 800, 1000])),
        per=draw(st.sampled_from(["", "", "kg", "m2"])),
        a_day=draw(st.sampled_from([None, 0.5, 1, 3, 24])),
        number=draw(st.sampled_from([None, 1, 5])),
        maximum=draw(st.sampled_from([None, 800])),
        step=draw(st.sampled_from([0, 1])),
    )


@st.composite
def occasions(draw: st.DrawFn) -> Occasion:
    """Any orders or stay."""
    kind = draw(st.sampled_from([one for one in OccasionKind if one is not OccasionKind.PATIENT_VIEW]))
    order = st.builds(
        Order,
        reference=st.sampled_from(["", "MedicationRequest/d-1"]),
        drug=st.sampled_from([*DRUGS, "methylprednisolone", "tocilizumab", "teclistamab", "fentanyl", "fludarabine"]),
        status=st.sampled_from(["draft"] * 4 + ["stopped", "active"]),
        doses=st.lists(ordered_doses(), max_size=2).map(tuple),
        systemic=st.sampled_from([True] * 4 + [False]),
        replaces=st.booleans(),
    )
    return Occasion(kind, f"icans-{kind}", tuple(draw(st.lists(order, max_size=3))))


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """A whole patient."""
    birth = draw(st.one_of(st.none(), BIRTHS))
    return {
        "now": NOW,
        "birth": birth and (birth, birth),
        "ambulatory": draw(st.booleans()),
        "deceased": draw(st.sampled_from([False] * 9 + [True])),
        "drugs_checked": draw(st.sampled_from([True] * 4 + [False])),
        "doses": draw(st.lists(doses(), max_size=2)),
        "records": draw(st.lists(records(), max_size=10)),
        "drugs": draw(st.lists(drugs(), max_size=3)),
    }
