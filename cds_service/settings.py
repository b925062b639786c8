"""All settings of the service, read from the environment and the command line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cds_service.errors import SettingsError

PREFIX, BYTES_A_MB, KEY_LENGTH, LAST_PORT = "ICANS_", 1024 * 1024, 32, 65_535
LIMITS = (
    "header_seconds",
    "call_seconds",
    "body_limit_mb",
    "body_seconds",
    "nesting_limit",
    "value_limit",
    "entry_limit",
    "draft_limit",
    "answer_limit_mb",
    "calls_at_once",
    "queue_seconds",
)
# Where a browser reaches a server that listens on every address.
LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (where it is found, not where it binds)
_PAGE = re.compile(r"(https://[A-Za-z0-9.-]+(:\d+)?(/[!-~]*)?)?")
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")
# The contents of a status card's detail.
SHORT, FULL = "short", "full"
# The expected kind of a value, for error messages.
_KINDS = {bool: "yes or no", int: "a whole number", float: "a number"}
TRUE, FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration; HELP below explains each setting."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    threads: int = 32
    demo: bool = False
    fhir_server: tuple[str, ...] = ()
    profile: str = "generic"
    clients: str = ""
    public_url: str = ""
    open_discovery: bool = False
    ca_file: str = ""
    deadline_seconds: float = 2.0
    header_seconds: float = 5.0
    call_seconds: float = 15.0
    body_limit_mb: float = 20.0
    body_seconds: float = 10.0
    nesting_limit: int = 100
    value_limit: int = 2_000_000
    entry_limit: int = 20_000
    draft_limit: int = 200
    answer_limit_mb: float = 50.0
    calls_at_once: int = 12
    queue_seconds: float = 0.5
    cors_origin: tuple[str, ...] = ()
    time_zone: str = ""
    language: str = "en"
    region: str = "us"
    guideline: tuple[str, ...] = ()
    edition: tuple[str, ...] = ()
    other_scales: bool = True
    preliminary: bool = False
    full_assessment: bool = False
    card_detail: str = SHORT
    wallet_card_url: str = ""
    handout_url: str = ""
    store: str = ""
    quieter_repeats: bool = False
    repeat_key: str = field(default="", repr=False)
    silent: tuple[str, ...] = ()
    decision_log: str = "stderr"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """The settings of an environment. Raises SettingsError that names the invalid variable."""
        names = {f"{PREFIX}{one.name.upper()}": one.name for one in fields(cls)}
        given = {names[key]: value for key, value in environ.items() if key in names}
        return cls().changed(given)

    def changed(self, values: Mapping[str, Any]) -> Settings:
        """These settings with some replaced; texts are parsed by the setting's type. Raises SettingsError."""
        changed = replace(self, **{name: self._read(name, value) for name, value in values.items()})
        changed.check()
        return changed

    @property
    def zone(self) -> tzinfo | None:
        """The ward's zone; None: the offset of each patient's newest datum."""
        return ZoneInfo(self.time_zone) if self.time_zone else None

    @property
    def own_url(self) -> str:
        """The address at which clients reach this service, without a trailing slash; empty if unknown.

        A demo is reached at the address on which it listens, or at the loopback address if it listens on every address.
        """
        if self.public_url or not self.demo:
            return self.public_url.rstrip("/")
        return f"http://{authority(LOOPBACK.get(self.host, self.host), self.port)}"

    def _read(self, name: str, value: Any) -> Any:
        default = getattr(self, name)
        if not isinstance(value, str) or isinstance(default, str):
            return tuple(value) if isinstance(default, tuple) else value
        try:
            return _parsed(value, default)
        except ValueError as error:
            raise SettingsError(f"{named(name)}: {value!r} is not {_KINDS[type(default)]}") from error

    def _check_cards(self) -> None:
        if self.card_detail not in (SHORT, FULL):
            raise SettingsError(f"{named('card_detail')} must be {SHORT} or {FULL}")
        for name in ("wallet_card_url", "handout_url"):
            if not _PAGE.fullmatch(getattr(self, name)):
                raise SettingsError(f"{PREFIX}{name.upper()} is not an https address")

    def check(self) -> None:
        """Raise SettingsError for a value that cannot work."""
        if not 0 <= self.port <= LAST_PORT:
            raise SettingsError(f"{named('port')} must be from 0 to {LAST_PORT}")
        for name in ("workers", "threads", "deadline_seconds", *LIMITS):
            if not getattr(self, name) > 0:
                raise SettingsError(f"{named(name)} must be more than 0")
        for origin in self.cors_origin:
            if _ORIGIN.fullmatch(origin) is None:
                raise SettingsError(f"{PREFIX}CORS_ORIGIN: {origin!r} is not an origin such as https://ehr.example")
        if self.quieter_repeats and len(self.repeat_key) < KEY_LENGTH:
            raise SettingsError(f"{PREFIX}QUIETER_REPEATS needs {PREFIX}REPEAT_KEY of at least {KEY_LENGTH} characters")
        self._check_cards()
        try:
            _ = self.zone
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise SettingsError(f"{PREFIX}TIME_ZONE: {self.time_zone!r} is not an IANA time zone") from error


def authority(host: str, port: int) -> str:
    """Host and port as written in a URL."""
    return f"{f'[{host}]' if ':' in host else host}:{port}"


def named(name: str) -> str:
    """The name of a setting: its option and its environment variable."""
    return f"--{name.replace('_', '-')} ({PREFIX}{name.upper()})"


def _parsed(text: str, default: Any) -> Any:
    match default:
        case bool():
            if text.casefold() in TRUE | FALSE:
                return text.casefold() in TRUE
            raise ValueError(text)
        case tuple():
            return tuple(text.replace(",", " ").split())
        case int():
            return int(text)
        case _:
            return float(text)


HELP = {
    "host": "address to listen on",
    "port": "port to listen on; 0 picks a free one",
    "workers": "number of processes; grading is CPU-bound, so use at most one per core",
    "threads": "threads per process; they mostly wait for FHIR servers, and one in 16 is kept free for health checks",
    "demo": "embedded sandbox, and no authentication unless --clients is given; only for trying the service out",
    "fhir_server": "demo without clients: FHIR server that may be called in addition to those on this machine; "
    "repeatable",
    "profile": "demo: how FHIR servers are searched, and templates are written: generic, hapi, epic or oracle; "
    "a client in the clients file has its own",
    "clients": "TOML file of the CDS Clients that may call (docs/security.md)",
    "public_url": "URL at which clients reach this service, without /cds-services",
    "open_discovery": "answer GET /cds-services without authentication",
    "ca_file": "PEM file of the certificate authorities trusted for FHIR servers and key sets; default: certifi's",
    "deadline_seconds": "time limit for all FHIR searches of one call together",
    "header_seconds": "time within which the headers of a request must arrive",
    "call_seconds": "time limit from the headers of a call to its answer; checked between the steps",
    "body_limit_mb": "largest request body, in MB",
    "body_seconds": "time within which a request body must arrive",
    "nesting_limit": "levels of objects and arrays allowed in the JSON of a request",
    "value_limit": "values allowed in the JSON of a request: strings, numbers, lists and objects",
    "entry_limit": "Bundle entries allowed in a prefetch; after as many from FHIR servers, no further page is fetched",
    "draft_limit": "draft orders allowed in a call; each may become a card",
    "answer_limit_mb": "total size, in MB, of what FHIR servers may send for one call",
    "calls_at_once": "calls of one client that a process answers at the same time; as many again may wait, "
    "so keep it below half the threads",
    "queue_seconds": "how long a call may queue before it is refused with 429; refused at once if too many are queued",
    "cors_origin": "origin whose pages may call from a browser, such as https://ehr.example; repeatable; "
    "default: none, in demo mode any",
    "time_zone": "IANA time zone of the ward; default: the offset of the patient's newest record",
    "language": "language of the cards, a folder of cards/",
    "region": "whose product labels are shown beside the guideline: us or eu",
    "guideline": "your site's own file: protocol, products, assessment interval, codes; repeatable",
    "edition": "id of an edition to use instead of the newest verified one of its body; repeatable",
    "other_scales": "also read consciousness from RASS, AVPU and GCS",
    "preliminary": "also use preliminary Observations",
    "full_assessment": "send the full assessment too, as Markdown in the extension of patient-view; always in a demo",
    "card_detail": "detail of the status card: short, or full for a site without another place for the full assessment",
    "wallet_card_url": "https page with the site's wallet card, linked at discharge",
    "handout_url": "https page with the site's handout for patients, linked at discharge",
    "store": "database of feedback and used tokens: a SQLite file or postgresql://user@host/name; "
    "default: icans-cds.sqlite, in demo mode a file that is deleted when the process ends",
    "quieter_repeats": "show a card one step less urgent to the user who has answered it (docs/contract.md 4)",
    "repeat_key": "secret for the keyed hash of users and patients that this needs; better in the variable than on the "
    "command line, where others can read it",
    "silent": "service that grades and logs but shows no cards; repeatable",
    "decision_log": "one line of JSON per call, without patient data: stderr, off, or a file",
}
