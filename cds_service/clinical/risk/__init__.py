"""Risk factors for ICANS: what is on record about each, shown beside the grade and never part of it."""
