"""The label tables: every product of a row has a label, and a region has tables or is refused."""

from __future__ import annotations

import pytest

from cds_service.errors import KnowledgeError
from cds_service.knowledge.editions import load_labels, regions


def test_every_product_of_a_row_has_its_label() -> None:
    for region in regions():
        table = load_labels(region)
        named = {product for row in table.row for product in row.products}

        assert named <= set(table.label)
        assert all(row.products for row in table.row)


def test_a_region_without_labels_is_refused() -> None:
    with pytest.raises(KnowledgeError, match="'uk'; known regions: eu, us"):
        load_labels("uk")
