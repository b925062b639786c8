"""From FHIR R4 to clinical facts, and from proposals to FHIR: pure, entry by entry, by codes and never by text."""
