"""What the code is built like, in numbers: `make house`, before and after a change of its structure."""
