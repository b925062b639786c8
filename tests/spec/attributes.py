"""docs/decision-support-attributes.md: the source attributes as a document."""

from __future__ import annotations

from cds_service import __version__
from cds_service.knowledge import load_knowledge
from cds_service.knowledge.attributes import source_attributes
from tests.parts import ROOT

DOCUMENT = ROOT / "docs" / "decision-support-attributes.md"
HEAD = """# Source attributes

What 45 CFR 170.315(b)(11)(iv)(A) requires a certified EHR to show its users about evidence-based decision support. The
service provides it at `/knowledge/attributes`, for the editions that it was started with. Every card links to that page
(`source.url`), at `--public-url` (without which a service for patients does not start) or at the address of a demo.
Below, the region is `us`. Written by `make docs` from `cds_service/knowledge/attributes.toml` and the tables. Whether a
deployment is a medical device is for the organisation that deploys it to determine.

| attribute | of this service |
|---|---|
"""


def document() -> str:
    """Return the document."""
    attributes = source_attributes(load_knowledge().tables, __version__)
    rows = (f"| {one.number}. {one.name} | {'<br>'.join(one.lines)} |" for one in attributes)
    return HEAD + "\n".join(rows) + "\n"
