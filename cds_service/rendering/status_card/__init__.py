"""The status card."""
