"""All errors that this package raises intentionally: one tree, turned into responses in one place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from cds_service.clinical.facts.gap import GapKind

# Capped, so that a bad request cannot inflate the response.
MAX_FAULTS = 20


class IcansCdsError(Exception):
    """Base of all errors that are not defects."""


class KnowledgeError(IcansCdsError):
    """A table, value set or wording file is wrong: the service must not start with it."""


class WrongFileError(KnowledgeError):
    """The same, of one file: which, and what is wrong with it."""

    def __init__(self, file: str, reason: object) -> None:
        super().__init__(f"{file}: {reason}")
        self.file, self.reason = file, str(reason)


class SettingsError(IcansCdsError):
    """The configuration is invalid or unsafe."""


class RefusedError(IcansCdsError):
    """A request that is not answered with cards; `status` is the HTTP status, the text is for an integration engineer.

    The text never repeats the content of the request, which may be patient data.
    """

    status = 400
    code = "invalid"

    @property
    def issues(self) -> tuple[dict[str, object], ...]:
        """The issues of an OperationOutcome; one, unless a subclass provides more."""
        return ({"severity": "error", "code": self.code, "diagnostics": str(self)},)


class NotAuthenticatedError(RefusedError):
    """The caller did not prove its identity; `reason` is only logged, never sent to the caller (hooks:J9)."""

    status = 401
    code = "login"

    def __init__(self, reason: str) -> None:
        """Use the same text for every reason."""
        super().__init__("Not authenticated.")
        self.reason = reason


class NotAllowedError(RefusedError):
    """The caller is known, but not permitted to do this."""

    status = 403
    code = "forbidden"


class NoSuchServiceError(RefusedError):
    """The address does not name one of our services."""

    status = 404
    code = "not-found"


class NotJsonError(RefusedError):
    """The body is not JSON."""

    status = 400
    code = "structure"


class SlowBodyError(RefusedError):
    """The body did not arrive in time."""

    status = 408
    code = "timeout"


class OverdueError(RefusedError):
    """The answer took longer than allowed for a call."""

    status = 503
    code = "timeout"


class TooDeepError(RefusedError):
    """The JSON is nested deeper than any real record."""

    status = 422
    code = "too-costly"


class TooManyEntriesError(RefusedError):
    """The body has too many values, the prefetch too many entries, or the call too many draft orders."""

    status = 413
    code = "too-costly"


class BusyError(RefusedError):
    """The client has too many calls in progress."""

    status = 429
    code = "throttled"


class NotAHookRequestError(RefusedError):
    """The body is JSON, but not a request for this service."""

    status = 422
    code = "invalid"


class NotFeedbackError(RefusedError):
    """The body is JSON, but not feedback."""

    status = 422
    code = "invalid"


class SomeFeedbackRefusedError(NotFeedbackError):
    """Some entries of a message are not feedback; `places` gives the location (FHIRPath-like) and the reason of each.

    `kept`: how many of the other entries are now stored. The whole message may be sent again: nothing is stored twice.
    """

    def __init__(self, places: Mapping[str, str], kept: int) -> None:
        super().__init__(f"Not CDS Hooks feedback: {len(places)} elements. Entries kept: {kept}.")
        self.places, self.kept = places, kept

    @property
    def issues(self) -> tuple[dict[str, object], ...]:
        """The first invalid elements, then how many more there are and what happened to the rest."""
        wrong: Iterator[dict[str, object]] = (
            {"severity": "error", "code": self.code, "diagnostics": f"{place}: {text}", "expression": [place]}
            for place, text in islice(self.places.items(), MAX_FAULTS)
        )
        more = len(self.places) - MAX_FAULTS
        others = f"{more} more elements are wrong. " if more > 0 else ""
        kept = f"{others}Entries kept: {self.kept}. The whole message may be sent again: nothing is kept twice."
        return (*wrong, {"severity": "information", "code": "informational", "diagnostics": kept})


class WrongPatientError(RefusedError):
    """The Patient received is not the one in context."""

    status = 422
    code = "invalid"


class MissingDataError(RefusedError):
    """Required data came neither with the prefetch nor from a FHIR server."""

    status = 412
    code = "required"


class StoreUnavailableError(RefusedError):
    """The data could not be stored; nothing is acknowledged that may be lost."""

    status = 503
    code = "transient"


class BrokenAnswerError(RefusedError):
    """A response of ours does not conform to the specification."""

    status = 500
    code = "exception"


class FhirUnavailableError(IcansCdsError):
    """A FHIR server did not provide what was requested; `kind` is the resulting gap."""

    def __init__(self, kind: GapKind, why: str = "") -> None:
        """`why`: a text for integration engineers, without URLs or response content, which may contain patient data."""
        super().__init__(kind)
        self.kind, self.why = kind, why


class FhirBadRequestError(FhirUnavailableError):
    """The server does not understand the search; a simpler one may work."""
