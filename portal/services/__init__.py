"""All writes: verbs that take the actor and the time, and never commit."""
