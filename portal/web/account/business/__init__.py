"""The private pages of businesses."""
