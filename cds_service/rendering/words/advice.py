"""Advice of guidelines and labels in words: the action, the regimens, the condition, the source.

If several sources say the same, it is stated once with all of them. If they differ, both are shown, the site's own
first, mere options last, otherwise the shortest first, and the difference is stated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.tables.vocabulary import Action, Strength
from cds_service.rendering.words.next_dose import next_dose_text
from cds_service.rendering.words.puncture import puncture_text
from cds_service.rendering.words.regimens import at_crs_1, regimen_text
from cds_service.rendering.words.view import View
from cds_service.rendering.words.wording import closed_up, escaped

# One line per group, in this order; other actions are stated elsewhere (monitoring) or have their own line.
URGENT = (Action.SEIZURE_TREATMENT,)
CARE = (
    Action.ADMISSION,
    Action.ICU,
    Action.AIRWAY,
    Action.ICP_MANAGEMENT,
    Action.FLUIDS_OR_OXYGEN,
    Action.VASOPRESSORS,
    Action.MECHANICAL_VENTILATION,
)
TREATMENT = (
    Action.TOCILIZUMAB,
    Action.CORTICOSTEROID,
    Action.CRS_CORTICOSTEROID,
    Action.REFRACTORY_OPTIONS,
    Action.OEDEMA_OPTIONS,
)
WORK_UP = (
    Action.LOOK_FOR_INFECTION,
    Action.ECHOCARDIOGRAM,
    Action.EEG,
    Action.MRI,
    Action.CT,
    Action.LUMBAR_PUNCTURE,
    Action.FUNDOSCOPY,
)
REPEATED = (Action.LABORATORY, Action.NEUROIMAGING, Action.EEG_DAILY)
SUPPORT = (
    Action.SUPPORTIVE_CARE,
    Action.CRS_SUPPORTIVE_CARE,
    Action.CRS_AS_GRADE_2,
    Action.OBSERVE,
    Action.ASPIRATION_PRECAUTIONS,
    Action.HEAD_UP,
    Action.SWALLOW_CHECK,
    Action.NEUROLOGY,
    Action.NO_DRIVING,
)
PROPHYLAXIS = Action.ANTISEIZURE
PUNCTURE = Action.LUMBAR_PUNCTURE
ALSO = (
    Action.EMPIRIC_ANTIBIOTICS,
    Action.G_CSF,
    Action.ANTIFUNGAL_PROPHYLAXIS,
    Action.CORRECT_HYPONATRAEMIA,
    Action.DEPRESSANTS,
    Action.GM_CSF,
)
# Regimens that are combined or chosen from rather than alternatives, and steps that follow each other.
LISTED = (Action.REFRACTORY_OPTIONS, Action.OEDEMA_OPTIONS)
STEPS = (Action.CRS_CORTICOSTEROID,)


class Line(NamedTuple):
    """A text and the advice on which it is based."""

    text: str
    entries: tuple[Advice, ...]

    @property
    def own(self) -> bool:
        """Whether it is from the site's own protocol."""
        return any(entry.own for entry in self.entries)

    @property
    def is_mere_option(self) -> bool:
        """Whether none of its sources recommends it."""
        return all(entry.row.strength is Strength.MAY for entry in self.entries)


def advice_lines(view: View, advice: Sequence[Advice]) -> Iterator[str]:
    """What cannot wait, level of care, each treatment and the next dose, then work-up, support and other drugs."""
    yield from _group(view, advice, "care", URGENT)
    yield from _group(view, advice, "care", CARE)
    for action in TREATMENT:
        yield from _treatments(view, [entry for entry in advice if entry.row.action == action])
    for entry in advice:
        if entry.row.action.is_of_next_dose:
            yield _sourced(view, "treatment", Line(next_dose_text(view, entry), (entry,)))
    yield from _group(view, advice, "work-up", WORK_UP)
    yield from _group(view, advice, "repeated", REPEATED)
    yield from _group(view, advice, "support", SUPPORT)
    yield from _by_source(view, [entry for entry in advice if entry.row.action == PROPHYLAXIS])
    yield from _group(view, advice, "also", ALSO)


def first_choice(view: View, entries: Sequence[Advice]) -> str:
    """The first treatment that the sources give, with its brief source; empty if there is none."""
    advised = [entry for entry in entries if entry.row.strength is not Strength.AVOID]
    lines = sorted(_merged(view, advised), key=lambda line: (not line.own, line.is_mere_option, len(line.text)))
    if not lines:
        return ""
    entry = lines[0].entries[0]
    what = _brief_dose(view, entry) or view.say("advice.regimen.per-protocol")
    name = f"{view.say(f'advice.strength.{entry.row.strength}')}{view.say(f'advice.brief.{entry.row.action}')}"
    condition = view.say(f"advice.condition.{entry.row.condition}") if entry.row.condition else ""
    text = closed_up(f"{name} {condition}: {what}".replace(" :", ":"))
    return capital(view.say("advice.group.part", text=text, source=_brief_source(entry)))


def _brief_dose(view: View, entry: Advice) -> str:
    """The doses to choose from, or the first step; empty if no dose may be shown."""
    shown = [regimen_text(view, regimen) for regimen in entry.regimens if regimen.has_dose]
    if entry.row.action in STEPS and len(shown) > 1:
        return view.say("advice.regimen.first-step", dose=shown[0])
    return view.say("advice.regimen.or").join(shown)


def brief(view: View, entries: Sequence[Advice]) -> str:
    """Actions that all apply, each once with its sources; empty if there are none."""
    if not entries:
        return ""
    actions = dict.fromkeys(view.say(f"advice.action.{entry.row.action}") for entry in entries)
    sources = dict.fromkeys(_brief_source(entry) for entry in entries)
    return capital(view.say("advice.group.part", text=", ".join(actions), source=", ".join(sources)))


def avoided_text(view: View, entry: Advice) -> str:
    """What to avoid, with its sources."""
    return capital(view.say("advice.group.part", text=_action(view, entry), source=_brief_source(entry)))


def _group(view: View, advice: Sequence[Advice], group: str, actions: Sequence[Action]) -> Iterator[str]:
    """Actions in one line: those of the first source, then what each further source adds or words differently.

    Sources come in the order of the tables: the site's own, guidelines, the label.
    """
    said: dict[tuple[object, ...], Advice] = {}
    for action in actions:
        for entry in advice:
            if entry.row.action == action:
                said.setdefault(
                    (action, entry.row.strength, entry.row.condition, entry.if_no_crs, entry.regimens), entry
                )
    by_source: dict[str, list[str]] = {_brief_source(entry): [] for entry in advice}
    for entry in said.values():
        by_source[_brief_source(entry)].append(_action(view, entry, with_drugs=True))
    if said:
        parts = (
            view.say("advice.group.part", text="; ".join(texts), source=source)
            for source, texts in by_source.items()
            if texts
        )
        yield capital(view.say(f"advice.group.{group}", text="; ".join(parts)))


def _by_source(view: View, entries: Sequence[Advice]) -> Iterator[str]:
    """Each action once, then how strongly each source recommends it; sources that agree share one text."""
    said: dict[str, list[str]] = {}
    for entry in entries:
        said.setdefault(_strength(view, entry), []).append(_brief_source(entry))
    parts = [
        view.say("advice.group.part", text=text, source=", ".join(dict.fromkeys(sources)))
        for text, sources in said.items()
    ]
    if parts:
        action = capital(view.say(f"advice.action.{entries[0].row.action}"))
        text = view.say("advice.group.by-source", action=action, text="; ".join(parts))
        yield ". ".join((text, *_evidence(view)))


def _evidence(view: View) -> Iterator[str]:
    """The published evidence on drugs that prevent seizures."""
    for row in view.evaluation.prophylaxis_evidence:
        drug = capital(view.drug(row.drug))
        yield view.say("advice.group.evidence", Drug=drug, effect=row.effect, source=row.provenance.source)


def _strength(view: View, entry: Advice) -> str:
    """How strongly a source recommends it, for whom, with which drugs: "consider for high-risk patients"."""
    row = entry.row
    drugs = view.say("advice.regimen.or").join(regimen_text(view, one) for one in entry.regimens)
    parts = (
        view.say(f"advice.strength-after.{row.strength}"),
        view.say(f"advice.condition.{row.condition}") if row.condition else "",
        view.say("advice.regimen.using", drugs=drugs) if drugs else "",
        f"({escaped(row.note, len(row.note))})" if row.note else "",
    )
    return " ".join(part for part in parts if part)


def _treatments(view: View, entries: Sequence[Advice]) -> Iterator[str]:
    """Each wording once: the site's own first, mere options last, else the shortest first, then any difference."""
    lines = sorted(_merged(view, entries), key=lambda line: (not line.own, line.is_mere_option, len(line.text)))
    for number, line in enumerate(lines, 1):
        differ = number == len(lines) and _differ(lines) and entries[0].row.action not in LISTED
        yield _sourced(view, "differing" if differ else "treatment", line)


def _merged(view: View, entries: Sequence[Advice]) -> Iterator[Line]:
    """Identical texts as one line; advice without a dose is not repeated if a source gives it with the dose."""
    dosed = [entry for entry in entries if _is_dosed(entry)]
    texts: dict[str, list[Advice]] = {}
    for entry in entries:
        if entry in dosed or entry.regimens or not any(_is_alike(entry, other) for other in dosed):
            texts.setdefault(_same_list(entry, texts) or _treatment(view, entry), []).append(entry)
    yield from (Line(text, tuple(sources)) for text, sources in texts.items())


def _same_list(entry: Advice, texts: Mapping[str, Sequence[Advice]]) -> str:
    """The text that already names the same list; empty if there is none."""
    listed = entry.row.action in LISTED
    return next((text for text, (first, *_) in texts.items() if listed and first.regimens == entry.regimens), "")


def _is_dosed(entry: Advice) -> bool:
    return any(regimen.has_dose for regimen in entry.regimens)


def _is_alike(entry: Advice, other: Advice) -> bool:
    same_words = (entry.row.strength, entry.row.condition) == (other.row.strength, other.row.condition)
    return same_words and entry.if_no_crs == other.if_no_crs


def _differ(lines: Sequence[Line]) -> bool:
    """Whether two sources disagree: two lines without a common source."""
    sources = [{entry.source for entry in line.entries} for line in lines]
    return any(not one & other for one in sources for other in sources)


def _treatment(view: View, entry: Advice) -> str:
    """The action with its regimens, or only the class of action if no dose may be shown."""
    shown = [regimen_text(view, regimen) for regimen in entry.regimens if regimen.has_dose]
    if entry.row.action in LISTED:
        what = ", ".join(regimen_text(view, regimen) for regimen in entry.regimens)
    elif entry.row.strength is Strength.AVOID:
        what = ""
    elif shown:
        what = view.say(f"advice.regimen.{'then' if entry.row.action in STEPS else 'or'}").join(shown)
    else:
        what = view.say("advice.regimen.per-protocol")
    details = [
        part
        for part in (
            what,
            _limits(view, entry) if shown else "",
            _given(view, entry),
            at_crs_1(view, entry.row.action, own=entry.own),
        )
        if part
    ]
    return ": ".join((_action(view, entry), *filter(None, ["; ".join(details)])))


def _action(view: View, entry: Advice, *, with_drugs: bool = False) -> str:
    """The action with its strength, its condition, and a site's own words; `with_drugs`: with its drugs."""
    row = entry.row
    keys = (f"condition.{row.condition}" if row.condition else "", "regimen.if-no-crs" if entry.if_no_crs else "")
    condition = " ".join(view.say(f"advice.{key}") for key in keys if key)
    action = view.say(f"advice.action.{row.action}")
    if with_drugs and entry.regimens:
        drugs = view.say("advice.regimen.or").join(regimen_text(view, one) for one in entry.regimens)
        action = view.say("advice.regimen.with", action=action, drugs=drugs)
    text = f"{view.say(f'advice.strength.{row.strength}')}{action} {condition}".strip()
    text = f"{text} {puncture_text(view)}" if row.action == PUNCTURE else text
    return f"{text} ({escaped(row.note, len(row.note))})" if row.note else text


def _limits(view: View, entry: Advice) -> str:
    row = entry.row
    if row.max_in_24_hours is None or row.max_total is None:
        return ""
    return view.say("advice.regimen.limits", day=row.max_in_24_hours, total=row.max_total)


def _given(view: View, entry: Advice) -> str:
    """The tocilizumab given so far, because the number of doses is limited."""
    so_far = view.evaluation.treatment.tocilizumab
    if entry.row.action is not Action.TOCILIZUMAB or so_far.last is None:
        return ""
    given = view.say("advice.regimen.given", day=so_far.last_day, total=so_far.total, last=view.at(so_far.last))
    earliest = so_far.earliest(entry.row)
    if so_far.is_at_limit(entry.row):
        return f"{given}; {view.say('advice.regimen.at-limit')}"
    if earliest is not None and earliest > view.evaluation.as_of:
        return f"{given}; {view.say('advice.regimen.not-before', time=view.at(earliest))}"
    return given


def _sourced(view: View, key: str, line: Line) -> str:
    return view.say(f"advice.group.{key}", text=capital(line.text), source=_sources(view, line.entries))


def _source(view: View, entry: Advice) -> str:
    """The edition, the scale of a label that uses another one, and the source that confirmed the row."""
    scale = view.say(f"labels.scale.{entry.label.scale}") if entry.label else ""
    return ", ".join(filter(None, (entry.source, scale, entry.row_source)))


def _brief_source(entry: Advice) -> str:
    """For a label only its name, because its date is in the footer."""
    return ", ".join(filter(None, (entry.brief_source, entry.row_source)))


def _sources(view: View, entries: Iterable[Advice]) -> str:
    """Each source once, without those that another one names."""
    named = list(dict.fromkeys(_source(view, entry) for entry in entries))
    return "; ".join(one for one in named if not any(one != other and one in other for other in named))


def capital(text: str) -> str:
    """The text as the start of a line."""
    return text[:1].upper() + text[1:]
