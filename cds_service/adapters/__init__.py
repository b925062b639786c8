"""The outside world: each module hides the library that it uses."""
