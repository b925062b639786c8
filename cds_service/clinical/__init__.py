"""Clinical rules: from what is known about a patient to grade, urgency and treatment options.

Standard library only; no input or output, no clock, no FHIR. Rule ids in comments (T1 ... E5) are those of
docs/decision-rules.md.
"""
