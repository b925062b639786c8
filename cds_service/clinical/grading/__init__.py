"""Grading of ICANS and CRS by ASTCT: one function per domain, other causes, the history of grades."""
