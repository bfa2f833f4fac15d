"""The blueprint that this folder's views hang on."""

from flask import Blueprint

from portal.web import uploads

blueprint = Blueprint("account", __name__)
blueprint.url_value_preprocessor(uploads.raise_limit)
