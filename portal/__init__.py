"""The one composition root: `create_app` puts the floors together."""

from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_compress import Compress
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

import config
import portal.models  # noqa: F401 (the tables must be known to the metadata)
from portal import cli, jobs, worker
from portal.core import locale, logs, security
from portal.core.database import Base, db, init_database, writing
from portal.core.mailer import mail
from portal.core.pagecache import PageCache
from portal.core.sealing import Seal
from portal.core.staticfiles import compressed
from portal.core.storage import Storage
from portal.core.throttle import init_throttle
from portal.queries import pages
from portal.web import access, converters, errors, partnership_room, rendering  # noqa: F401 (a room registers its views)
from portal.web.account import blueprint as account
from portal.web.admin import blueprint as admin
from portal.web.desk import blueprint as desk
from portal.web.ops import blueprint as ops
from portal.web.public import blueprint as public

ROOT = Path(__file__).parent.parent


class Portal(Flask):
    """Flask with the unit of work around every view.

    It sits inside Flask's own error handling, so a commit that fails (full disk, locked database) is
    answered by the same error pages as anything else, and before anything was acknowledged.
    """

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view; commit an unsafe method under 400, roll back everything else."""
        unsafe = request.method not in security.SAFE_METHODS
        view = self.view_functions.get(request.endpoint or "")
        with writing(unsafe and not getattr(view, "reads_first", False)), pages.one_reading():
            try:
                response: Response = self.make_response(super().dispatch_request())
                if unsafe and response.status_code < 400:
                    db.session.commit()
                return response
            finally:
                db.session.rollback()


def create_app(settings: dict[str, Any] | None = None) -> Flask:
    """Build the application. `settings` replaces the environment's configuration (tests)."""
    app = Portal("portal", root_path=str(ROOT / "portal"), template_folder=str(ROOT / "templates"))
    app.static_folder = str(ROOT / "static")
    app.config.update(settings if settings is not None else config.from_environment())

    logs.configure_logs()
    init_database(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
    babel = Babel(app, locale_selector=locale.current_locale)
    babel.domain_instance = locale.Catalogue()
    init_throttle(app)
    mail.init_app(app)
    security.init_security(app)
    logs.init_request_log(app)
    Compress(app)

    app.extensions["seal"] = Seal(app.config["IDENTITY_KEYS"])
    app.extensions["storage"] = Storage.for_config(app.config["DATA_DIR"], app.config["STORAGE_URL"])
    app.extensions["pages"] = PageCache(app.config["PAGE_CACHE_MB"] * 1024 * 1024)

    converters.init_converters(app)
    access.init_access(app)
    rendering.init_rendering(app)
    errors.init_errors(app)
    for blueprint in (public, account, desk, admin, ops):
        app.register_blueprint(blueprint)
    cli.init_cli(app)
    jobs.init_jobs(app)
    access.check_every_view_has_a_rule(app)

    static = WhiteNoise(app.wsgi_app, max_age=31_536_000)
    files = compressed(ROOT / "static", Path(app.config["DATA_DIR"]) / "static")
    static.add_files(str(files), prefix="static/")
    app.wsgi_app = locale.LocalePrefix(static, app.config["LANGUAGES"])  # type: ignore[method-assign]
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    worker.init_worker(app)
    return app


__all__ = ["Base", "create_app"]
