"""The base URL of a server, read so strictly that no other reader can see another host in it.

What is compared is what is called: a URL is taken apart once, here, and put together again from its parts. Anything
that two readers may take differently is refused: user names, backslashes, percent-encoding, short, octal or hexadecimal
IPv4 addresses, IPv4 inside IPv6, trailing dots, letters outside of ASCII (a name of other letters is written xn--).
"""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import unquote

PORTS = {"http": 80, "https": 443}
MAX_LENGTH = 2048
_MAX_PORT = 65535
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_FORM = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]{{2,45}}\])(?::(?P<port>[0-9]{{1,5}}))?"
    r"(?P<path>(?:/(?-i:[A-Za-z0-9._~-]+))*)/?",
    re.IGNORECASE | re.ASCII,
)
# What the C library would read as an IPv4 address: the last label is a number.
_NUMERIC = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
_ORIGIN_AND_PATH = re.compile(r"(https?://[^/?#]*)([^?#]*)", re.IGNORECASE | re.ASCII)
_DOTS = frozenset({".", ".."})


class BaseUrl(NamedTuple):
    """Scheme, host, port and path of a server, in the one way of writing them."""

    scheme: str
    host: str
    port: int
    path: str

    def __str__(self) -> str:
        """The URL, without a slash at the end."""
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}{self.path}"

    @property
    def is_loopback(self) -> bool:
        """Whether it is on this machine, by an address or as `localhost`."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    @property
    def is_safe(self) -> bool:
        """Whether nobody on the way can read along."""
        return self.scheme == "https" or self.is_loopback

    def leads_to(self, url: str) -> bool:
        """Whether an absolute URL, with a query or not, is on this server: same origin, at or below this path."""
        parts = _ORIGIN_AND_PATH.match(url)
        if parts is None:
            return False
        try:
            origin = parse_base(parts[1])
        except ValueError:
            return False
        plain = unquote(parts[2])
        if "\\" in plain or _DOTS & set(plain.split("/")):
            return False
        below = parts[2] == self.path or parts[2].startswith(f"{self.path}/")
        return origin[:3] == self[:3] and below


def parse_base(text: str) -> BaseUrl:
    """The parts of a base URL. Raises ValueError that says what is wrong with it."""
    found = _FORM.fullmatch(text) if len(text) <= MAX_LENGTH else None
    if found is None:
        raise ValueError("not the plain base URL of a server: http(s)://host[:port][/path]")
    if _DOTS & set(found["path"].split("/")):
        raise ValueError("a path with . or .. in it")
    scheme = found["scheme"].lower()
    port = int(found["port"] or PORTS[scheme])
    if not 0 < port <= _MAX_PORT:
        raise ValueError("no such port")
    return BaseUrl(scheme, _host(found["host"].lower()), port, found["path"])


def _host(host: str) -> str:
    if host.startswith("["):
        address = ipaddress.IPv6Address(host[1:-1])
        if address.ipv4_mapped or address.sixtofour or address.teredo:
            raise ValueError("an IPv4 address inside an IPv6 address")
        return f"[{address.compressed}]"
    return str(ipaddress.IPv4Address(host)) if _NUMERIC.fullmatch(host) else host
