"""Choosing how soon, and by which way, news reach a person."""

from collections.abc import Mapping

from sqlalchemy import delete

from portal.core.database import db, insert
from portal.models import NotificationChoice, Pace, Route, Topic, User
from portal.rules import paces as rules


class PaceRefused(Exception):
    """A topic cannot have this pace; `refusal` says why."""

    def __init__(self, topic: Topic, refusal: rules.Refusal) -> None:
        super().__init__(refusal)
        self.topic = topic
        self.refusal = refusal


def choose(user: User, chosen: Mapping[Topic, Pace]) -> None:
    """Keep the pace of these topics; the usual one needs no row. Raises PaceRefused, and keeps nothing."""
    for topic, pace in chosen.items():
        refused = rules.refusal(topic, pace)
        if refused is not None:
            raise PaceRefused(topic, refused)
    for topic, pace in chosen.items():
        if pace is rules.USUAL[topic]:
            db.session.execute(
                delete(NotificationChoice).where(
                    NotificationChoice.user_id == user.id, NotificationChoice.topic == topic
                )
            )
            continue
        row = insert(NotificationChoice).values(user_id=user.id, topic=topic, pace=pace)
        db.session.execute(
            row.on_conflict_do_update(index_elements=["user_id", "topic"], set_={"pace": pace})
        )


def set_name(user: User, name: str, ward_code: str | None) -> None:
    """Keep the name that stands beside what somebody says in public, and where they say they live."""
    user.name = name
    user.ward_code = ward_code


def set_route(user: User, route: Route) -> None:
    """Keep by which way news reach an account. The caller has made sure that this way leads to it."""
    user.route = route
