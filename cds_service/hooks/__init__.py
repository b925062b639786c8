"""CDS Hooks over HTTP: thin; each service in a module of its own."""
