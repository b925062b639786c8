"""What a patient takes home, in plain language: dates, when to call, driving, a wallet card, questions to ask.

Texts come from cards/leaflet/<language>.toml. All of it is for the patient except the wallet card, which is for others.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from cds_service.clinical.course.therapy import CELLS
from cds_service.clinical.drafts.discharge import Discharge, Period
from cds_service.clinical.tables.labels import CheckFrequency
from cds_service.rendering.words.wording import Wording

BLANK = "____________________"


class Leaflet(NamedTuple):
    """Plain text in the patient's language, one entry per line; each list from `call` on starts with its title.

    `title` is that of dates and driving; `worse` says what the signs can lead to and where they are treated; `later`
    lists the signs of delayed neurotoxicity, if they are watched for after this product; `source` names the label
    behind the dates.
    """

    title: str
    dates: tuple[str, ...]
    driving: tuple[str, ...]
    call: tuple[str, ...]
    emergency: tuple[str, ...]
    worse: tuple[str, ...]
    better: tuple[str, ...]
    later: tuple[str, ...]
    wallet_card: tuple[str, ...]
    questions: tuple[str, ...]
    source: str

    @property
    def blocks(self) -> tuple[tuple[str, ...], ...]:
        """All of it in reading order, each block starting with its title."""
        days = (self.title, *self.dates, *self.driving)
        signs = (self.call, self.emergency, self.worse, self.better, self.later)
        return (days, *filter(None, signs), self.questions, self.wallet_card)

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it except wallet card and questions, in reading order."""
        signs = (*self.call, *self.emergency, *self.worse, *self.better, *self.later)
        return (*self.dates, *self.driving, *signs)


def leaflet_of(discharge: Discharge, words: Wording, contact: str = "") -> Leaflet:
    """The leaflet in the language of `words` (`knowledge.leaflets["es"]`); `contact`: the site's telephone number."""
    whom = {"contact": contact or BLANK, "number": words.say(f"leaflet.number.{discharge.region}")}
    return Leaflet(
        title=words.say("leaflet.title.days"),
        dates=tuple(_dates(discharge, words)),
        driving=tuple(_driving(discharge, words)),
        call=_listed(words, "call", **whom),
        emergency=_listed(words, "emergency", **whom),
        worse=_listed(words, "worse"),
        better=_listed(words, "better"),
        later=_listed(words, "later", **whom) if discharge.delayed_signs else (),
        wallet_card=(words.say("leaflet.title.wallet"), *_wallet_card(discharge, words, contact)),
        questions=(words.say("leaflet.title.questions"), *_questions(discharge, words)),
        source=discharge.label,
    )


def day_text(words: Wording, day: date) -> str:
    """A date in the patient's language: 2 March 2026."""
    return words.say("leaflet.date.text", day=day.day, month=words.say(f"leaflet.month.{day.month}"), year=day.year)


def _dates(discharge: Discharge, words: Wording) -> Iterator[str]:
    monitoring = discharge.monitoring
    if _runs(discharge.checks):
        yield words.say(f"leaflet.checks.{monitoring.check}", **_until(words, discharge.checks))
    if monitoring.then is CheckFrequency.AS_JUDGED or _runs(discharge.checks_after):
        yield words.say(f"leaflet.then.{monitoring.then}", **_until(words, discharge.checks_after))
    if _runs(discharge.near):
        yield words.say("leaflet.near.until", **_until(words, discharge.near))
        if monitoring.near_within_hours:
            yield words.say("leaflet.near.within", hours=f"{monitoring.near_within_hours:g}")


def _driving(discharge: Discharge, words: Wording) -> Iterator[str]:
    """A date, the label's own condition, or advice to ask; never while a new neurological symptom lasts."""
    monitoring = discharge.monitoring
    if _runs(discharge.no_driving):
        yield words.say("leaflet.driving.until", **_until(words, discharge.no_driving))
    elif monitoring.driving:
        yield words.say(f"leaflet.driving.{monitoring.driving}", hours=f"{monitoring.driving_hours or 0:g}")
    elif discharge.no_driving is None:
        yield words.say("leaflet.driving.ask")
    yield words.say("leaflet.driving.symptoms")


def _wallet_card(discharge: Discharge, words: Wording, contact: str) -> Iterator[str]:
    product = discharge.product.name if discharge.product else discharge.therapy_class
    kind = "cells" if discharge.therapy_class in CELLS else "engager"
    yield words.say(f"leaflet.wallet.{kind}", product=product, date=day_text(words, discharge.dose))
    yield words.say("leaflet.wallet.risk")
    yield words.say("leaflet.wallet.signs")
    yield words.say("leaflet.wallet.contact", contact=contact or BLANK)


def _questions(discharge: Discharge, words: Wording) -> Iterator[str]:
    yield from _listed(words, "questions")
    if discharge.on_corticosteroid:
        yield words.say("leaflet.steroid.question")
    if discharge.therapy_class not in CELLS:
        yield words.say("leaflet.engager.question")


def _listed(words: Wording, section: str, **values: object) -> tuple[str, ...]:
    """All texts of a section, in the order of the file."""
    return tuple(words.say(place, **values) for place in words.places(f"leaflet.{section}"))


def _runs(period: Period | None) -> bool:
    return period is not None and period.days_left > 0


def _until(words: Wording, period: Period | None) -> dict[str, str]:
    """The last day, and the number of days left."""
    if period is None:
        return {}
    number = "one" if period.days_left == 1 else "many"
    left = words.say(f"leaflet.left.{number}", days=period.days_left)
    return {"date": day_text(words, period.until), "left": left}
