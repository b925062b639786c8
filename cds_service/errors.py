"""Everything that this package raises on purpose; one tree, turned into an answer in one place."""

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


class SettingsError(IcansCdsError):
    """The configuration is wrong or unsafe."""


class RefusedError(IcansCdsError):
    """A request that is not answered with cards; `status` is the HTTP status, the text is for an integration engineer.

    The text never repeats what the request held: it may be patient data.
    """

    status = 400
    code = "invalid"

    @property
    def issues(self) -> tuple[dict[str, object], ...]:
        """What is wrong, each as an issue of an OperationOutcome; one unless a kind of error knows better."""
        return ({"severity": "error", "code": self.code, "diagnostics": str(self)},)


class NotAuthenticatedError(RefusedError):
    """The caller did not prove who it is; `reason` is for the log, the caller learns nothing (hooks:J9)."""

    status = 401
    code = "login"

    def __init__(self, reason: str) -> None:
        """The same words for every reason."""
        super().__init__("Not authenticated.")
        self.reason = reason


class NotAllowedError(RefusedError):
    """The caller is known and may not do this."""

    status = 403
    code = "forbidden"


class NoSuchServiceError(RefusedError):
    """The address names no service of ours."""

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
    """The answer took longer than a call may."""

    status = 503
    code = "timeout"


class TooDeepError(RefusedError):
    """The JSON is nested deeper than any record is."""

    status = 422
    code = "too-costly"


class TooManyEntriesError(RefusedError):
    """The body has more values, the prefetch more entries, or the call more draft orders than are read in a call."""

    status = 413
    code = "too-costly"


class BusyError(RefusedError):
    """The client has more calls under way than one client may."""

    status = 429
    code = "throttled"


class NotAHookRequestError(RefusedError):
    """The body is JSON but no request for this service."""

    status = 422
    code = "invalid"


class NotFeedbackError(RefusedError):
    """The body is JSON but no feedback."""

    status = 422
    code = "invalid"


class SomeFeedbackRefusedError(NotFeedbackError):
    """Some entries of a message are no feedback; `places` says which and why, by FHIRPath-like expressions.

    `kept`: how many of its others are kept now. The whole message may be sent again: nothing is kept twice.
    """

    def __init__(self, places: Mapping[str, str], kept: int) -> None:
        super().__init__(f"Not CDS Hooks feedback: {len(places)} elements. Entries kept: {kept}.")
        self.places, self.kept = places, kept

    @property
    def issues(self) -> tuple[dict[str, object], ...]:
        """The first bad elements, then how many more there are and what became of the rest."""
        wrong: Iterator[dict[str, object]] = (
            {"severity": "error", "code": self.code, "diagnostics": f"{place}: {text}", "expression": [place]}
            for place, text in islice(self.places.items(), MAX_FAULTS)
        )
        more = len(self.places) - MAX_FAULTS
        others = f"{more} more elements are wrong. " if more > 0 else ""
        kept = f"{others}Entries kept: {self.kept}. The whole message may be sent again: nothing is kept twice."
        return (*wrong, {"severity": "information", "code": "informational", "diagnostics": kept})


class WrongPatientError(RefusedError):
    """The Patient that came is not the one in context."""

    status = 422
    code = "invalid"


class MissingDataError(RefusedError):
    """Required data came neither by prefetch nor from a FHIR server."""

    status = 412
    code = "required"


class StoreUnavailableError(RefusedError):
    """What was to be kept could not be written: nothing is acknowledged that may be lost."""

    status = 503
    code = "transient"


class BrokenAnswerError(RefusedError):
    """An answer of ours does not obey the specification."""

    status = 500
    code = "exception"


class FhirUnavailableError(IcansCdsError):
    """A FHIR server did not give what was asked for; `kind` is the gap that this becomes."""

    def __init__(self, kind: GapKind, why: str = "") -> None:
        """`why`: in words for an integration engineer. No URL, nothing of an answer: they may hold patient data."""
        super().__init__(kind)
        self.kind, self.why = kind, why


class FhirBadRequestError(FhirUnavailableError):
    """The server does not understand the search; a simpler one may do."""
