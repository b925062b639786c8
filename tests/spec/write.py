"""Write docs/clinical-specification.md and docs/decision-support-attributes.md anew: `make docs`."""

from __future__ import annotations

from tests.spec import attributes
from tests.spec.chapters import DOCUMENT, specification

if __name__ == "__main__":
    DOCUMENT.write_text(specification(), encoding="utf-8")
    attributes.DOCUMENT.write_text(attributes.document(), encoding="utf-8")
