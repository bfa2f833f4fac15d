"""Configuration, from the environment only. `docs/` and the README list every variable."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portal.core.openid import is_confidential
from portal.core.sealing import load_or_create_key

ROOT = Path(__file__).parent


class ConfigurationError(Exception):
    """The environment is not fit to start with; the message says what to set."""


@dataclass(frozen=True, slots=True)
class Environment:
    """Typed access to the environment."""

    values: dict[str, str] = field(default_factory=lambda: dict(os.environ))

    def text(self, name: str, default: str = "") -> str:
        return self.values.get(name, "").strip() or default

    def number(self, name: str, default: int) -> int:
        raw = self.text(name)
        try:
            return int(raw) if raw else default
        except ValueError as error:
            raise ConfigurationError(f"{name} must be a whole number, not {raw!r}") from error

    def flag(self, name: str, default: bool = False) -> bool:
        raw = self.text(name).lower()
        return default if not raw else raw in {"1", "true", "yes", "on"}

    def words(self, name: str) -> list[str]:
        return self.text(name).replace(",", " ").split()


def from_environment(env: Environment | None = None) -> dict[str, Any]:
    """Return Flask's configuration. Raise `ConfigurationError` where production lacks a secret."""
    env = env or Environment()
    mode = env.text("PORTAL_ENV", "development")
    if mode not in {"development", "production", "test"}:
        raise ConfigurationError("PORTAL_ENV must be development, production or test")
    production = mode == "production"
    data_dir = Path(env.text("DATA_DIR", str(ROOT / "var"))).absolute()
    data_dir.mkdir(parents=True, exist_ok=True)

    def secret(name: str, file_name: str) -> str:
        given = env.text(name)
        if given:
            return given
        if production:
            raise ConfigurationError(f"{name} must be set in production (see docs/operations.md)")
        return load_or_create_key(data_dir / file_name)

    database_url = env.text("DATABASE_URL", f"sqlite:///{data_dir / 'portal.db'}")
    database_url = database_url.replace("postgres://", "postgresql://", 1)
    database_url = database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    redis_url = env.text("REDIS_URL")
    base_url = env.text("BASE_URL", f"http://127.0.0.1:{env.number('PORT', 5000)}").rstrip("/")
    if production and not base_url.startswith("https://"):
        raise ConfigurationError("BASE_URL must be the https:// address of the portal in production")

    issuer = env.text("OIDC_ISSUER")
    if issuer and not is_confidential(issuer):
        raise ConfigurationError("OIDC_ISSUER must be an https:// address")
    if issuer and not env.text("OIDC_CLIENT_ID"):
        raise ConfigurationError("OIDC_CLIENT_ID must be set where OIDC_ISSUER is")

    # A request may need a second connection (what is remembered of reference data is read on its own). With
    # as many requests as connections, all would hold one and wait for another.
    overflow = max(20, 2 * env.number("WEB_THREADS", 4))

    return {
        "ENVIRONMENT": mode,
        "DEBUG": False,
        "TESTING": mode == "test",
        "DATA_DIR": data_dir,
        "BASE_URL": base_url,
        "SECRET_KEY": secret("SECRET_KEY", "secret.key"),
        # Comma or space separated Fernet keys, newest first; the key never lies in the database or a backup.
        "IDENTITY_KEYS": env.words("IDENTITY_KEYS") or [secret("IDENTITY_KEYS", "identity.key")],
        "SQLALCHEMY_DATABASE_URI": database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": (
            {"connect_args": {"timeout": 8}, "max_overflow": overflow, "hide_parameters": True}
            if database_url.startswith("sqlite")
            else {
                "pool_size": env.number("DATABASE_POOL", 5),
                "max_overflow": overflow,
                "pool_pre_ping": True,
                "hide_parameters": True,
            }
        ),
        "REDIS_URL": redis_url,
        "STORAGE_URL": env.text("STORAGE_URL"),
        "TRUSTED_HOSTS": env.words("TRUSTED_HOSTS") or None,
        "TRUSTED_PROXIES": env.number("TRUSTED_PROXIES", 0),
        # Browser
        "SESSION_COOKIE_NAME": "__Host-suara" if production else "suara",
        "SESSION_COOKIE_SECURE": production,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "PERMANENT_SESSION_LIFETIME": 60 * 60 * 24 * 30,
        "STAFF_SESSION_HOURS": env.number("STAFF_SESSION_HOURS", 12),
        "STAFF_SECOND_FACTOR": env.flag("STAFF_SECOND_FACTOR", production),  # desk and admin ask for it
        "CITIZEN_SESSION_DAYS": env.number("CITIZEN_SESSION_DAYS", 30),
        "HSTS": production,
        "MAX_CONTENT_LENGTH": 1024 * 1024,  # routes that take files raise it to 64 MB
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "MAX_FORM_PARTS": 300,
        "WTF_CSRF_CHECK_DEFAULT": False,  # portal.web.csrf decides when
        "WTF_CSRF_TIME_LIMIT": None,
        # Limits
        "RATELIMIT_STORAGE_URI": redis_url or "memory://",
        "RATELIMIT_HEADERS_ENABLED": False,
        "LIMIT_SUBMIT_PER_ADDRESS": env.text(
            "LIMIT_SUBMIT_PER_ADDRESS", "60/hour" if production else "1000/hour"
        ),
        "LIMIT_SUBMIT_PER_CONTACT": env.text(
            "LIMIT_SUBMIT_PER_CONTACT", "5/hour" if production else "500/hour"
        ),
        "LIMIT_UPLOAD_PER_ADDRESS": env.text(
            "LIMIT_UPLOAD_PER_ADDRESS", "120/hour" if production else "5000/hour"
        ),
        "LIMIT_SIGN_IN_PER_ADDRESS": env.text("LIMIT_SIGN_IN_PER_ADDRESS", "30/15 minutes"),
        "LIMIT_SIGN_IN_PER_ACCOUNT": env.text("LIMIT_SIGN_IN_PER_ACCOUNT", "10/15 minutes"),
        "LIMIT_CODES_PER_ADDRESS": env.text("LIMIT_CODES_PER_ADDRESS", "30/15 minutes"),
        "LIMIT_CODES_PER_CONTACT": env.text("LIMIT_CODES_PER_CONTACT", "5/15 minutes"),
        "LIMIT_TRACK_PER_ADDRESS": env.text("LIMIT_TRACK_PER_ADDRESS", "60/15 minutes"),
        "LIMIT_SUPPORT_PER_ADDRESS": env.text("LIMIT_SUPPORT_PER_ADDRESS", "60/hour"),
        "LIMIT_COMMENT_PER_PERSON": env.text(
            "LIMIT_COMMENT_PER_PERSON", "60/hour" if production else "1000/hour"
        ),
        "LIMIT_COMMENT_PER_ADDRESS": env.text(
            "LIMIT_COMMENT_PER_ADDRESS", "120/hour" if production else "5000/hour"
        ),
        "MIN_SECONDS_TO_SEND": env.number("MIN_SECONDS_TO_SEND", 3),
        # Languages
        "LANGUAGES": ("id", "en"),
        "BABEL_DEFAULT_LOCALE": "id",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Jakarta",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "portal" / "translations"),
        # Mail: without a server, development writes .eml files into DATA_DIR/mail
        "MAIL_SERVER": env.text("MAIL_SERVER"),
        "MAIL_PORT": env.number("MAIL_PORT", 587 if production else 25),
        "MAIL_USE_TLS": env.flag("MAIL_USE_TLS", production),
        "MAIL_USE_SSL": env.flag("MAIL_USE_SSL"),
        "MAIL_USERNAME": env.text("MAIL_USERNAME") or None,
        "MAIL_PASSWORD": env.text("MAIL_PASSWORD") or None,
        "MAIL_DEFAULT_SENDER": env.text("MAIL_SENDER", "Suara Sibolga <suara@sibolga.example>"),
        # Where mail that cannot be delivered comes back to (each with a token after a "+"); `flask bounces`
        # reads it. Empty: the sender's address, and nothing is read.
        "MAIL_BOUNCE_ADDRESS": env.text("MAIL_BOUNCE_ADDRESS"),
        "MAIL_TIMEOUT": env.number("MAIL_TIMEOUT", 20),
        # Short messages; without an address development writes them into DATA_DIR/messages
        "SMS_GATEWAY_URL": env.text("SMS_GATEWAY_URL"),
        "SMS_GATEWAY_TOKEN": env.text("SMS_GATEWAY_TOKEN"),
        "WHATSAPP_GATEWAY_URL": env.text("WHATSAPP_GATEWAY_URL"),
        "WHATSAPP_GATEWAY_TOKEN": env.text("WHATSAPP_GATEWAY_TOKEN"),
        # Signing in through an OpenID Connect provider; without an issuer there is none
        "OIDC_ISSUER": issuer,
        "OIDC_CLIENT_ID": env.text("OIDC_CLIENT_ID"),
        "OIDC_CLIENT_SECRET": env.text("OIDC_CLIENT_SECRET"),
        "OIDC_NAME": env.text("OIDC_NAME", "akun lain"),
        "OIDC_STAFF": env.flag("OIDC_STAFF"),
        # Worker inside the web process ("web", the default) or as `flask worker` apart ("apart")
        "WORKER": env.text("WORKER", "web"),
        # Name of the job queue, for portals that share one Redis
        "JOBS_NAME": env.text("JOBS_NAME", "suara"),
        "JOBS_IMMEDIATE": env.flag("JOBS_IMMEDIATE"),  # do jobs at once, without a worker (tests)
        # The city
        "SITE": {
            "name": env.text("SITE_NAME", "Suara Sibolga"),
            "city": env.text("SITE_CITY", "Sibolga"),
            "owner": env.text("SITE_OWNER", "Pemko Sibolga"),
            "motto": env.text("SITE_MOTTO", "Sibolga, Negeri Berbilang Kaum"),
            # printed on the receipts of the counter
            "address": env.text("SITE_ADDRESS", ""),
            "phone": env.text("SITE_PHONE", ""),
            "prefix": env.text("REFERENCE_PREFIX", "SB"),
        },
        "PAGE_CACHE_MB": env.number("PAGE_CACHE_MB", 16),
    }
