"""A site file: whether it can be read, and whether its content is valid."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from cds_service.checks.report import Report
from cds_service.checks.tables import due
from cds_service.errors import KnowledgeError, WrongFileError
from cds_service.knowledge import Choices, Knowledge, read_knowledge
from cds_service.knowledge.site_check import doubtful_in_site, wrong_in_site


def check_site(file: Path, today: date) -> Report:
    """Check one file on its own; report every error with its location."""
    try:
        knowledge = read_knowledge(Choices(guideline=(file,)))
    except WrongFileError as error:
        return Report(file.name, "cannot be read", (error.reason if error.file == file.name else str(error),))
    except KnowledgeError as error:
        return Report(file.name, "cannot be read", (str(error),))
    site = knowledge.site
    problems = tuple(wrong_in_site(site, knowledge.protocol, knowledge.terminology, knowledge.wording))
    late = due(site.protocols, today)
    return Report(file.name, _seen(knowledge), (*problems, *late), tuple(doubtful_in_site(site, knowledge.protocol)))


def _seen(knowledge: Knowledge) -> str:
    parts = knowledge.site.parts
    counts = {
        "rows": sum(len(table.row) for table in knowledge.site.protocols),
        "products": len(parts.product),
        "codes": sum(map(len, knowledge.site.codes.values())),
        "answers": sum(map(len, parts.answers.values())),
        "questionnaires": len(parts.questionnaires),
        "units": sum(map(len, parts.units.values())),
        "orders": len(parts.orders),
    }
    return ", ".join(f"{number} {name}" for name, number in counts.items() if number) or "nothing"
