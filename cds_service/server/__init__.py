"""The layer in front of the application: gunicorn's worker, slow senders, body limits, headers, CORS."""
