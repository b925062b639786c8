"""The card summaries of the sandbox patients, to be read without the details: `make summaries`."""

from __future__ import annotations

from bench.sandbox_cards import status_cards


def main() -> None:
    """Print one line for each patient with a card."""
    for _, card in status_cards():
        print(card.summary)


if __name__ == "__main__":
    main()
