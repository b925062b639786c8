"""The report for a terminal: what is wrong first, then what was seen, and the lines to paste."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from cds_service.doctor.report import Problem, Report, Understood, brief_code, brief_time

_STYLES = {"critical": "bold white on red", "warning": "bold black on yellow", "info": "bold white on blue"}
_SHOWN = 40


def print_report(report: Report, console: Console) -> None:
    """The whole report."""
    for part in _parts(report):
        console.print(part)
        console.print()


def _parts(report: Report) -> Iterator[RenderableType]:
    yield Text(f"Record {report.subject} as of {report.as_of}", style="bold")
    yield _problems(report.problems)
    yield _cards(report)
    yield _understood(report)
    if report.unknown:
        yield _unknown(report)
    if report.site_file:
        note = Text(
            "Guesses by display and form of the value. Review each, save as site.toml, run icans-cds check --guideline"
        )
        yield Panel(Group(note, Text(), Syntax(report.site_file, "toml", word_wrap=True)), title="Lines to paste")
    yield _keys(report)
    if report.searches:
        yield _searches(report)


def _problems(problems: tuple[Problem, ...]) -> RenderableType:
    if not problems:
        return Text("No problems found.", style="bold green")
    table = _table("Problems", "", "what", "what to do")
    for one in problems:
        style = "bold red" if one.severity == "error" else "yellow"
        table.add_row(Text(one.severity, style=style), Text(one.text), Text(one.what_to_do))
    return table


def _cards(report: Report) -> RenderableType:
    lines: list[RenderableType] = [Text(f"Why: {report.why}")]
    for card in report.cards:
        indicator = str(card["indicator"])
        lines += [Text(), Text(f" {indicator} ", style=_STYLES[indicator]), Text(str(card["summary"]), style="bold")]
        lines.append(Markdown(str(card.get("detail", ""))))
    return Panel(Group(*lines), title="Card" if report.cards else "No card")


def _understood(report: Report) -> RenderableType:
    table = _table("Understood", "search", "concept", "records", "newest", "unit", "code used")
    for one in report.understood:
        if one.number:
            row = (one.group, one.concept, str(one.number), brief_time(one.newest), one.unit, _codes(one))
            table.add_row(*map(Text, row))
    missing = [one.concept for one in report.understood if not one.number]
    return Group(table, Text("Not found: " + ", ".join(missing), style="dim"))


def _codes(one: Understood) -> str:
    return "\n".join(map(brief_code, one.codes[:3]))


def _unknown(report: Report) -> RenderableType:
    table = _table("Not understood", "kind", "system and code", "display", "records", "may be")
    for one in report.unknown[:_SHOWN]:
        unknown, meant = one.unknown, one.guess
        may_be = "" if meant is None else meant.concept + ("" if meant.value is None else f" = {meant.value}")
        code = brief_code(f"{unknown.system}|{unknown.code}")
        row = (str(unknown.kind), code, unknown.display, str(one.number), f"{may_be}?" if may_be else "")
        table.add_row(*map(Text, row))
    more = len(report.unknown) - _SHOWN
    return Group(table, Text(f"and {more} more (--json has all)", style="dim")) if more > 0 else table


def _keys(report: Report) -> RenderableType:
    table = _table("What became of the data", "key", "received", "used", "left out")
    for one in report.keys:
        left = ", ".join(f"{number} {why}" for why, number in one.left_out)
        table.add_row(*map(Text, (one.key, str(one.received), str(one.used), left)))
    return table


def _searches(report: Report) -> RenderableType:
    table = _table("Searches", "request", "ms", "URL bytes", "entries", "failure")
    for one in report.searches:
        row = (_cut(one.query), f"{one.milliseconds:.0f}", str(one.url_length), str(one.entries), one.failure)
        table.add_row(*map(Text, row))
    return table


def _cut(query: str) -> str:
    return query if len(query) <= _SHOWN * 2 else f"{query[: _SHOWN * 2]}…"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", expand=False)
    for column in columns:
        table.add_column(column, overflow="fold", justify="right" if column in ("records", "ms", "entries") else "left")
    return table
