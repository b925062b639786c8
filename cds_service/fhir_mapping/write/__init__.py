"""From proposals to FHIR resources and CDS Hooks actions."""
