"""Write docs/hazards.md: `make docs`."""

from __future__ import annotations

from tests.hazards.log import DOCUMENT, document, read_log

if __name__ == "__main__":
    DOCUMENT.write_text(document(read_log()), encoding="utf-8")
