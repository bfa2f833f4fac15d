"""How soon and by which way news come, and the name one is shown by."""

from typing import Any

from flask import current_app, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField

from portal.core.gateway import is_ready
from portal.models import ContactKind, Pace, Route, Topic, User
from portal.queries import choices as chosen
from portal.queries import contacts, reference
from portal.rules import paces
from portal.services import choices
from portal.web.access import signed_in, signed_in_user
from portal.web.account.blueprint import blueprint
from portal.web.forms import Form, LineField, render_form

NAME_LENGTH = 120

TOPIC = {
    Topic.QUESTION: _l("Pertanyaan petugas kepada Anda"),
    Topic.OUTCOME: _l("Jawaban dan keputusan"),
    Topic.PROGRESS: _l("Perkembangan kiriman dan program"),
    Topic.DISCUSSION: _l("Diskusi yang Anda ikuti"),
    Topic.INVITATION: _l("Undangan konsultasi dan pertemuan"),
}
HINT = {
    Topic.QUESTION: _l("Tidak bisa dimatikan: kiriman ditutup jika pertanyaannya tidak dijawab."),
    Topic.PROGRESS: _l("Diteruskan ke dinas, dikaitkan dengan program, dibuka lagi."),
}
PACE = {
    Pace.NOW: _l("Segera"),
    Pace.DAILY: _l("Sekali sehari"),
    Pace.WEEKLY: _l("Sekali seminggu"),
    Pace.NEVER: _l("Tidak usah"),
}
ROUTE = {Route.EMAIL: _l("E-mail"), Route.SMS: _l("SMS"), Route.WHATSAPP: _l("WhatsApp")}
_NEEDS = {
    Route.EMAIL: ContactKind.EMAIL,
    Route.SMS: ContactKind.PHONE,
    Route.WHATSAPP: ContactKind.PHONE,
}


class NewsForm(Form):
    question = RadioField(TOPIC[Topic.QUESTION])
    outcome = RadioField(TOPIC[Topic.OUTCOME])
    progress = RadioField(TOPIC[Topic.PROGRESS])
    discussion = RadioField(TOPIC[Topic.DISCUSSION])
    invitation = RadioField(TOPIC[Topic.INVITATION])
    route = RadioField(_l("Lewat mana kabar dikirim"))


class NameForm(Form):
    name = LineField(_l("Nama yang ditampilkan"), limit=NAME_LENGTH)
    ward = SelectField(_l("Kelurahan tempat tinggal Anda"))


def routes(user: User) -> list[Route]:
    """Return the ways that lead to an account: a contact of hers, and what this installation can send."""
    seal = current_app.extensions["seal"]
    kinds = {one.kind for one in contacts.of_user(user.id, seal=seal)}
    if user.email:
        kinds.add(ContactKind.EMAIL)
    config = current_app.config
    return [
        route
        for route in Route
        if _NEEDS[route] in kinds and (route is Route.EMAIL or is_ready(config, route.value))
    ]


def _news_form(user: User, **options: Any) -> NewsForm:
    found = chosen.chosen(user.id)
    ways = routes(user)
    values = {topic.value: found[topic].value for topic in Topic}
    values["route"] = user.route.value if user.route in ways else (ways[0].value if ways else "")
    form = NewsForm(data=values, **options)
    for topic in Topic:
        form[topic.value].choices = [(pace.value, PACE[pace]) for pace in paces.offered(topic)]
    if len(ways) > 1:
        form.route.choices = [(route.value, ROUTE[route]) for route in ways]
    else:
        del form.route  # there is nothing to choose
    return form


def _news_page(user: User, form: NewsForm) -> Any:
    return render_form(
        "account/news.html",
        form,
        fields=[(form[topic.value], HINT.get(topic, "")) for topic in Topic],
        route=form.route if "route" in form else None,
        ways=[str(ROUTE[route]) for route in routes(user)],
    )


@blueprint.get("/akun/kabar")
@signed_in
def news() -> Any:
    """Show how soon news come, topic by topic."""
    user = signed_in_user()
    return _news_page(user, _news_form(user))


@blueprint.post("/akun/kabar", endpoint="news_save")
@signed_in
def save_news() -> Any:
    """Keep the choices. A pace that is not offered (a question that never comes) is refused."""
    user = signed_in_user()
    form = _news_form(user)
    if not form.validate():
        return _news_page(user, form)
    choices.choose(user, {topic: Pace(form[topic.value].data) for topic in Topic})
    if "route" in form:
        choices.set_route(user, Route(form.route.data))
    flash(_("Pilihan kabar disimpan."))
    return redirect(url_for("account.news"), code=303)


def _name_form(user: User) -> NameForm:
    form = NameForm(data={"name": user.name, "ward": user.ward_code or ""})
    wards = reference.wards_by_district()
    form.ward.choices = {
        _("Pilihan"): [("", _("Tidak saya sebutkan"))],
        **{district: [(ward.code, ward.name) for ward in found] for district, found in wards.items()},
    }
    return form


@blueprint.get("/akun/nama")
@signed_in
def name() -> Any:
    """Show the name and the ward."""
    return render_form("account/name.html", _name_form(signed_in_user()), user=signed_in_user())


@blueprint.post("/akun/nama", endpoint="name_save")
@signed_in
def save_name() -> Any:
    """Keep them. The name of somebody who answers for the city is the admin's to change."""
    user = signed_in_user()
    form = _name_form(user)
    if not form.validate():
        return render_form("account/name.html", form, user=user)
    shown = user.name if user.memberships else form.name.data
    choices.set_name(user, shown, form.ward.data or None)
    flash(_("Nama dan kelurahan disimpan."))
    return redirect(url_for("account.home"), code=303)
