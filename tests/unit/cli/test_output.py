import pytest

from argine.cli import output


def test_columns_are_as_wide_as_their_widest_cell_and_no_line_ends_in_spaces(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.columns([("A", "B"), ("long", 1), ("x", "")])
    assert capsys.readouterr().out == "A     B\nlong  1\nx\n"


def test_no_cell_can_play_with_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    output.columns([("\x1b[2Jname\nmore", 1)])
    assert capsys.readouterr().out == "[2Jname more  1\n"


def test_text_from_elsewhere_becomes_one_short_printable_line() -> None:
    shown = output.plain("a\x1b[31m\n b\u202e" + "c" * 500)
    assert shown.isprintable()
    assert shown.startswith("a [31m b c")
    assert len(shown) <= 300


@pytest.mark.parametrize(
    ("total", "terminal", "shown"), [(10, True, False), (10**7, False, False), (10**7, True, True)]
)
def test_a_bar_of_bytes_shows_for_large_files_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], total: int, terminal: bool, shown: bool
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    with output.byte_progress(total, "Importing") as done:
        done(total // 2)
    assert ("Importing" in capsys.readouterr().err) is shown


def test_progress_of_items_that_cannot_be_counted_takes_the_count_it_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert list(output.progress(iter(range(20)), "Exporting", 20)) == list(range(20))
    assert "Exporting" in capsys.readouterr().err
