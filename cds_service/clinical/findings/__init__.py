"""What the service has to say about orders, and about the begin and the end of a stay (docs/assessment-codes.md)."""
