"""What is known of the patient, the orders and the occasion, in order of time."""
