"""`flask demo`: a city that has been using the portal for half a year."""

from pathlib import Path

#: The stories that the product ships.
SHIPPED = Path(__file__).parent.parent / "data" / "demo"
