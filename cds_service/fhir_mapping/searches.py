"""How the data are asked of one kind of FHIR server: with the parameters that it takes, in URLs of limited length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

from cds_service.fhir_mapping.codes import Code
from cds_service.fhir_mapping.data_requirements import Requirement, token

# The longest id that a patient may have (contract.md 3), and the shortest base URL that room is kept for.
LONGEST_ID, USUAL_BASE = "x" * 255, 100
SOME_TIME = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Profile:
    """What one kind of server takes; profiles.toml explains the fields, and gives the reasons."""

    label: str = "any FHIR R4 server"
    known: str = ""
    url_limit: int = 1900
    sort: bool = True
    include: bool = True
    count: int = 1000
    time_in_dates: bool = False
    post: tuple[str, ...] = ()
    within_panels: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchStyle:
    """How one client's servers are searched, and how its prefetch templates are written.

    `url_limit`: bytes of a whole URL; 0: as the profile says. `by_post`: searches go by POST where that works, so that
    no URL names a patient. `dated_templates`: with FHIRPath dates (hooks:P4). `longest_base`: bytes of a base URL.
    """

    profile: Profile = Profile()
    url_limit: int = 0
    by_post: bool = False
    dated_templates: bool = False
    longest_base: int = USUAL_BASE

    def room_for_codes(self, requirement: Requirement) -> int:
        """Bytes left in a URL for the list of codes."""
        rest = replace(requirement, codes=()).query(LONGEST_ID, SOME_TIME)
        return (self.url_limit or self.profile.url_limit) - self.longest_base - len(f"/{rest}&code=")


@cache
def in_style(requirements: tuple[Requirement, ...], style: SearchStyle) -> tuple[Requirement, ...]:
    """The requirements as a client's servers are asked for them; a list of codes that is too long is split."""
    return tuple(part for one in requirements for part in _parts(_for_server(one, style), style))


def _for_server(requirement: Requirement, style: SearchStyle) -> Requirement:
    profile = style.profile
    return replace(
        requirement,
        codes=tuple(code for code in requirement.codes if code not in profile.within_panels),
        sort=requirement.sort if profile.sort else "",
        include=requirement.include if profile.include else "",
        count=min(requirement.count, profile.count),
        by_post=style.by_post and requirement.resource in profile.post,
        since=_since(requirement, profile) if style.dated_templates else "",
    )


def _since(requirement: Requirement, profile: Profile) -> str:
    """The start of the window as a template states it; the midnight before it, in the client's time."""
    if not requirement.is_dated or requirement.window is None:
        return ""
    return f"ge{{{{today() - {requirement.window.days} days}}}}{'T00:00:00Z' if profile.time_in_dates else ''}"


def _parts(requirement: Requirement, style: SearchStyle) -> Iterator[Requirement]:
    """The requirement in as few parts as fit; the first keeps its key, the others are `labs-2`, `labs-3` ..."""
    for number, codes in enumerate(_fitting(requirement.codes, style.room_for_codes(requirement)), 1):
        part = replace(requirement, codes=codes)
        yield part if number == 1 else replace(part, key=f"{part.key}-{number}", part_of=part.key, once_in=part.key)


def _fitting(codes: tuple[Code, ...], room: int) -> Iterator[tuple[Code, ...]]:
    """The codes in order, in groups that take up no more than the room."""
    group: list[Code] = []
    taken = 0
    for code in codes:
        size = len(f"{token(code)},")
        if group and taken + size > room:
            yield tuple(group)
            group, taken = [], 0
        group.append(code)
        taken += size
    yield tuple(group)
