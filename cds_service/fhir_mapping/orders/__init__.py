"""The draft orders of a call, and the orders on record."""
