"""The private pages of businesses."""

from portal.web.account.business import home, licences, members, packages, profile, readiness  # noqa: F401 (views)
