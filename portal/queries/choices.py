"""How soon people want to hear of what."""

from collections.abc import Collection

from sqlalchemy import select

from portal.core.database import db
from portal.models import NotificationChoice, Pace, Topic
from portal.rules import paces as rules

#: Ids in one question to the database.
_CHUNK = 500


def chosen(user_id: int) -> dict[Topic, Pace]:
    """Return the pace of every topic for an account, whether it chose or not."""
    query = select(NotificationChoice.topic, NotificationChoice.pace)
    query = query.where(NotificationChoice.user_id == user_id).order_by(NotificationChoice.topic)
    own = dict(db.session.execute(query).all())
    return {topic: rules.effective(topic, own) for topic in Topic}


def pace(user_id: int, topic: Topic) -> Pace:
    """Return how soon an account wants to hear of a topic."""
    return paces([user_id], topic)[user_id]


def paces(user_ids: Collection[int], topic: Topic) -> dict[int, Pace]:
    """Return the same for many accounts; everybody who was asked for is in the answer."""
    wanted = sorted(set(user_ids))
    own: dict[int, Pace] = {}
    for start in range(0, len(wanted), _CHUNK):
        query = select(NotificationChoice.user_id, NotificationChoice.pace).where(
            NotificationChoice.topic == topic, NotificationChoice.user_id.in_(wanted[start : start + _CHUNK])
        )
        own |= dict(db.session.execute(query).all())
    return {
        user_id: rules.effective(topic, {topic: own[user_id]} if user_id in own else {}) for user_id in wanted
    }
