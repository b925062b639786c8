"""What was given so far, and what came of it."""
