"""The version of the product, as backups and the health page state it."""

VERSION = "0.1.0"
