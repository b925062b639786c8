"""ICANS CDS: a CDS Hooks service for neurotoxicity after CAR-T cells and T-cell engagers."""

__version__ = "0.1.0"
