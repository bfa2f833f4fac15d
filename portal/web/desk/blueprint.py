"""The blueprint that this folder's views hang on."""

from flask import Blueprint

from portal.web import uploads

blueprint = Blueprint("desk", __name__, url_prefix="/meja")
blueprint.url_value_preprocessor(uploads.raise_limit)
