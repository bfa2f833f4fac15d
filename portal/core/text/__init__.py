"""Text that people typed: cleaning, comparing, searching and screening it (Indonesian first)."""

from portal.core.text.cleaning import fold, normalise, title_from, visible_length
from portal.core.text.screening import (
    ScreenCode,
    mask_email,
    mask_phone,
    normalise_phone,
    screen,
)
from portal.core.text.search import MEANING, alike, search_query, stems

__all__ = [
    "MEANING",
    "ScreenCode",
    "alike",
    "fold",
    "mask_email",
    "mask_phone",
    "normalise",
    "normalise_phone",
    "screen",
    "search_query",
    "stems",
    "title_from",
    "visible_length",
]
