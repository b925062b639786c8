"""The product labels of each region that there is a table for."""

from __future__ import annotations

from collections.abc import Collection

from cds_service.clinical.tables.advice import Management
from cds_service.knowledge.editions import label_file, regions
from cds_service.knowledge.tables import read_table

REGIONS = regions()


def load_labels(region: str, named: Collection[str] = ()) -> Management:
    """The labels of a region. Raises KnowledgeError if there are none or the file is wrong."""
    return read_table(label_file(region, named).source, Management)
