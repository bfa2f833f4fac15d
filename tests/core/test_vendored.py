"""What others made is what VENDORED.md says it is."""

import hashlib
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "static"
NAMED = dict(
    re.findall(
        r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$", (STATIC / "VENDORED.md").read_text(), re.MULTILINE
    )
)
MADE_BY_OTHERS = sorted(
    path.relative_to(STATIC).as_posix()
    for path in STATIC.glob("vendor/**/*")
    if path.suffix in {".js", ".css"}
)


@pytest.mark.parametrize("name", MADE_BY_OTHERS)
def test_a_vendored_file_is_named_with_its_hash(name: str) -> None:
    assert NAMED.get(name) == hashlib.sha256((STATIC / name).read_bytes()).hexdigest()


def test_nothing_is_named_that_is_not_there() -> None:
    assert [name for name in NAMED if not (STATIC / name).is_file()] == []
