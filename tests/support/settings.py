"""The environment that a tested site runs in, inside the test process or as a program of its own."""

import os
from hashlib import blake2b
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

#: What names the servers of the second run (see .ci/run); empty means SQLite and memory.
DATABASE_SERVER = os.environ.get("TEST_DATABASE_URL", "").strip()
REDIS_SERVER = os.environ.get("TEST_REDIS_URL", "").strip()
#: A Redis database for each test process: clearing the rate limits of one clears nobody else's.
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
if REDIS_SERVER:
    REDIS_SERVER = urlsplit(REDIS_SERVER)._replace(path=f"/{1 + int(_WORKER) % 15}").geturl()

ROOT = Path(__file__).parents[2]

_IDENTITY_KEY = Fernet.generate_key().decode()

#: Variables that only the shell of a developer may set; a test never sees them.
_OWN = (
    "DATABASE_", "DATA_DIR", "REDIS_", "STORAGE_", "MAIL_", "SITE_", "LIMIT_", "SECRET_KEY", "IDENTITY_",
    "BASE_URL", "PORT", "BIND", "TRUSTED_", "WORKER", "JOBS_", "WEB_", "PORTAL_", "FLASK_", "PYTEST_",
    "OIDC_",
)  # fmt: skip


def environment(database_url: str, data_dir: Path, **changes: str) -> dict[str, str]:
    """Return a complete environment for one site: its database, its folder, no waiting for honest testers."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OWN)}
    return inherited | {
        "PORTAL_ENV": "test",
        "DATABASE_URL": database_url,
        "DATA_DIR": str(data_dir),
        "REDIS_URL": REDIS_SERVER,
        "SECRET_KEY": "only-for-tests-" + "x" * 32,
        "IDENTITY_KEYS": _IDENTITY_KEY,
        "MIN_SECONDS_TO_SEND": "0",
        "WORKER": "off",
        # one queue for each database: servers of several test processes share one Redis
        "JOBS_NAME": f"suara-{blake2b(database_url.encode(), digest_size=6).hexdigest()}",
        **changes,
    }
