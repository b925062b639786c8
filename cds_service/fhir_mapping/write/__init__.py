"""From proposals to FHIR resources and the actions of CDS Hooks."""
