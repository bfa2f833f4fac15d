import io
import json
import os
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text

from config import Environment, from_environment
from portal import create_app
from portal.core.clock import now
from portal.core.database import db as database
from portal.core.database import transaction
from portal.core.storage import new_key
from portal.models import Attachment, PageVersion, Submission
from portal.services import backups
from tests.factories import make_attachment, make_case
from tests.support import database as databases
from tests.support.settings import DATABASE_SERVER, environment

PHOTO = b"RIFF....WEBP" + b"x" * 500


def make_case_with_file(app: Flask) -> tuple[str, str]:
    """Store a file, then commit a case that names it: from here on it is acknowledged."""
    key = new_key("webp")
    app.extensions["storage"].put(key, PHOTO, "image/webp")
    with transaction():
        case = make_case()
        make_attachment(case, storage_key=key)
        return case.reference, key


def back_up(app: Flask, target: Path) -> backups.Manifest:
    return backups.backup(target, engine=database.engine, storage=app.extensions["storage"], at=now())


@contextmanager
def empty_site(tmp_path: Path, process_name: str) -> Iterator[Flask]:
    """Another site whose database has no tables."""
    folder = tmp_path / "other"
    folder.mkdir()
    url = f"sqlite:///{folder / 'portal.db'}"
    name = f"{databases._base_name()}_{os.getpid()}_restored_{process_name}" if DATABASE_SERVER else ""
    if DATABASE_SERVER:
        databases._run_on_server(f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
        url = databases._server_url(name).render_as_string(hide_password=False)
    other = create_app(from_environment(Environment(environment(url, folder))))
    try:
        with other.app_context():
            yield other
            database.session.remove()
            database.engine.dispose()
    finally:
        if DATABASE_SERVER:
            databases._run_on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def restore(source: Path) -> backups.Manifest:
    from flask import current_app

    return backups.restore(source, engine=database.engine, storage=current_app.extensions["storage"])


def test_what_was_acknowledged_before_a_backup_comes_back_with_its_files(app, db, tmp_path, process_name):
    made = [make_case_with_file(app) for _ in range(3)]
    target = tmp_path / "backup.tar.gz"
    back_up(app, target)
    with empty_site(tmp_path, process_name) as other:
        restore(target)
        assert set(database.session.scalars(select(Submission.reference))) == {one for one, _ in made}
        for _, key in made:
            assert other.extensions["storage"].get(key) == PHOTO


def test_a_backup_under_load_equals_what_was_acknowledged(app, db, tmp_path, process_name):
    acknowledged: list[str] = []
    stop = threading.Event()

    def write() -> None:
        with app.app_context():
            while not stop.is_set():
                acknowledged.append(make_case_with_file(app)[0])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(acknowledged) < 5:
            stop.wait(0.01)
        before = set(acknowledged)
        target = tmp_path / "backup.tar.gz"
        manifest = back_up(app, target)
    finally:
        stop.set()
        writer.join()
    with empty_site(tmp_path, process_name) as other:
        restore(target)
        there = set(database.session.scalars(select(Submission.reference)))
        assert before <= there <= set(acknowledged)
        assert len(there) == manifest.counts["submission"]
        keys = database.session.scalars(select(Attachment.storage_key)).all()
        assert len(keys) == len(there)
        assert all(other.extensions["storage"].get(key) == PHOTO for key in keys)
    assert manifest.missing == []


def test_history_still_refuses_to_change_after_a_restore(app, db, tmp_path, process_name):
    make_case_with_file(app)
    back_up(app, tmp_path / "backup.tar.gz")
    with empty_site(tmp_path, process_name):
        restore(tmp_path / "backup.tar.gz")
        with pytest.raises(Exception, match="append-only"), database.engine.begin() as connection:
            connection.execute(text("DELETE FROM event"))


def test_pages_kept_before_a_restore_are_void(app, db, tmp_path, process_name):
    with transaction():
        before = database.session.scalar(select(PageVersion.number))
    back_up(app, tmp_path / "backup.tar.gz")
    with empty_site(tmp_path, process_name):
        restore(tmp_path / "backup.tar.gz")
        assert database.session.scalar(select(PageVersion.number)) > before + 1000


def test_no_key_is_in_the_archive(app, db, tmp_path):
    make_case_with_file(app)
    target = tmp_path / "backup.tar.gz"
    back_up(app, target)
    secrets = [app.config["SECRET_KEY"].encode(), *(key.encode() for key in app.config["IDENTITY_KEYS"])]
    with tarfile.open(target) as archive:
        names = archive.getnames()
        contents = [archive.extractfile(name).read() for name in names]
    assert not any(name.endswith(".key") for name in names)
    assert not any(secret in content for secret in secrets for content in contents)


def test_an_archive_is_for_its_owner_only(app, db, tmp_path):
    target = tmp_path / "backup.tar.gz"
    back_up(app, target)
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_lost_file_is_named_in_the_manifest(app, db, tmp_path):
    _, key = make_case_with_file(app)
    app.extensions["storage"].delete(key)
    assert back_up(app, tmp_path / "backup.tar.gz").missing == [key]


def test_an_existing_file_is_not_overwritten(app, db, tmp_path):
    target = tmp_path / "backup.tar.gz"
    target.write_text("precious")
    with pytest.raises(backups.BackupFailed):
        back_up(app, target)
    assert target.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_cannot_be_written_leaves_nothing_behind(app, db, tmp_path):
    with pytest.raises(backups.BackupFailed):
        back_up(app, tmp_path / "nowhere" / "backup.tar.gz")


def test_a_database_in_use_is_never_overwritten(app, db, tmp_path):
    back_up(app, tmp_path / "backup.tar.gz")
    with pytest.raises(backups.RestoreRefused, match="not empty"):
        restore(tmp_path / "backup.tar.gz")


def _rewritten(source: Path, target: Path, name: str, change) -> None:
    """Copy an archive, with one of its files changed or (change gives None) left out."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for entry in old:
            data = old.extractfile(entry).read()
            if entry.name.startswith(name):
                data = change(data)
            if data is not None:
                entry.size = len(data)
                new.addfile(entry, io.BytesIO(data))


def _other_format(data: bytes) -> bytes:
    return json.dumps(json.loads(data) | {"format": 99}).encode()


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("files/", lambda data: data[:-1] + b"!"),
        ("files/", lambda data: None),
        ("database", lambda data: data[:-1] + b"!"),
        ("manifest", lambda data: None),
        ("manifest", lambda data: b"not json"),
        ("manifest", _other_format),
    ],
)
def test_a_damaged_archive_changes_nothing(app, db, tmp_path, process_name, name, change):
    make_case_with_file(app)
    back_up(app, tmp_path / "backup.tar.gz")
    damaged = tmp_path / "damaged.tar.gz"
    _rewritten(tmp_path / "backup.tar.gz", damaged, name, change)
    with empty_site(tmp_path, process_name) as other:
        with pytest.raises(backups.RestoreRefused):
            restore(damaged)
        assert inspect(database.engine).get_table_names() == []
        assert list(other.extensions["storage"].files()) == []


def test_half_an_archive_changes_nothing(app, db, tmp_path, process_name):
    make_case_with_file(app)
    back_up(app, tmp_path / "backup.tar.gz")
    half = tmp_path / "half.tar.gz"
    half.write_bytes((tmp_path / "backup.tar.gz").read_bytes()[:2000])
    with empty_site(tmp_path, process_name), pytest.raises(backups.RestoreRefused):
        restore(half)


def test_the_command_says_what_it_saved(app, db, run_command, tmp_path):
    make_case_with_file(app)
    database.session.remove()
    result = run_command("backup", str(tmp_path / "backup.tar.gz"))
    assert result.exit_code == 0, result.output
    assert "1 submissions" in result.output
    assert "IDENTITY_KEYS" in result.output
