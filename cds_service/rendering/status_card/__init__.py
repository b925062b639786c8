"""The card of a patient's state."""
