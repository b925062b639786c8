"""The demo: synthetic patients in an embedded FHIR server, and pages that show them as an EHR would."""
