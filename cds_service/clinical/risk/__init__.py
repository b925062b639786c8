"""Risk factors for ICANS: what is on record of each, beside the grade and never part of it."""
