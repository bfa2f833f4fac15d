"""Pages that explain: how it works, privacy, accessibility, help."""

from flask import render_template

from portal.queries import reference
from portal.rules import deadlines
from portal.rules.workflow import CONTEST_PERIOD
from portal.web.access import public
from portal.web.caching import cached_page
from portal.web.public.blueprint import blueprint


@blueprint.get("/cara-kerja")
@public
@cached_page
def how_it_works() -> str:
    """Explain what happens to a submission, with the deadlines in force."""
    return render_template(
        "public/how_it_works.html",
        verify_days=deadlines.VERIFY_DAYS,
        answer_days=deadlines.ANSWER_DAYS,
        reply_days=deadlines.REPLY_DAYS,
        contest_days=CONTEST_PERIOD.days,
        categories=[category for category in reference.categories().values() if category.active],
    )


@blueprint.get("/privasi")
@public
@cached_page
def privacy() -> str:
    """Say what is kept of a person, who sees it and how to have it erased."""
    return render_template("public/privacy.html")


@blueprint.get("/aksesibilitas")
@public
@cached_page
def accessibility() -> str:
    """Say how the portal is accessible and where it falls short."""
    return render_template("public/accessibility.html")


@blueprint.get("/bantuan", endpoint="help")
@public
@cached_page
def help_page() -> str:
    """Answer what people ask, and where to go in an emergency."""
    agencies = [agency for agency in reference.agencies().values() if agency.active]
    return render_template("public/help.html", agencies=agencies)
