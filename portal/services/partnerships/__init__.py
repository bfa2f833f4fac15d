"""Changing a partnership: its life, and what the parties do in its room."""
