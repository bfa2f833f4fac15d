"""Which identities at an OpenID Connect provider open which account."""

from collections.abc import Sequence

from sqlalchemy import select

from portal.core.database import db
from portal.models import ExternalLogin, User

#: Links of one account that are shown.
MOST = 10


def holder(issuer: str, subject: str) -> User | None:
    """Return whose account an identity opens."""
    query = select(User).join(ExternalLogin, ExternalLogin.user_id == User.id)
    return db.session.scalar(query.where(ExternalLogin.issuer == issuer, ExternalLogin.subject == subject))


def of_user(user_id: int) -> Sequence[ExternalLogin]:
    """Return the links of an account, oldest first."""
    query = select(ExternalLogin).where(ExternalLogin.user_id == user_id)
    return db.session.scalars(query.order_by(ExternalLogin.id).limit(MOST)).all()
