"""Static files are sent compressed."""

from pathlib import Path

from portal.core.staticfiles import compressed


def _source(folder: Path) -> Path:
    source = folder / "static"
    (source / "css").mkdir(parents=True)
    (source / "css" / "a.css").write_text("a{color:red}\n" * 200)
    return source


def test_a_style_gets_a_smaller_copy_for_each_encoding(tmp_path: Path) -> None:
    folder = compressed(_source(tmp_path), tmp_path / "store")
    original = (folder / "css" / "a.css").stat().st_size
    assert (folder / "css" / "a.css.gz").stat().st_size < original
    assert (folder / "css" / "a.css.br").stat().st_size < original


def test_the_same_files_are_prepared_once(tmp_path: Path) -> None:
    source = _source(tmp_path)
    assert compressed(source, tmp_path / "store") == compressed(source, tmp_path / "store")
    assert len(list((tmp_path / "store").iterdir())) == 1


def test_a_changed_file_gets_a_new_folder(tmp_path: Path) -> None:
    source = _source(tmp_path)
    before = compressed(source, tmp_path / "store")
    (source / "css" / "a.css").write_text("b{color:blue}")
    assert compressed(source, tmp_path / "store") != before


def test_plain_files_serve_when_nothing_can_be_written(tmp_path: Path) -> None:
    source = _source(tmp_path)
    (tmp_path / "store").write_text("a file where the folder should be")
    assert compressed(source, tmp_path / "store") == source
