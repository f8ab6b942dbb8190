"""How problems are told."""

from pathlib import Path

import pytest

from sdrun.errors import WIDEST, Place, Problem, render


@pytest.mark.parametrize("column", [1, 60, 61, 5_000, 9_940, 9_990, 10_000])
def test_of_a_long_line_the_part_around_the_caret_is_shown(tmp_path: Path, column: int) -> None:
    text = "".join(chr(ord("a") + number % 26) for number in range(10_000))
    (tmp_path / "long.mdl").write_text(text)
    told = render([Problem(what="wrong", place=Place(path=tmp_path / "long.mdl", line=1, column=column, width=300))])
    *_, shown, under = told.splitlines()
    caret = under.index("^")
    assert shown[caret : caret + 1] == text[column - 1], "it stands under what is meant"
    assert len(shown) <= WIDEST + 10 and under.count("^") <= WIDEST
    assert shown.removeprefix("1 | ").strip(".") in text


def test_a_short_line_is_shown_whole(tmp_path: Path) -> None:
    (tmp_path / "short.mdl").write_text("x = y + 1\n")
    told = render([Problem(what="wrong", place=Place(path=tmp_path / "short.mdl", line=1, column=5))])
    assert told.endswith("  |\n1 | x = y + 1\n  |     ^")
