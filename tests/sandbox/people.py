"""Stories for the tests of the sandbox, all with the same present on a ward at +01:00."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from cds_service.sandbox.stories.story import Story
from tests.builders import AXI_CEL, LOINC, RXNORM, concept, quantity

Json = dict[str, Any]
STORY_PRESENT = datetime(2026, 3, 8, 9, 12, tzinfo=UTC)
UNIT = "http://unitsofmeasure.org"
RUDE = "<script>alert('x')</script>"


def at(hours: float) -> str:
    """The time this many hours before the story's present, on the ward."""
    local = STORY_PRESENT.replace(tzinfo=None) + timedelta(hours=1) - timedelta(hours=hours)
    return f"{local.isoformat(timespec='seconds')}+01:00"


def story(slug: str, *resources: Json, title: str = "A title", reason: str = "A reason") -> Story:
    """A story with these resources."""
    entries = [
        {
            "fullUrl": f"https://ehr.example/fhir/{one['resourceType']}/{one['id']}",
            "resource": one,
            "request": {"method": "PUT", "url": f"{one['resourceType']}/{one['id']}"},
        }
        for one in resources
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "timestamp": at(0), "entry": entries}
    return Story(slug, title, reason, ("D1",), bundle)


def person(slug: str, family: str = "Brandt", **more: Any) -> Json:
    """A patient of 59 years."""
    name = [{"family": family, "given": ["Ilse"]}]
    return {"resourceType": "Patient", "id": slug, "name": name, "gender": "female", "birthDate": "1966-09-30"} | more


def stay(slug: str) -> Json:
    """A current admission."""
    return {
        "resourceType": "Encounter",
        "id": f"{slug}-stay",
        "status": "in-progress",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
        "subject": {"reference": f"Patient/{slug}"},
        "period": {"start": at(200)},
    }


def seen(slug: str, name: str, hours: float, code: Json, **value: Any) -> Json:
    """A final Observation."""
    return {
        "resourceType": "Observation",
        "id": f"{slug}-{name}",
        "status": "final",
        "code": code,
        "subject": {"reference": f"Patient/{slug}"},
        "effectiveDateTime": at(hours),
    } | value


def ice(slug: str, points: int, hours: float) -> Json:
    """An ICE total."""
    return seen(slug, f"ice-{hours:g}", hours, concept("ice-total"), valueInteger=points)


def fever(slug: str, celsius: float, hours: float) -> Json:
    """A body temperature."""
    code = concept("8310-5", LOINC)
    category = [concept("vital-signs", "http://terminology.hl7.org/CodeSystem/observation-category")]
    return seen(slug, f"temperature-{hours:g}", hours, code, category=category, valueQuantity=quantity(celsius, "Cel"))


def given(slug: str, name: str, code: str, hours: float, **more: Any) -> Json:
    """A completed administration."""
    return {
        "resourceType": "MedicationAdministration",
        "id": f"{slug}-{name}",
        "status": "completed",
        "subject": {"reference": f"Patient/{slug}"},
        "medicationCodeableConcept": concept(code, RXNORM),
        "effectiveDateTime": at(hours),
    } | more


def alert(slug: str, hours: float) -> Json:
    """An alert patient."""
    value = {"valueCodeableConcept": concept("alert")}
    return seen(slug, f"alert-{hours:g}", hours, concept("consciousness"), **value)


def worsening(slug: str = "brandt", family: str = "Brandt") -> Story:
    """A patient with grade 2 on day 6, with fever and drugs."""
    return story(
        slug,
        person(slug, family),
        stay(slug),
        given(slug, "axi-cel", AXI_CEL, 6 * 24),
        ice(slug, 10, 6 * 24 + 6),
        *(ice(slug, points, hours) for points, hours in ((10, 30), (9, 18), (7, 8), (5, 0.2))),
        *(alert(slug, hours) for hours in (30, 18, 8, 0.2)),
        *(
            fever(slug, celsius, hours)
            for celsius, hours in ((36.8, 100), (38.4, 52), (39.1, 40), (37.9, 20), (38.7, 1))
        ),
        given(slug, "tocilizumab", "612865", 39, dosage={"dose": quantity(560, "mg")}),
        given(slug, "levetiracetam", "114477", 120, dosage={"dose": quantity(500, "mg")}),
        given(slug, "levetiracetam-2", "114477", 96, dosage={"dose": quantity(500, "mg")}),
        title="Worsening over a night",
        reason="Writing is lost first",
    )


def well(slug: str = "yilmaz") -> Story:
    """A patient with nothing on record except a therapy long ago."""
    return story(slug, person(slug, "Yilmaz"), given(slug, "axi-cel", AXI_CEL, 24 * 300), title="Long after")


def rude(slug: str = "rude") -> Story:
    """A patient with markup in every text that a person can write."""
    cause = seen(slug, "cause", 2, concept("other-cause"), valueString=f"![x](http://x.example/a.png) {RUDE}")
    return story(
        slug,
        person(slug, RUDE, birthDate="1990"),
        given(slug, "axi-cel", AXI_CEL, 5 * 24),
        ice(slug, 4, 1),
        cause,
        title=f"Rude {RUDE}",
        reason=RUDE,
    )


STORIES = (worsening(), well(), rude())
