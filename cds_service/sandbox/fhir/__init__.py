"""The embedded FHIR server."""
