"""Write docs/clinical-specification.md anew: `make docs`."""

from __future__ import annotations

from tests.spec.chapters import DOCUMENT, specification

if __name__ == "__main__":
    DOCUMENT.write_text(specification(), encoding="utf-8")
