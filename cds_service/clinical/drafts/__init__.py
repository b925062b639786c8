"""Proposed drafts for a clinician to check and sign, and what the patient takes home."""
