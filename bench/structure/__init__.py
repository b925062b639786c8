"""The structure of the code in figures: `make house`, before and after a change of structure."""
