"""What is drafted for a clinician to check and sign, and what a patient takes home."""
