"""The treatment given so far, and the response to it."""
