"""Whose a resource is: nothing of another patient is ever used."""

from __future__ import annotations

import re

from cds_service.fhir_mapping.r4.datatypes import Reference

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
    current = reference.split("/_history/")[0]
    if current in (f"Patient/{patient_id}", f"urn:uuid:{patient_id}"):
        return True
    return "://" in current and current.endswith(f"/Patient/{patient_id}")
