"""The synthetic patients and orders, and how their times begin now."""
