"""The clinical tables as types, each row with where it comes from."""
