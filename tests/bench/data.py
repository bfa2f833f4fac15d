"""A hundred thousand submissions, made once and kept, and what the measurements ask of them."""

import os
import subprocess
import sys
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, func, make_url, select

from config import Environment, from_environment
from portal.core import clock
from portal.core.database import db, transaction
from portal.models import Event, Membership, Package, Program, Role, Submission, User
from portal.services import drafts, sessions
from tests.bench.client import request
from tests.bench.server import ROOT


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of the measured site."""
    url = os.environ.get("DATABASE_URL", "")
    if url and "bench" not in (make_url(url).database or ""):
        raise SystemExit("DATABASE_URL must name a database with 'bench' in its name: it will be filled")
    return {
        "DATA_DIR": str(folder),
        "DATABASE_URL": url or f"sqlite:///{folder / 'portal.db'}",
        "PORTAL_ENV": "development",
        "WORKER": "off",  # nobody works off the mail while pages are measured
        "LIMIT_SUBMIT_PER_ADDRESS": "100000000/hour",
        "MIN_SECONDS_TO_SEND": "0",
        "REDIS_URL": os.environ.get("REDIS_URL", ""),
    }


def prepare(folder: Path, wanted: int, env: dict[str, str]) -> None:
    """Migrate, and load what is missing of the wanted number."""
    folder.mkdir(parents=True, exist_ok=True)
    for words in (["db", "upgrade"], ["reference", "load"]):
        _flask(words, env)
    count = _count(env)
    if count < wanted * 0.9:
        _flask(["load", "--submissions", str(wanted - count), "--yes"], env)


def _flask(words: list[str], env: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} failed:\n{done.stdout}{done.stderr}")
    print(done.stdout.strip(), file=sys.stderr)


def _count(env: dict[str, str]) -> int:
    settings = from_environment(Environment({**os.environ, **env}))
    engine = create_engine(settings["SQLALCHEMY_DATABASE_URI"])
    with engine.connect() as connection:
        found = connection.scalar(select(func.count()).select_from(Submission)) or 0
    engine.dispose()
    return found


class Subjects:
    """Addresses and requests to measure with. Needs an application context."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        listed = select(Submission.reference).where(Submission.listed.is_(True))
        newest = listed.order_by(Submission.received_at.desc(), Submission.id.desc())
        self.references = list(db.session.scalars(newest.limit(400)))
        tours = select(Submission.reference).join(Package, Package.submission_id == Submission.id)
        self.packages = list(db.session.scalars(tours.order_by(Package.id).limit(100)))
        tops = select(Program.code).where(Program.parent_id.is_(None)).order_by(Program.id)
        self.programs = list(db.session.scalars(tops.limit(100)))
        busy = (
            select(Event.submission_id)
            .join(Submission, Submission.id == Event.submission_id)
            .where(Submission.listed.is_(True), Event.public.is_(True))
            .group_by(Event.submission_id)
            .order_by(func.count().desc())
            .limit(1)
        )
        query = select(Submission.reference).where(Submission.id == db.session.scalar(busy))
        self.busy = db.session.scalars(query).one()
        rare = select(Submission.id).where(
            Submission.listed.is_(True), Submission.body.like("%Rumah saya nomor %")
        )
        self.rare_word = str(db.session.scalars(rare.order_by(Submission.id.desc()).limit(1)).one())

    def staff_cookie(self) -> tuple[str, list[str]]:
        """Sign a triage officer in; return the cookie and references that they may read."""
        with transaction():
            query = (
                select(User).join(Membership).where(Membership.role == Role.TRIAGE).order_by(User.id).limit(1)
            )
            user = db.session.scalars(query).one()
            token = sessions.start(user, at=clock.now(), hours=12)
        return self._cookie({"_user_id": token, "_fresh": True, "_permanent": True}), self.references

    def sendings(self, count: int) -> list[bytes]:
        """Begin that many drafts, complete but for the last step, and return the requests that send them."""
        tokens = []
        with transaction():
            for number in range(count):
                draft, token = drafts.begin(drafts.ASPIRATION, at=clock.now())
                story = {
                    "kind": "problem",
                    "text": f"Lampu jalan di depan pasar nomor {number} padam sejak Senin malam.",
                    "place": "unknown",
                    "category_id": None,
                }
                drafts.save(draft, story, at=clock.now())
                tokens.append(token)
        body = b"identity=hidden&name=&email=&phone=&website="
        return [
            request(
                "POST", "/kirim/3", cookie=self._cookie({"drafts": {drafts.ASPIRATION: token}}), body=body
            )
            for token in tokens
        ]

    def _cookie(self, values: dict[str, object]) -> str:
        signer = self._app.session_interface.get_signing_serializer(self._app)
        return f"{self._app.config['SESSION_COOKIE_NAME']}={signer.dumps(values)}"
