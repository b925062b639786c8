"""Other causes of the findings, and neurotoxicity other than ICANS: shown for work-up, never in place of a grade."""
