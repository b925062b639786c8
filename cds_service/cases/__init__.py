"""Clinical cases: short descriptions of patients with the expected answers, beside the tables they test.

They are the specification that a clinician can read and extend; `icans-cds check` runs them, including a hospital's
own.
"""
