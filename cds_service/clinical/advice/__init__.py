"""The advice that applies to a patient: which table rows are selected, and what follows from them."""
