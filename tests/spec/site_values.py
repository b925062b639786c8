"""The values allowed in a site file, for docs/site-file.md, from the texts and from the code that checks them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping

from cds_service.clinical.advice import profile
from cds_service.clinical.advice.seizure_risk import SeizureRisk
from cds_service.clinical.tables.advice import ADULT, CHILD
from cds_service.clinical.tables.next_dose import Resumption, TooLong
from cds_service.clinical.tables.vocabulary import Action
from cds_service.fhir_mapping.write.resources import ROUTES
from cds_service.knowledge import load_knowledge
from cds_service.knowledge.rows import Vocabulary, vocabulary_of
from cds_service.knowledge.wording import CARDS
from tests.documents import read
from tests.parts import ROOT

DOCUMENT = ROOT / "docs" / "site-file.md"
BEGIN, END = "<!-- The tables from here on are written by `make docs`. -->", "<!-- Until here. -->"
# Explanations that cannot be taken from a text of the card.
ACTIONS = {
    Action.MONITOR: "how often ICE and motor function are checked (`times_per_day_at_least`)",
    Action.WITHHOLD: "what `next_dose` says",
    Action.RESUME: "how the next dose is given (`next_dose`)",
    Action.CONTINUE: "no need to withhold the next dose",
    Action.STOP: "no further doses",
}
STATES = {
    profile.ON_CORTICOSTEROID: "a corticosteroid of this course is running or was given in the last 24 h",
    profile.NO_IMPROVEMENT: "a review for escalation is due (rule E2)",
    profile.NO_SEIZURE: "no seizure now and no antiseizure drug in the last 24 h",
    profile.SEIZED: "a seizure in the last 24 h (rule D5)",
    profile.SEVERAL_SEIZURES: "two or more seizures in this course",
    profile.OEDEMA: "oedema on imaging, or a sign of raised pressure",
    profile.NOTHING_AGAINST_PUNCTURE: "no low platelets, focal deficit, oedema, raised pressure or bleed by rule P3",
    profile.AFTER_TOCILIZUMAB: "tocilizumab was given in this course",
    profile.ONE_DOSE_SO_FAR: "one dose of the product so far",
    profile.SEVERE_HYPONATRAEMIA: "sodium below 125 mmol/L in the last 24 h (rule Q6)",
    SeizureRisk.EARLIER_SEIZURE: "as `no-seizure`, and epilepsy or an earlier seizure on record (rule P5)",
    SeizureRisk.CNS_DISEASE: "as `no-seizure`, and CNS malignancy or infection on record (rule P5)",
    SeizureRisk.BRAIN_LESION: "as `no-seizure`, and a brain lesion on record (rule P5)",
}
OTHERS = {
    "crs": {
        "any": "with or without",
        "with": "CRS of `crs_from` to `crs_to`",
        "without": "CRS of 1 or more is not certain",
    },
    "patients": {ADULT: "18 years and older", CHILD: "under 18 years"},
    "route": {route: display for route, (_, display) in ROUTES.items()},
}


def document() -> str:
    """The document with its tables rewritten."""
    before, _, rest = read(DOCUMENT).partition(BEGIN)
    _, _, after = rest.partition(END)
    return "\n".join((f"{before}{BEGIN}", *_tables(), f"{END}{after}"))


def _tables() -> Iterator[str]:
    knowledge = load_knowledge()
    vocabulary = vocabulary_of(knowledge.protocol, knowledge.terminology, knowledge.wording)
    yield from ("", "| key | value | on the card, or what it means |", "|---|---|---|")
    for key, values in values_of(vocabulary).items():
        yield from (f"| `{key}` | `{value}` | {_plain(text)} |" for value, text in values.items())
    yield from ("", f"Products: {_listed(knowledge.protocol.rules.drugs.products)}.")
    yield from ("", f"Drugs: {_listed(vocabulary.drugs)}.", "")


def values_of(vocabulary: Vocabulary) -> dict[str, dict[str, str]]:
    """Every value of every key that allows only certain values, with its text on the card."""
    texts = tomllib.loads((CARDS / "en" / "advice.toml").read_text(encoding="utf-8"))

    def said(section: str, start: str = "") -> dict[str, str]:
        keys = sorted(key for key in vocabulary.of(section) if key.startswith(start))
        return {key.removeprefix(start): texts[section][key] for key in keys}

    next_words = said("next-dose")
    return {
        "action": said("action") | ACTIONS,
        "strength": said("strength") | {"advised": "nothing before the action"},
        "condition": said("condition"),
        "only": {state: STATES[state] for state in sorted(profile.STATES)},
        **OTHERS,
        "bound": said("bound"),
        "then": said("then"),
        "repeat_if": said("repeat-every"),
        "until": said("next-dose", "until-"),
        "observe": said("observe"),
        "resume": {key: next_words[key] for key in Resumption},
        "too_long": {key: next_words[key] for key in TooLong},
    }


def _plain(text: str) -> str:
    """A text of the card with dots for its placeholders."""
    return re.sub(r"\$\w+", "…", text).strip() or "-"


def _listed(names: Mapping[str, object] | frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
