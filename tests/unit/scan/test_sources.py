import json
import os
from pathlib import Path

import pytest

from argine.scan.sources import Source, SourceError, UnreadError, read


@pytest.fixture
def library(tmp_path: Path) -> Path:
    for name in ("b/2.jpg", "a/1.jpg", "3.jpg"):
        (tmp_path / "library" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "library" / name).write_bytes(name.encode())
    return tmp_path / "library"


def a_list(folder: Path, *lines: str) -> Source:
    (folder / "list.txt").write_text("\n".join(lines), "utf-8")
    return Source(str(folder / "list.txt"))


def test_a_folder_is_walked_in_the_order_of_names_and_each_file_told_by_its_place_inside(library: Path) -> None:
    files = list(Source(str(library)).files())
    assert [file.content_id for file in files] == ["3.jpg", "a/1.jpg", "b/2.jpg"]
    assert [read(file.name) for file in files] == [b"3.jpg", b"a/1.jpg", b"b/2.jpg"]


def test_a_changed_file_has_another_stamp(library: Path) -> None:
    def stamp() -> str:
        return next(file.stamp for file in Source(str(library)).files() if file.content_id == "3.jpg")

    before = stamp()
    os.utime(library / "3.jpg", (1, 1))
    assert stamp() != before


def test_links_to_folders_are_not_followed_so_a_circle_ends(library: Path) -> None:
    (library / "a" / "round").symlink_to(library)
    assert [file.content_id for file in Source(str(library)).files()] == ["3.jpg", "a/1.jpg", "b/2.jpg"]


def test_a_list_names_files_beside_it_anywhere_and_with_the_platforms_own_names(library: Path) -> None:
    named = json.dumps({"path": "b/2.jpg", "id": "post-7", "stamp": "v2"})
    files = list(a_list(library, "a/1.jpg", "", str(library / "3.jpg"), named, "s3://bucket/4.jpg").files())
    assert [read(file.name) for file in files[:3]] == [b"a/1.jpg", b"3.jpg", b"b/2.jpg"]
    assert (files[2].content_id, files[2].stamp) == ("post-7", "v2")
    assert files[3].name == "s3://bucket/4.jpg"


@pytest.mark.parametrize(
    "line", ["{", '{"id": "x"}', '{"path": 3}', '{"path": "a", "id": null}', "[" * 9 + "{", '{"path": "a", "stamp": 1}']
)
def test_a_malformed_line_is_refused_by_its_number_and_not_repeated(library: Path, line: str) -> None:
    source = a_list(library, "3.jpg", line if line.startswith("{") else "{" + line)
    with pytest.raises(SourceError, match="Line 2 of the list is malformed"):
        list(source.files())


def test_what_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="There is no folder and no list at"):
        list(Source(str(tmp_path / "absent")).files())
    with pytest.raises(SourceError, match="cannot be read"):
        list(Source("nosuchstore://place").files())


def test_a_file_that_cannot_be_read_is_told_without_its_name(tmp_path: Path) -> None:
    with pytest.raises(UnreadError) as refused:
        read(str(tmp_path / "private-name.jpg"))
    assert "private-name" not in str(refused.value)


def test_of_a_file_that_is_too_large_only_so_much_is_read_that_it_shows(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes(1000))
    assert len(read(str(tmp_path / "large"), most_bytes=10)) == 11
