"""What can go wrong in moderation beside not being allowed to."""


class DecidedAlready(Exception):
    """Somebody else decided in the meantime; the page shows what."""
