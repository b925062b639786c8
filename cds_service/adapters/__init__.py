"""The outside world; each module hides its library."""
