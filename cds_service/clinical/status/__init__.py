"""The status of a patient: who gets a card, how urgent it is, what it asks for, when the next assessment is due."""
