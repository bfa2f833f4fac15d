"""Languages: `/en/...` is a prefix that WSGI moves out of the path, so `url_for` keeps it by itself."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from babel.support import NullTranslations
from flask import current_app, has_request_context, request
from flask_babel import Domain, get_locale

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]

DEFAULT = "id"
_KEY = "portal.locale"


class LocalePrefix:
    """Move a leading `/<language>` from PATH_INFO to SCRIPT_NAME and note the language.

    Static files stand unprefixed, so they are cached once for all languages.
    """

    def __init__(self, app: Wsgi, languages: Iterable[str]) -> None:
        self.app = app
        self.prefixes = {f"/{language}": language for language in languages if language != DEFAULT}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        head, _, rest = path[1:].partition("/")
        language = self.prefixes.get(f"/{head}")
        if language:
            environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/{language}"
            environ["PATH_INFO"] = f"/{rest}"
            environ[_KEY] = language
        return self.app(environ, start_response)


def current_locale() -> str:
    """Return the language of the running request ("id" outside of one)."""
    return str(request.environ.get(_KEY, DEFAULT)) if has_request_context() else DEFAULT


def unprefixed_root() -> str:
    """Return SCRIPT_NAME without the language, for links to static files and the language switch."""
    root = str(request.environ.get("SCRIPT_NAME", ""))
    locale = current_locale()
    return root.removesuffix(f"/{locale}") if locale != DEFAULT else root


def other_locale_url() -> str:
    """Return this page's address in the other language, query included."""
    root = unprefixed_root()
    other = next(code for code in current_app.config["LANGUAGES"] if code != current_locale())
    prefix = "" if other == DEFAULT else f"/{other}"
    query = request.query_string.decode("ascii", "replace")
    # WSGI hands the path over decoded: what was written as %00 must not stand in a page as itself.
    path = quote(request.environ.get("PATH_INFO", "/").encode("latin-1", "replace"))
    path = "/" + path.lstrip("/")  # two slashes at the beginning would name another host
    return f"{root}{prefix}{path}" + (f"?{query}" if query else "")


class Catalogue(Domain):  # type: ignore[misc]  # flask-babel says nothing of its types
    """The texts of the site, found by the language's code.

    The library looks them up by the locale written out in full, for each of the hundreds of texts of a page.
    """

    def __init__(self) -> None:
        super().__init__()
        self._by_language: dict[str, NullTranslations] = {}

    def get_translations(self) -> NullTranslations:
        """Return the texts in the language of the running request."""
        locale = get_locale()
        if locale is not None and locale.language in self._by_language:
            return self._by_language[locale.language]
        found: NullTranslations = super().get_translations()
        if locale is not None:
            self._by_language[locale.language] = found
        return found
