"""Whether the knowledge may serve: tables, codes, texts, cases and the answers that they lead to."""
