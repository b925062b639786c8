"""Clinical cases: patients in a few lines with the answer that is expected, beside the tables they test.

They are the specification a clinician can read and extend; `icans-cds check` runs them, a hospital's own too.
"""
