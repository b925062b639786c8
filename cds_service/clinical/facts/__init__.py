"""What is known about the patient, the orders and the occasion of the call."""
