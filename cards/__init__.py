"""The wording of the cards, one TOML file a card and language; `urgency.toml` is not translated."""
