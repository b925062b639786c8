"""The report as one HTML page that needs nothing else, to mail around."""

from __future__ import annotations

from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from cds_service.doctor.report import Report, brief_code, brief_time

TEMPLATES = files("cds_service.doctor") / "templates"
# HTML in a text is shown, not obeyed, and no image is loaded.
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def page_of(report: Report) -> str:
    """The page; every text of the record is escaped."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["markdown"] = lambda text: Markup(_markdown.render(text))  # noqa: S704  (rendered without HTML)
    environment.filters |= {"brief_code": brief_code, "brief_time": brief_time}
    style = Markup((TEMPLATES / "report.css").read_text("utf-8"))  # noqa: S704  (our own file)
    return environment.from_string((TEMPLATES / "report.html").read_text("utf-8")).render(report=report, style=style)
