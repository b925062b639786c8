"""What stands below every card: how current it is, what it rests on, and what it is not."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.rendering.words.view import View


def footer_lines(view: View) -> Iterator[str]:
    """The editions are those that graded and those whose advice is shown."""
    evaluation, conditional = view.evaluation, view.evaluation.if_confirmed
    advice = (*evaluation.advice, *(conditional.advice if conditional else ()))
    sources = (evaluation.edition, *(entry.source for entry in advice))
    labels = ", ".join(dict.fromkeys(sources))
    yield view.say("detail.footer.text", time=view.at(evaluation.as_of), editions=labels)
    if view.demo:
        yield view.say("detail.footer.demo")
