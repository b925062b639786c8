"""Texts with their gaps filled: what every card shares."""
