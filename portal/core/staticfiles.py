"""Static files together with their compressed copies, which WhiteNoise sends but does not make."""

import hashlib
import shutil
import tempfile
from pathlib import Path

from whitenoise.compress import Compressor


def compressed(source: Path, store: Path) -> Path:
    """Return a folder in `store` that holds the files of `source` with `.gz` and `.br` beside them.

    The folder is named by the content, so it is made once per release; `source` may be read-only.
    Several processes may start at once: each prepares a folder of its own and the first to rename wins.
    Returns `source` itself when the folder cannot be written.
    """
    files = sorted(path for path in source.rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(source)}\0".encode() + path.read_bytes())
    target = store / digest.hexdigest()[:16]
    if target.is_dir():
        return target
    draft = None
    try:
        store.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=store))
        draft.chmod(0o755)
        _fill(draft, source, files)
        draft.rename(target)  # refuses to replace a filled folder
    except OSError:
        # Another process was first, or the disk is full: then the plain files still serve.
        if draft:
            shutil.rmtree(draft, ignore_errors=True)
        return target if target.is_dir() else source
    return target


def _fill(draft: Path, source: Path, files: list[Path]) -> None:
    compressor = Compressor(quiet=True)
    for path in files:
        copy = draft / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        if compressor.should_compress(copy.name):
            for _ in compressor.compress(str(copy)):
                pass
