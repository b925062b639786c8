"""The evaluation as JSON."""
