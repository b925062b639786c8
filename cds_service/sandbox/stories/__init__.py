"""The synthetic patients and orders, with times relative to the present."""
