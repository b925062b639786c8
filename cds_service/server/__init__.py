"""What stands before the application: gunicorn's worker, slow senders, body limits, headers, CORS."""
