"""Whose a resource is: nothing of another patient is ever used."""

from __future__ import annotations

import re

from cds_service.fhir_mapping.r4 import Reference

# FHIR's characters; some EHRs have ids beyond FHIR's 64 characters (contract.md 3).
_ID = re.compile(r"[A-Za-z0-9.-]{1,255}")


def is_id(text: str) -> bool:
    """Whether a text can be a FHIR id and may be put into a URL."""
    return _ID.fullmatch(text) is not None and text not in (".", "..")


def is_of_patient(subject: Reference | None, patient_id: str) -> bool:
    """Whether a subject is this patient: by a relative, absolute, versioned or urn:uuid reference."""
    reference = subject.reference if subject else None
    if not reference:
        return False
    if reference == f"Patient/{patient_id}" or reference == f"urn:uuid:{patient_id}":  # noqa: PLR1714  (fast path)
        return True
    return (reference.split("/_history/")[0].endswith(f"/Patient/{patient_id}") and "://" in reference) or (
        reference.startswith(f"Patient/{patient_id}/_history/")
    )
