"""Checks of the knowledge before it is used: tables, codes, texts, cases and the resulting answers."""
