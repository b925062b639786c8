"""Requests made after public reports and data, and what a right answer to each is."""
