"""The body of a request: must be declared as JSON, arrive in time, and be small and shallow enough."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from flask import Request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import ClientDisconnected, UnsupportedMediaType

from cds_service.errors import NotJsonError, SlowBodyError, TooDeepError, TooManyEntriesError
from cds_service.fhir_mapping.r4.extent import depth_of, values_of
from cds_service.server.call_time import CallTime
from cds_service.server.slow_senders import SlowSenderLimit

# gunicorn's key for the connection; without it there is none to watch.
_CONNECTION = "gunicorn.socket"


@dataclass(frozen=True, slots=True)
class BodyReader:
    """Reads bodies within limits; the size limit is Flask's `MAX_CONTENT_LENGTH`."""

    slow_senders: SlowSenderLimit
    levels: int
    values: int

    def read(self, request: Request, time: CallTime) -> bytes:
        """The body. Raises an error for what is wrong with it, and Flask's own for a wrong type or size."""
        if not _is_json(request):
            raise UnsupportedMediaType
        body = self._arrived(request, time.left)
        if values_of(body) > self.values:
            raise TooManyEntriesError(f"The JSON has more than {self.values} values (setting ICANS_VALUE_LIMIT).")
        if depth_of(body) > self.levels:
            raise TooDeepError(f"The JSON has more than {self.levels} levels (setting ICANS_NESTING_LIMIT).")
        return body

    def _arrived(self, request: Request, seconds: float) -> bytes:
        """The whole body. Raises SlowBodyError, because a slow sender could otherwise hold a thread indefinitely."""
        connection = request.environ.get(_CONNECTION)
        if connection is None:
            return request.get_data(cache=False)
        self.slow_senders.begin(connection, seconds)
        body, in_time = b"", False
        try:
            with suppress(ClientDisconnected):
                body = request.get_data(cache=False)
        except ParseException as error:
            raise NotJsonError("The chunked body cannot be read.") from error
        finally:
            in_time = self.slow_senders.end(connection)
        if not in_time:
            raise SlowBodyError(
                "The body did not arrive in time (setting ICANS_BODY_SECONDS, at most ICANS_CALL_SECONDS)."
            )
        return body


def _is_json(request: Request) -> bool:
    """Whether the body is declared as JSON: pages of other origins can send other types without a preflight."""
    plain = request.headers.get("Content-Encoding", "identity") == "identity"
    return plain and (not request.mimetype or request.is_json)
