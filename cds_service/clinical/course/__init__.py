"""The course so far, indexed by time: therapy, scores, arousal, vital signs. Nothing is graded here."""
