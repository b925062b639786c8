"""Checks of orders, admissions and discharges: one module per check."""
