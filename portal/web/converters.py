"""What addresses may carry."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

#: No key of a row is larger, and PostgreSQL refuses to compare one with more.
MOST_ID = 2**31 - 1


class IdConverter(IntegerConverter):
    """`<int:...>`: a number that can be the key of a row. An address with a larger one answers 404."""

    def __init__(self, map: Map, fixed_digits: int = 0, min: int | None = None, max: int = MOST_ID) -> None:
        super().__init__(map, fixed_digits, min, max)


def init_converters(app: Flask) -> None:
    """Let every `<int:...>` of the app be one; before the views are registered."""
    app.url_map.converters["int"] = IdConverter
