"""What else may explain the findings, or is no ICANS: shown for work-up, never in place of a grade."""
