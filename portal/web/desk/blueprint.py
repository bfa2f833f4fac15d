"""The blueprint that this folder's views hang on."""

from flask import Blueprint

blueprint = Blueprint("desk", __name__, url_prefix="/meja")
