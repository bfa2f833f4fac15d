"""The blueprint that this folder's views hang on."""

from flask import Blueprint

blueprint = Blueprint("public", __name__)
