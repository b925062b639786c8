"""What the tables advise for a patient: which rows apply, and what follows from them."""
