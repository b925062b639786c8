"""The clinical tables as types; every row carries its provenance."""
