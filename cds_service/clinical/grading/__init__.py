"""ICANS and CRS graded by ASTCT: a function a domain, other causes, the history of grades."""
