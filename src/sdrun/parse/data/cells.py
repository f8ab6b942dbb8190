"""Names of cells, as spreadsheets have them: letters for the column, a number for the row."""

import re
from dataclasses import dataclass

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")


@dataclass(frozen=True, slots=True)
class Cell:
    """A place in a sheet.

    >>> str(Cell(2, 27)), cell_at("ab3") == Cell(2, 27)
    ('AB3', True)
    """

    row: int
    """From 0."""
    column: int
    """From 0."""

    def __str__(self) -> str:
        return f"{column_name(self.column)}{self.row + 1}"


@dataclass(frozen=True, slots=True)
class Area:
    """A block of cells."""

    first: Cell
    rows: int
    columns: int

    def cell(self, row: int, column: int) -> Cell:
        """One of its cells, counted from 0."""
        return Cell(self.first.row + row, self.first.column + column)


def cell_at(text: str) -> Cell | None:
    """The cell called so; None where that is no name of a cell."""
    match = _CELL.fullmatch(text.strip())
    column = column_at(match[1]) if match else None
    return Cell(int(match[2]) - 1, column) if match and column is not None else None


def area_at(text: str) -> Area | None:
    """The block of cells from one corner to the other: `$B$2:$C$9`."""
    corners = [cell_at(corner) for corner in text.split(":")]
    first, last = corners[0], corners[-1]
    if len(corners) > 2 or first is None or last is None or last.row < first.row or last.column < first.column:
        return None
    return Area(first, last.row - first.row + 1, last.column - first.column + 1)


def column_at(text: str) -> int | None:
    """The number, from 0, of the column called so; None where that is no name of a column."""
    if not re.fullmatch(r"[A-Za-z]{1,3}", text.strip()):
        return None
    number = 0
    for letter in text.strip().upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def column_name(number: int) -> str:
    """The letters of a column, counted from 0."""
    letters = ""
    number += 1
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
