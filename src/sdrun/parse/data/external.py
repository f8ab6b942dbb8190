"""GET XLS ... and GET DIRECT ... -> expressions: numbers, arrays, tables, and tables read at the time.

Values run across on the last range of the left side and down on the one before it; `*` behind the cell turns that round:
https://www.vensim.com/documentation/fn_get_direct_constants.html
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

from sdrun.errors import ModelError, Problem, nearest
from sdrun.model import Array, Between, Expr, Lookup, Name, Number, Range, Table, name_id
from sdrun.parse.data.cells import Area, Cell, area_at, cell_at, column_at
from sdrun.parse.data.datasets import table_from
from sdrun.parse.data.files import DataFiles, content, found
from sdrun.parse.data.open import BOOKS, sheet_of
from sdrun.parse.data.series import UNCALCULATED, series_at
from sdrun.parse.data.sheets import Sheet, area_called, number_at, text_at
from sdrun.parse.labels import label_of
from sdrun.parse.statements import Definition, Statements

MOST_ELEMENTS = 10_000
"""Of a range that is read."""

MODES: Mapping[str, Between] = {
    "interpolate": Between.LINEAR,
    "look_forward": Between.FORWARD,
    "hold_backward": Between.STEPS,
    "raw": Between.RAW,
}
"""What a keyword of a data variable means: https://www.vensim.com/documentation/dataequations.html"""

ARGUMENTS = ("file", "tab", "x_row_or_col", "time_row_or_col", "cell")
"""Fields of PySD's structures."""

Shape = Sequence[int]
"""Sizes of the ranges on the left side."""


def is_external(definition: Definition) -> bool:
    """Whether its values stand in a file."""
    return type(definition.ast).__name__ in EXTERNAL or lacks_equation(definition)


def lacks_equation(definition: Definition) -> bool:
    """Whether it is a data variable whose values a scenario must give."""
    return type(definition.ast).__name__ == "DataStructure"


def mode_of(definition: Definition) -> Between:
    """How its data go on between their points; a `ModelError` where its keyword says nothing of that."""
    if definition.keyword not in MODES:
        keywords = [f":{keyword.upper().replace('_', ' ')}:" for keyword in MODES]
        stated = f":{definition.keyword.upper().replace('_', ' ')}:"
        help = nearest(stated, keywords) or f"one of {' '.join(keywords)}"
        raise ModelError(Problem(what=f"unknown keyword {stated} of a data variable", help=help))
    return MODES[definition.keyword]


def read(definition: Definition, ranges: Mapping[str, Range], files: DataFiles) -> Expr:
    """The right side of a definition that `is_external`, from its file."""
    ids = [name_id(subscript) for subscript in definition.subscripts]
    if lacks_equation(definition):
        choices = [
            ranges[id].labels if id in ranges else (label,) for id, label in zip(ids, definition.subscripts, strict=True)
        ]
        table = table_from(files, label_of(definition.label), list(product(*choices)), mode_of(definition))
        return Lookup(table, Name("time"))
    if not all(isinstance(getattr(definition.ast, field), str) for field in ARGUMENTS if hasattr(definition.ast, field)):
        raise ModelError("GET XLS ... and GET DIRECT ... take texts in single quotes")
    shape = [len(ranges[id].elements) for id in ids if id in ranges]
    return EXTERNAL[type(definition.ast).__name__](definition.ast, shape, mode_of(definition), files)


def named_files(path: Path, statements: Statements, given: tuple[Path, ...]) -> tuple[tuple[Path, bytes], ...]:
    """The files that a model will read, with their content, as far as they can be read; what cannot, `read` tells."""
    files = DataFiles(folder=path.parent, tags=statements.file_tags)
    names = [getattr(definition.ast, "file", None) for definition in statements.definitions]
    names += [definition.external["file"] for definition in statements.ranges if definition.external is not None]
    for name in dict.fromkeys(name for name in names if isinstance(name, str)):
        with suppress(ModelError):
            one = found(files, name)
            if one.suffix.lower() in BOOKS:
                content(files, one)
    for path in given:
        with suppress(ModelError):
            content(files, path)
    return tuple(files.contents.items())


def constants(ast: Any, shape: Shape, _between: Between, files: DataFiles) -> Expr:
    """A number, or an array laid out as the left side says."""
    sheet = sheet_of(files, ast.file, ast.tab)
    name, star, _ = ast.cell.strip().partition("*")
    area = _area(sheet, name, *_layout(shape), turned=bool(star))
    values = [[_constant(sheet, area.cell(row, column)) for column in range(area.columns)] for row in range(area.rows)]
    rows = list(zip(*values, strict=True)) if star else values
    flat = tuple(value for row in rows for value in row)
    return Array(flat) if shape else Number(flat[0])


def _layout(shape: Shape) -> tuple[int, int]:
    """Rows and columns; ranges of one element take no direction of their own."""
    sizes = [size for size in shape if size > 1]
    if len(sizes) > 2:
        what = f"a block of cells fills two ranges, and the left side has {len(sizes)}"
        raise ModelError(Problem(what=what, help="write an equation for each element of the others"))
    down, across = [1] * (2 - len(sizes)) + sizes
    return down, across


def _area(sheet: Sheet, name: str, down: int, across: int, turned: bool) -> Area:
    rows, columns = (across, down) if turned else (down, across)
    if cell := cell_at(name):
        return Area(cell, rows, columns)
    area = area_called(sheet, name)
    if (area.rows, area.columns) != (rows, columns):
        what = f"{sheet.title}: '{name}' has {area.rows} x {area.columns} cells, and the left side takes {rows} x {columns}"
        fits = (area.columns, area.rows) == (rows, columns)
        raise ModelError(Problem(what=what, help=f"'{name}{'' if turned else '*'}' reads it the other way" if fits else None))
    return area


def _constant(sheet: Sheet, cell: Cell) -> float:
    value = number_at(sheet, cell)
    if value is None:
        raise ModelError(Problem(what=f"{sheet.title}, cell {cell} is empty, and should hold a constant", help=UNCALCULATED))
    return value


def lookups(ast: Any, shape: Shape, _between: Between, files: DataFiles) -> Table:
    """A table for each element of the left side."""
    return _series(ast, shape, Between.LINEAR, files)


def data(ast: Any, shape: Shape, between: Between, files: DataFiles) -> Expr:
    """The same, read at the time."""
    return Lookup(_series(ast, shape, between, files), Name("time"))


def _series(ast: Any, shape: Shape, between: Between, files: DataFiles) -> Table:
    sizes = [size for size in shape if size > 1]
    if len(sizes) > 1:
        what = f"a block of series fills one range, and the left side has {len(sizes)}"
        raise ModelError(Problem(what=what, help="write an equation for each element of the others"))
    along = ast.time_row_or_col if hasattr(ast, "time_row_or_col") else ast.x_row_or_col
    return series_at(sheet_of(files, ast.file, ast.tab), along, ast.cell, prod(sizes), between, files.remarks)


def subscripts(arguments: Mapping[str, str], files: DataFiles) -> tuple[str, ...]:
    """The elements of a range: across, then down, empty cells left out.

    https://www.vensim.com/documentation/fn_get_direct_subscript.html
    """
    sheet = sheet_of(files, arguments["file"], arguments["tab"])
    area = _elements_area(sheet, arguments["firstcell"].strip(), arguments["lastcell"].strip())
    if area.rows * area.columns > MOST_ELEMENTS * 10:
        raise ModelError(f"{sheet.title}: {area.rows} x {area.columns} cells are too many for the elements of a range")
    cells = (area.cell(row, column) for row in range(area.rows) for column in range(area.columns))
    found = tuple(arguments["prefix"] + text for cell in cells if (text := text_at(sheet, cell)))
    if not found:
        raise ModelError(f"{sheet.title}: cells {area.first} to {area.cell(area.rows - 1, area.columns - 1)} are empty")
    if len(found) > MOST_ELEMENTS:
        raise ModelError(f"{sheet.title}: the range has {len(found)} elements; at most {MOST_ELEMENTS} are read")
    return found


def _elements_area(sheet: Sheet, first: str, last: str) -> Area:
    """From the first cell to the last, of which the row or the column alone may be given, or neither."""
    cell = cell_at(first)
    if cell is None:
        return area_called(sheet, first)
    corner, column = cell_at(last), column_at(last)
    if corner is None and not (last.isdigit() or column is not None or last == ""):
        raise ModelError(f"'{last}' is no cell, row or column")
    bottom = corner.row if corner else int(last) - 1 if last.isdigit() else max(len(sheet.rows) - 1, cell.row)
    right = corner.column if corner else column if column is not None else max(sheet.width - 1, cell.column)
    area = area_at(f"{cell}:{Cell(bottom, right)}")
    if area is None:
        raise ModelError(f"the last cell '{last}' lies before the first, '{first}'")
    return area


EXTERNAL: Mapping[str, Callable[[Any, Shape, Between, DataFiles], Expr]] = {
    "GetConstantsStructure": constants,
    "GetLookupsStructure": lookups,
    "GetDataStructure": data,
}
"""How each of PySD's structures for data files is read, by the name of its class."""
