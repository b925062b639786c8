"""A second reading of the decision rules, and of the labels (label_cells.py), for comparison with the service.

The second reading of the rules was written by somebody who had not seen the first implementation, from the text alone:
decision-rules.md, grading.md, assessment-codes.md, and "running" and the windows in contract.md. Every number is typed
here as in the text; nothing is read from a table file. NOTES.md lists the places where the text left a choice, and the
choice made.
"""
