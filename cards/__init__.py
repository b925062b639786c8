"""The wording of the cards, one TOML file a card and language; `behaviour.toml` is not translated."""
