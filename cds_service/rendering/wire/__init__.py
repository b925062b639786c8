"""Cards and evaluation as JSON: the last step before the wire."""
