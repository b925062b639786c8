"""Why the service sees what it sees in one record: a report for integration engineers (icans-cds doctor)."""
