"""The cards about orders, admission and discharge."""
