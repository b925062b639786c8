"""The names by which tables, records and orders speak of the same thing: open sets, which tables and value sets fill.

They are made where data enter: as a table is read, and as a code is looked up.
"""

from __future__ import annotations

from typing import NewType

# What a value set stands for (fhir_mapping/valuesets, concepts.toml): "temperature", "creatinine".
Concept = NewType("Concept", str)
# The concept of a drug that tables name: "dexamethasone".
Drug = NewType("Drug", Concept)
# What may explain findings that look like ICANS: the cause of a row in guidelines/look_alikes.
LookAlikeCause = NewType("LookAlikeCause", str)
# A drug, or cells, whose dose starts a course: the key of a product in guidelines/drugs.
ProductKey = NewType("ProductKey", Drug)
