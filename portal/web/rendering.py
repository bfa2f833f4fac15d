"""What every template may use: static addresses, dates, numbers, the site's own data."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask, current_app, request
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from portal.core import clock, markdown
from portal.core.locale import current_locale, other_locale_url, unprefixed_root
from portal.rules.permissions import Case, can
from portal.rules.workflow import Action
from portal.web.access import current_actor, signed_in_user


@lru_cache(maxsize=200)
def _fingerprint(path: str) -> str:
    return blake2b(Path(path).read_bytes(), digest_size=5).hexdigest()


def static_url(name: str) -> str:
    """Return the address of a static file; its fingerprint lets browsers keep it for a year."""
    return f"{unprefixed_root()}/static/{name}?v={_fingerprint(f'{current_app.static_folder}/{name}')}"


def csrf_field() -> Markup:
    """Return the hidden field for forms on uncached pages."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def date_text(value: date | datetime) -> str:
    """Write a day as people do: 17 Nov 2026, on the city's calendar."""
    if isinstance(value, datetime):
        value = clock.city_date(value)
    return format_date(value, "d MMM y", locale=current_locale())


def datetime_text(value: datetime) -> str:
    """Write a moment on the city's clock: 17 Nov 2026, 20.14."""
    pattern = "d MMM y, HH.mm" if current_locale() == "id" else "d MMM y, HH:mm"
    return format_datetime(clock.city_time(value), pattern, tzinfo=clock.CITY_TZ, locale=current_locale())


def when_text(starts_at: datetime, ends_at: datetime) -> str:
    """Write from when to when in words: Senin, 30 November 2026, 09.00–11.00 WIB."""
    locale = current_locale()
    sign = "." if locale == "id" else ":"
    start, end = clock.city_time(starts_at), clock.city_time(ends_at)
    day = "EEEE, d MMMM y"
    first = f"{format_date(start, day, locale=locale)}, {start:%H}{sign}{start:%M}"
    until = f"{end:%H}{sign}{end:%M} WIB"
    if start.date() == end.date():
        return f"{first}–{until}"
    return _("%(start)s sampai %(end)s", start=first, end=f"{format_date(end, day, locale=locale)}, {until}")


def page_address(path: str = "") -> str:
    """Return the whole address of a page of this language on the configured host: of this page by default."""
    return f"{current_app.config['BASE_URL']}{request.script_root}{path or request.path}"


def current_tab(addresses: Iterable[str]) -> str:
    """Return the address in a menu that this page stands at or below, the nearest one; empty for none.

    A form that comes back with faults has another endpoint than its page, but stands below its address.
    """
    here = f"{request.script_root}{request.path}/"
    return max((one for one in addresses if here.startswith(f"{one}/")), key=len, default="")


def share_image() -> str:
    """Return the whole address of the picture that other programs show beside a link."""
    return f"{current_app.config['BASE_URL']}/static/img/share.png"


def clock_time(value: datetime) -> str:
    """Write the time of day on the city's clock: 09.30."""
    moment = clock.city_time(value)
    return f"{moment:%H}{'.' if current_locale() == 'id' else ':'}{moment:%M}"


def number_text(value: float) -> str:
    """Write a number with the language's separators."""
    return format_decimal(value, locale=current_locale())


def rupiah(value: int) -> str:
    """Write an amount of rupiah, rounded the way people say it from a million on; it stays on one line."""
    for unit, word in (
        (1_000_000_000_000, _("triliun")),
        (1_000_000_000, _("miliar")),
        (1_000_000, _("juta")),
    ):
        if value >= unit:
            number = format_decimal(value / unit, format="#,##0.##", locale=current_locale())
            return f"Rp\N{NO-BREAK SPACE}{number}\N{NO-BREAK SPACE}{word}"
    return f"Rp\N{NO-BREAK SPACE}{number_text(value)}"


def localised(row: Any, field: str) -> str:
    """Return a reference row's text in the language of the page (`name` -> `name_id` or `name_en`)."""
    return getattr(row, f"{field}_{current_locale()}") or getattr(row, f"{field}_id")


def as_written(row: Any = None, field: str = "") -> Markup:
    """Return the language attribute of a text in Indonesian on a page of another language.

    Without a row: what citizens, businesses or the city wrote. With one: its field, where it has no text in
    the language of the page. Screen readers then pronounce it rightly.
    """
    foreign = current_locale() != "id"
    translated = row is not None and getattr(row, f"{field}_{current_locale()}")
    return Markup(' lang="id"') if foreign and not translated else Markup("")


def _can(action: str, case: Case) -> bool:
    return can(Action(action), current_actor(), case, at=clock.now())


def init_rendering(app: Flask) -> None:
    """Register globals and filters."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        static_url=static_url,
        csrf_field=csrf_field,
        switch_language_url=other_locale_url,
        localised=localised,
        as_written=as_written,
        when_text=when_text,
        current_locale=current_locale,  # a macro does not see `locale` of the page
        page_address=page_address,
        current_tab=current_tab,
        share_image=share_image,
        site=app.config["SITE"],
        can=_can,
        # A function: only pages for signed-in people call it, cached ones never touch the session.
        signed_in_user=signed_in_user,
    )
    app.jinja_env.filters.update(
        date=date_text,
        datetime=datetime_text,
        clock_time=clock_time,
        number=number_text,
        rupiah=rupiah,
        markdown=markdown.render,
    )

    @app.context_processor
    def page() -> dict[str, Any]:
        return {"locale": current_locale(), "current_endpoint": request.endpoint if request else None}
