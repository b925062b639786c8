"""Write the clinical specification, the attributes and the tables on site files in docs/: `make docs`."""

from __future__ import annotations

from tests.spec import attributes, site_values
from tests.spec.chapters import DOCUMENT, specification

if __name__ == "__main__":
    DOCUMENT.write_text(specification(), encoding="utf-8")
    attributes.DOCUMENT.write_text(attributes.document(), encoding="utf-8")
    site_values.DOCUMENT.write_text(site_values.document(), encoding="utf-8")
