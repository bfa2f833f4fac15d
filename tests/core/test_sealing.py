"""What is sealed opens only with the right key, and the key file is made once."""

import multiprocessing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.sealing import Seal, SealBroken, load_or_create_key, new_key

KEY = new_key()


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_sealed_text_opens_again(text: str) -> None:
    seal = Seal([KEY])
    assert seal.open(seal.seal(text)) == text


def test_sealing_twice_looks_different() -> None:
    seal = Seal([KEY])
    assert seal.seal("Rosmina") != seal.seal("Rosmina")


def test_another_key_or_a_changed_token_opens_nothing() -> None:
    token = Seal([KEY]).seal("Rosmina")
    for seal, damaged in [(Seal([new_key()]), token), (Seal([KEY]), token[:-4] + "AAA="), (Seal([KEY]), "é")]:
        with pytest.raises(SealBroken):
            seal.open(damaged)


def test_old_tokens_survive_a_new_key_and_can_be_resealed() -> None:
    token = Seal([KEY]).seal("Rosmina")
    newest = new_key()
    resealed = Seal([newest, KEY]).reseal(token)
    assert Seal([newest]).open(resealed) == "Rosmina"


def test_lookup_hash_is_stable_and_depends_on_the_key() -> None:
    assert Seal([KEY]).keyed_hash("+6281234567890") == Seal([KEY]).keyed_hash("+6281234567890")
    assert Seal([KEY]).keyed_hash("a") != Seal([new_key()]).keyed_hash("a")
    assert Seal([new_key(), KEY]).keyed_hashes("a")[1] == Seal([KEY]).keyed_hash("a")


@pytest.mark.parametrize("keys", [[], [""], ["short"], ["x" * 44]])
def test_missing_or_malformed_keys_are_refused(keys: list[str]) -> None:
    with pytest.raises(ValueError, match="key"):
        Seal(keys)


def test_key_file_is_private_and_stays_the_same(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "seal.key"
    key = load_or_create_key(path)
    assert load_or_create_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_damaged_key_file_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "seal.key"
    path.write_text("")
    with pytest.raises(ValueError, match="restore"):
        load_or_create_key(path)
    assert path.read_text() == ""


def test_processes_that_start_together_get_one_key(tmp_path: Path) -> None:
    path = tmp_path / "seal.key"
    with multiprocessing.get_context("fork").Pool(4) as pool:
        assert len(set(pool.map(load_or_create_key, [path] * 16))) == 1
