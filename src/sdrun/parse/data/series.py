"""Series in a sheet -> `Table`: a line of x values, and one line of y values beside it for each element."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sdrun.errors import ModelError, Problem
from sdrun.model import Between, Table
from sdrun.parse.data.cells import Area, Cell, cell_at, column_at, column_name
from sdrun.parse.data.sheets import Sheet, area_called, holds_number, number_at

UNCALCULATED = "formulas are not calculated here: where they have no results yet, save the file in Excel once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Where the numbers of a series stand, point by point."""

    called: str
    """The line of x, for messages."""
    x: Sequence[Cell]
    y: Sequence[Sequence[Cell]]
    """One line for each element."""


Remarks = list[str]
"""What was taken for missing; grows."""


def series_at(sheet: Sheet, along: str, first: str, count: int, between: Between, remarks: Remarks) -> Table:
    """`count` series; `along` is the row or column of x, and `first` the cell of the first y, or both are named ranges.

    Points without x are left out; x are put in order.  A `ModelError` where an x comes twice, or there is none.
    """
    lines = _lines(sheet, along.strip(), first.strip(), count)
    return table_of(*numbers(sheet, lines, remarks), between)


def table_of(xs: Sequence[float], ys: Sequence[Sequence[float | None]], between: Between) -> Table:
    """Points in order of x, those of a single series only where it has a value."""
    order = sorted(range(len(xs)), key=xs.__getitem__)
    if len(ys) == 1:
        order = [point for point in order if ys[0][point] is not None]
    values = [row[point] for row in ys for point in order]
    return Table(tuple(xs[point] for point in order), tuple(math.nan if value is None else value for value in values), between)


def _lines(sheet: Sheet, along: str, first: str, count: int) -> Lines:
    cell = cell_at(first)
    if cell is None and not along.isdigit():
        return _named_lines(sheet, along, first, count)
    column = column_at(along)
    if cell is None or not (along.isdigit() or column is not None):
        what = f"'{along}' and '{first}' do not go together: give a row or column and a cell, or two named ranges"
        raise ModelError(what)
    if along.isdigit():
        places = range(cell.column, sheet.width)
        return Lines(
            called=f"row {along} from column {column_name(cell.column)} on",
            x=[Cell(int(along) - 1, place) for place in places],
            y=[[Cell(cell.row + number, place) for place in places] for number in range(count)],
        )
    assert column is not None
    places = range(cell.row, len(sheet.rows))
    return Lines(
        called=f"column {along.upper()} from row {cell.row + 1} on",
        x=[Cell(place, column) for place in places],
        y=[[Cell(place, cell.column + number) for place in places] for number in range(count)],
    )


def _named_lines(sheet: Sheet, along: str, first: str, count: int) -> Lines:
    x, y = area_called(sheet, along), area_called(sheet, first)
    if x.rows > 1 and x.columns > 1:
        raise ModelError(f"{sheet.title}: '{along}' is {_size(x)}, and should be one row or column")
    down = x.columns == 1 and (x.rows > 1 or y.rows == 1)
    points = x.rows if down else x.columns
    wanted = (points, count) if down else (count, points)
    if (y.rows, y.columns) != wanted:
        what = f"{sheet.title}: '{first}' is {_size(y)}, and should be {wanted[0]} x {wanted[1]} beside '{along}'"
        raise ModelError(what)
    along_x = [x.cell(point, 0) if down else x.cell(0, point) for point in range(points)]
    along_y = [[y.cell(point, k) if down else y.cell(k, point) for point in range(points)] for k in range(count)]
    return Lines(called=f"'{along}'", x=along_x, y=along_y)


def _size(area: Area) -> str:
    return f"{area.rows} x {area.columns} cells"


def numbers(sheet: Sheet, lines: Lines, remarks: Remarks) -> tuple[list[float], list[list[float | None]]]:
    """x, and the y of each element at them; text stands for what is missing, behind the last number of x for nothing."""
    last = max((k for k, cell in enumerate(lines.x) if holds_number(sheet, cell)), default=-1)
    stated = [(k, x) for k, cell in enumerate(lines.x[: last + 1]) if (x := _number(sheet, cell, remarks)) is not None]
    _check(sheet, lines, stated)
    ys = [[_number(sheet, row[k], remarks) for k, _ in stated] for row in lines.y]
    if all(value is None for row in ys for value in row):
        ends = f"{lines.y[0][0]} to {lines.y[-1][last]}"
        raise ModelError(Problem(what=f"{sheet.title}: cells {ends} hold no numbers", help=UNCALCULATED))
    return [x for _, x in stated], ys


def _number(sheet: Sheet, cell: Cell, remarks: Remarks) -> float | None:
    """As Vensim reads it: what is no number is missing."""
    try:
        return number_at(sheet, cell)
    except ModelError as error:
        remarks.append(f"{error.problems[0].what}: it is taken for missing")
        return None


def _check(sheet: Sheet, lines: Lines, stated: Sequence[tuple[int, float]]) -> None:
    if not stated:
        raise ModelError(Problem(what=f"{sheet.title}: {lines.called} holds no numbers", help=UNCALCULATED))
    ordered = sorted(stated, key=lambda point: point[1])
    for (k, x), (other, same) in pairwise(ordered):
        if x == same:
            raise ModelError(f"{sheet.title}: cells {lines.x[min(k, other)]} and {lines.x[max(k, other)]} both hold {x:g}")
