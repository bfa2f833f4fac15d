"""Stored files are whole, durable and under names of our own."""

import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import obstore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.storage import BadKey, FileMissing, Storage, StorageFull, StorageUnavailable, new_key


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage.for_config(tmp_path, None)


def test_stored_file_comes_back_whole_or_in_pieces(storage: Storage) -> None:
    key, data = new_key("webp"), os.urandom(700_000)
    storage.put(key, data, "image/webp")
    assert storage.exists(key)
    assert storage.get(key) == data
    assert b"".join(storage.stream(key)) == data


def test_file_lies_in_the_data_folder_under_a_name_of_ours(storage: Storage, tmp_path: Path) -> None:
    key = new_key("pdf")
    storage.put(key, b"%PDF", "application/pdf")
    assert (tmp_path / "files" / key).read_bytes() == b"%PDF"
    assert key.endswith(".pdf")


def test_keys_never_repeat() -> None:
    assert len({new_key("webp") for _ in range(1_000)}) == 1_000


def test_file_and_its_folders_are_flushed_before_put_returns(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed = []
    monkeypatch.setattr(
        os, "fsync", lambda descriptor: flushed.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
    )
    key = new_key("webp")
    storage.put(key, b"x", "image/webp")
    path = tmp_path / "files" / key
    assert flushed == [str(part) for part in (path, *list(path.parents)[:3])]


def test_deleted_file_is_missing_and_deleting_twice_is_fine(storage: Storage) -> None:
    key = new_key("webp")
    storage.put(key, b"x", "image/webp")
    storage.delete(key)
    storage.delete(key)
    assert not storage.exists(key)
    for read in (storage.get, storage.stream):
        with pytest.raises(FileMissing):
            read(key)


def test_listing_names_every_file_and_nothing_else(storage: Storage, tmp_path: Path) -> None:
    keys = {new_key("webp") for _ in range(5)}
    for key in keys:
        storage.put(key, b"123", "image/webp")
    (tmp_path / "files" / "stray.tmp").write_bytes(b"")
    assert {(file.key, file.size) for file in storage.files()} == {(key, 3) for key in keys}


@pytest.mark.parametrize(
    "key",
    [
        "",
        "../../etc/passwd",
        "/etc/passwd",
        "aa/bb/../../x.webp",
        "aa/bb/" + "c" * 32 + ".webp",
        "aa\\bb",
        # A fixed one: test processes must agree on the names of their tests.
        "aa/bb/" + "aabb" + "c" * 28 + ".webp\n",
    ],
)
def test_a_path_of_ones_own_is_no_key(storage: Storage, key: str) -> None:
    for verb in (storage.get, storage.delete, storage.exists, storage.stream):
        with pytest.raises(BadKey):
            verb(key)
    with pytest.raises(BadKey):
        storage.put(key, b"", "image/webp")


@given(st.text(max_size=12))
def test_extension_cannot_carry_a_path(extension: str) -> None:
    try:
        key = new_key(extension)
    except BadKey:
        return
    assert extension.isascii()
    assert extension.isalnum()
    assert key.count("/") == 2


def test_url_of_another_kind_is_refused() -> None:
    for url in ("ftp://host/x", "s3:///no-bucket", "https://bucket.example"):
        with pytest.raises(ValueError, match="STORAGE_URL"):
            Storage(url)


def test_trouble_of_the_disk_is_told_apart(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_disk(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(obstore, "put", broken_disk)
    with pytest.raises(StorageUnavailable):
        storage.put(new_key("webp"), b"x", "image/webp")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if not mount or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root")
    yield place
    subprocess.run([umount or "umount", str(place)], check=True)


def test_full_disk_is_told_and_leaves_nothing_behind(small_disk: Path) -> None:
    storage = Storage(small_disk)
    first, second = new_key("webp"), new_key("webp")
    storage.put(first, b"x" * 600_000, "image/webp")
    with pytest.raises(StorageFull):
        storage.put(second, b"y" * 600_000, "image/webp")
    assert [file.key for file in storage.files()] == [first]
    assert storage.get(first) == b"x" * 600_000
    storage.delete(first)
    storage.put(second, b"y" * 600_000, "image/webp")
    assert [path.name for path in small_disk.rglob("*") if path.is_file()] == [second.rpartition("/")[2]]
