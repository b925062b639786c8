"""The summaries of the sandbox patients alone, for a reader who sees nothing else: `make summaries`."""

from __future__ import annotations

from bench.sandbox_cards import status_cards


def main() -> None:
    """A line for each patient with a card."""
    for _, card in status_cards():
        print(card.summary)


if __name__ == "__main__":
    main()
