"""The state of a patient at a moment: who gets a card, how urgent it is, when the next assessment is due."""
