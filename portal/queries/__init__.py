"""All reads: named, with an explicit order and a bounded size."""
