"""FHIR R4 to clinical facts, and recommendations to FHIR: pure, entry by entry, by codes and never by text."""
