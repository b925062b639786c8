"""From FHIR resources to clinical facts: one module per resource."""
