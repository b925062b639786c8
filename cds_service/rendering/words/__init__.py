"""Texts with their placeholders filled, shared by all cards."""
