"""The product labels of each region that there is a table for."""

from __future__ import annotations

from importlib.resources.abc import Traversable

from cds_service.clinical.tables.advice import Management
from cds_service.errors import KnowledgeError
from cds_service.knowledge.tables import GUIDELINES, read_table

LABELS = {"us": "labels_us_2026.toml", "eu": "labels_eu_2026.toml"}
REGIONS = tuple(LABELS)


def label_table(region: str) -> Traversable:
    """The file of a region. Raises KnowledgeError for a region without one."""
    if region not in LABELS:
        raise KnowledgeError(f"no product labels for the region {region!r}; there are: {', '.join(REGIONS)}")
    return GUIDELINES / LABELS[region]


def load_labels(region: str) -> Management:
    """The labels of a region. Raises KnowledgeError if there are none or the file is wrong."""
    return read_table(label_table(region), Management)
