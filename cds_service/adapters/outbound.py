"""HTTP to other servers: no redirects, no cookies, no proxies of the environment, nothing without an end."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

_CHUNK_BYTES = 256 * 1024
# The library's log has URLs in it, and URLs have patients in them.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


class TooLateError(requests.Timeout):
    """What came did not end in time."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One moment by which everything must have arrived."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """The deadline so many seconds from now."""
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
    """The body as it arrives, unpacked: who sends a byte now and then gains no time.

    Raises TooLateError at the deadline, another RequestException where the body breaks off.
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
