"""What is known of the course so far, indexed by time: therapy, scores, arousal, vital signs; grades nothing."""
