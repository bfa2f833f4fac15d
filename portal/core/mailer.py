"""Sending mail through Flask-Mail."""

from flask_mail import Mail

mail = Mail()
