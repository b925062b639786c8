"""An answer in words: cards, and the machine-readable evaluation. Pure; texts come from cards/<language>."""
