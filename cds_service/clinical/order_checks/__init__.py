"""What there is to say about orders and stays: a module a check."""
