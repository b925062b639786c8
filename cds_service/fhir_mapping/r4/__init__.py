"""FHIR R4 as typed structs, and how they are read from JSON."""
