"""Measurements: always a ratio beside a floor or a peer in the same run, never a test that can fail by the clock."""
