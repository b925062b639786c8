"""How many words the details of the sandbox patients' status cards have: `make words`."""

from __future__ import annotations

from statistics import median

from bench.sandbox_cards import status_cards
from cds_service.rendering.words.wording import words_in


def main() -> None:
    """Print one line for each patient with a card, the longest last, then the median and the maximum."""
    words = sorted((words_in(card.detail), slug) for slug, card in status_cards())
    print(*(f"{number:4} {slug}" for number, slug in words), sep="\n")
    numbers = [number for number, _ in words]
    print(f"median {median(numbers):g}, maximum {max(numbers)}")


if __name__ == "__main__":
    main()
