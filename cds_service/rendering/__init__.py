"""An evaluation in words: cards, and the machine-readable answer. Pure; wording comes from cards/<language>."""
