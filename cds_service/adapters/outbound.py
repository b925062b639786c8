"""The base URL of a server, parsed so strictly that no other parser can see a different host in it.

The URL that is compared is the URL that is called: it is taken apart once, here, and rebuilt from its parts. Anything
that two parsers may read differently is refused: user names, backslashes, percent-encoding, short, octal or hexadecimal
IPv4 addresses, IPv4 inside IPv6, trailing dots, and non-ASCII letters (such names are written as xn--).
"""

from __future__ import annotations

import ipaddress
import logging
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import NamedTuple
from urllib.parse import unquote

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

_CHUNK_BYTES = 256 * 1024
# The library logs URLs, and URLs contain patient ids.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


class TooLateError(requests.Timeout):
    """A response did not finish in time."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment by which everything must have arrived."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """The deadline this many seconds from now."""
        return cls(time.monotonic() + seconds)

    @property
    def left(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.at - time.monotonic())


def new_session(retry: Retry) -> requests.Session:
    """A session that keeps no cookie and reads nothing from the environment."""
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.trust_env = False
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry))
    return session


def chunks(response: requests.Response, deadline: Deadline) -> Iterator[bytes]:
    """The decompressed body as it arrives; a sender that sends one byte at a time gains no extra time.

    Raises TooLateError at the deadline, and another RequestException if the body breaks off.
    """
    try:
        while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=True):
            if not deadline.left:
                raise TooLateError
            yield chunk
    except urllib3.exceptions.ReadTimeoutError as error:
        raise TooLateError from error
    except urllib3.exceptions.HTTPError as error:
        raise requests.ConnectionError from error


PORTS = {"http": 80, "https": 443}
MAX_LENGTH = 2048
_MAX_PORT = 65535
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_FORM = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]{{2,45}}\])(?::(?P<port>[0-9]{{1,5}}))?"
    r"(?P<path>(?:/(?-i:[A-Za-z0-9._~-]+))*)/?",
    re.IGNORECASE | re.ASCII,
)
# The C library would read a host as an IPv4 address if its last label is a number.
_NUMERIC = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
_ORIGIN_AND_PATH = re.compile(r"(https?://[^/?#]*)([^?#]*)", re.IGNORECASE | re.ASCII)
_DOTS = frozenset({".", ".."})
# Left after decoding once: encoded twice, or read as a slash or as nothing by some parsers.
_ODD = re.compile(r"[%\\\x00-\x20\x7f]")
# Networks whose last 32 bits are an IPv4 address: IPv4-compatible, and NAT64 by RFC 6052 and RFC 8215.
_IPV4_WITHIN = tuple(map(ipaddress.IPv6Network, ("::/96", "64:ff9b::/96", "64:ff9b:1::/48")))
_OWN = frozenset(map(ipaddress.IPv6Address, ("::", "::1")))


class BaseUrl(NamedTuple):
    """Scheme, host, port and path of a server, in a single canonical spelling."""

    scheme: str
    host: str
    port: int
    path: str

    def __str__(self) -> str:
        """The URL, without a trailing slash."""
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}{self.path}"

    @property
    def is_loopback(self) -> bool:
        """Whether it is on this machine, by a loopback address or `localhost`."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    @property
    def is_safe(self) -> bool:
        """Whether the traffic is protected from being read in transit."""
        return self.scheme == "https" or self.is_loopback

    def leads_to(self, url: str) -> bool:
        """Whether an absolute URL, with or without a query, is on this server: same origin, at or below this path."""
        parts = _ORIGIN_AND_PATH.match(url)
        if parts is None:
            return False
        try:
            origin = parse_base(parts[1])
        except ValueError:
            return False
        if _climbs(unquote(parts[2])):
            return False
        below = parts[2] == self.path or parts[2].startswith(f"{self.path}/")
        return origin[:3] == self[:3] and below


def _climbs(path: str) -> bool:
    """Whether a parser may find . or .. in a decoded path; some ignore what follows a semicolon in a segment."""
    return bool(_ODD.search(path) or _DOTS & {segment.partition(";")[0] for segment in path.split("/")})


def parse_base(text: str) -> BaseUrl:
    """The parts of a base URL. Raises ValueError that says what is wrong with it."""
    found = _FORM.fullmatch(text) if len(text) <= MAX_LENGTH else None
    if found is None:
        raise ValueError("not a plain base URL: http(s)://host[:port][/path]")
    if _DOTS & set(found["path"].split("/")):
        raise ValueError("the path contains . or ..")
    scheme = found["scheme"].lower()
    port = int(found["port"] or PORTS[scheme])
    if not 0 < port <= _MAX_PORT:
        raise ValueError("no such port")
    return BaseUrl(scheme, _host(found["host"].lower()), port, found["path"])


def _host(host: str) -> str:
    if host.startswith("["):
        address = ipaddress.IPv6Address(host[1:-1])
        if address.ipv4_mapped or address.sixtofour or address.teredo or _holds_ipv4(address):
            raise ValueError("an IPv4 address embedded in an IPv6 address")
        return f"[{address.compressed}]"
    return str(ipaddress.IPv4Address(host)) if _NUMERIC.fullmatch(host) else host


def _holds_ipv4(address: ipaddress.IPv6Address) -> bool:
    return address not in _OWN and any(address in network for network in _IPV4_WITHIN)
