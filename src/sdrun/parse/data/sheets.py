"""Sheets: cells in rows, whatever kind of file they come from."""

import csv
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sdrun.errors import ModelError, Problem, nearest
from sdrun.parse.data.cells import Area, Cell
from sdrun.parse.encoding import decoded
from sdrun.parse.hardened import shortened

Value = float | str | None
"""Of a cell; None where it is empty."""

MOST_CELLS = 10_000_000
"""Of a sheet, empty ones before the last of a row counted."""

MISSING = ("", "na", "n/a", "#n/a", "nan", ":na:")
"""What stands in cells for which there is no number, in lower case."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet of a workbook, or a text file."""

    title: str
    """For messages: `'data.xlsx', sheet 'Sheet1'`."""
    rows: Sequence[Sequence[Value]]
    """None of them longer than its last cell."""
    names: Mapping[str, Area] = field(default_factory=dict)
    """Named ranges that lie in it, by their name in lower case."""
    others: Mapping[str, str] = field(default_factory=dict)
    """Other names: where they lie, or that they are no ranges."""

    @property
    def width(self) -> int:
        """Cells of the longest row."""
        return max(map(len, self.rows), default=0)


Book = Callable[[str], Sheet]
"""An open file: gives the sheet that the second argument of a GET function asks for."""


def value_at(sheet: Sheet, cell: Cell) -> Value:
    """What a cell holds."""
    row = sheet.rows[cell.row] if cell.row < len(sheet.rows) else ()
    return row[cell.column] if cell.column < len(row) else None


def number_at(sheet: Sheet, cell: Cell) -> float | None:
    """The number in a cell; None where there is none, a `ModelError` where something else stands there."""
    value = value_at(sheet, cell)
    if isinstance(value, str) and value.strip().lower() in MISSING:
        return None
    if isinstance(value, str) and not holds_number(sheet, cell):
        raise ModelError(f"{sheet.title}, cell {cell} holds '{shortened(value)}', which is no number")
    return None if value is None else float(value)


def holds_number(sheet: Sheet, cell: Cell) -> bool:
    """Whether there is a finite number in a cell, also one as text."""
    value = value_at(sheet, cell)
    if isinstance(value, str):
        return _NUMBER.fullmatch(value.strip()) is not None and math.isfinite(float(value))
    return value is not None and math.isfinite(value)


def text_at(sheet: Sheet, cell: Cell) -> str:
    """The text in a cell, empty where there is none; a number as people write it."""
    value = value_at(sheet, cell)
    return f"{value:.15g}" if isinstance(value, float) else (value or "").strip()


def area_called(sheet: Sheet, name: str) -> Area:
    """The named range; a `ModelError` where the sheet has none that is called so."""
    key = name.strip().lower()
    if key in sheet.names:
        return sheet.names[key]
    if key in sheet.others:
        raise ModelError(f"{sheet.title}: the name '{name.strip()}' {sheet.others[key]}")
    listed = f"names: {', '.join(sorted(sheet.names)[:8])}" if sheet.names else "name a cell, such as B2"
    what = f"{sheet.title}: there is no cell, and no named range, '{name.strip()}'"
    raise ModelError(Problem(what=what, help=nearest(key, sheet.names) or listed))


def bounded(title: str, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """Row after row without the empty cells at its end; a `ModelError` where there are more than memory should hold."""
    cells = 0
    for row in rows:
        cells += len(row) + 1
        if cells > MOST_CELLS:
            raise ModelError(f"{title} has more than {MOST_CELLS:,} cells")
        end = len(row)
        while end and row[end - 1] in (None, ""):
            end -= 1
        yield row[:end]


def text_of(path: Path, content: bytes) -> str:
    """What a text file says; a `ModelError` where it is none."""
    try:
        return decoded(path, content)
    except ModelError:
        raise ModelError(Problem(what=f"'{path.name}' is no text file", help="save it as text in UTF-8")) from None


def text_book(path: Path, content: bytes) -> Book:
    """A text file with delimiters: tabs, or commas where it is called .csv, unless the model names another."""
    text = text_of(path, content)

    def sheet(tab: str) -> Sheet:
        delimiter = tab if len(tab) == 1 else tab.strip()
        if len(delimiter) > 1 or delimiter in ('"', "\n", "\r"):
            what = f"'{path.name}' is a text file: its second argument is the delimiter, one character, not '{shortened(tab)}'"
            raise ModelError(Problem(what=what, help="',' or ';', or '' for the usual one"))
        delimiter = delimiter or ("," if path.suffix.lower() == ".csv" else "\t")
        try:
            rows = list(bounded(f"'{path.name}'", csv.reader(text.splitlines(True), delimiter=delimiter)))
        except csv.Error as error:
            raise ModelError(f"'{path.name}' is no table: {error}") from None
        return Sheet(title=f"'{path.name}'", rows=[[cell or None for cell in row] for row in rows])

    return sheet
