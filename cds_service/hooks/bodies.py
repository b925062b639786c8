"""The body of a request: JSON by its type, here in time, small and shallow enough."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from flask import Request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import ClientDisconnected, UnsupportedMediaType

from cds_service.errors import NotJsonError, SlowBodyError, TooDeepError
from cds_service.fhir_mapping.nesting import depth_of
from cds_service.hooks.patience import Patience

# Where gunicorn leaves the connection; without it there is nobody to be patient with.
_CONNECTION = "gunicorn.socket"


@dataclass(frozen=True, slots=True)
class BodyReader:
    """Reads bodies within limits; that of their size is Flask's `MAX_CONTENT_LENGTH`."""

    patience: Patience
    levels: int

    def read(self, request: Request) -> bytes:
        """The body. Raises SlowBodyError, TooDeepError, NotJsonError, and what Flask does for a wrong type or size."""
        if not _is_json(request):
            raise UnsupportedMediaType
        body = self._arrived(request)
        if depth_of(body) > self.levels:
            raise TooDeepError(f"The JSON has more than {self.levels} levels (setting ICANS_NESTING_LIMIT).")
        return body

    def _arrived(self, request: Request) -> bytes:
        """A body that comes drop by drop would hold a thread for as long as its sender likes."""
        connection = request.environ.get(_CONNECTION)
        if connection is None:
            return request.get_data(cache=False)
        self.patience.begin(connection)
        body, in_time = b"", False
        try:
            with suppress(ClientDisconnected):
                body = request.get_data(cache=False)
        except ParseException as error:
            raise NotJsonError("The chunks of the body cannot be read.") from error
        finally:
            in_time = self.patience.end(connection)
        if not in_time:
            seconds = self.patience.seconds
            raise SlowBodyError(f"The body did not arrive within {seconds:g} s (setting ICANS_BODY_SECONDS).")
        return body


def _is_json(request: Request) -> bool:
    """What claims to be something else is refused: a page of another origin can send that without a preflight."""
    plain = request.headers.get("Content-Encoding", "identity") == "identity"
    return plain and (not request.mimetype or request.is_json)
