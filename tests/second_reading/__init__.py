"""A second reading of the decision rules, and of the labels (label_cells.py), for comparison with the service.

That of the rules was written from the text of the rules alone (decision-rules.md, grading.md,
assessment-codes.md and the words "running" and windows of contract.md), by
somebody who had not seen the first implementation. Every number stands here as
it stands in the text; nothing is read from a table file. NOTES.md says where the
text left a choice and what was chosen.
"""
