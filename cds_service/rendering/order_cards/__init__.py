"""The cards about orders and stays."""
