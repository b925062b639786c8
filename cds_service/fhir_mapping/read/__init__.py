"""From FHIR resources to clinical facts: a module a resource."""
