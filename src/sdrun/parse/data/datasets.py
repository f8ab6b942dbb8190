"""Files of results, of another model or of Vensim's own export, as the source of data variables that have no equation.

A table has a column for each variable and element (`sales[north]`) and a row for each time, or the other way round; a .dat file
has the name of a variable on a line, and a line with time and value for each of its points.  Where several files hold a
variable, the last of them counts: https://www.vensim.com/documentation/23480.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sdrun.errors import ModelError, Problem, nearest
from sdrun.model import Between, Table, name_id
from sdrun.parse.data.cells import Cell
from sdrun.parse.data.files import DataFiles, content
from sdrun.parse.data.series import Lines, numbers, table_of
from sdrun.parse.data.sheets import Sheet, Value, holds_number, text_at, text_book, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A file of results."""

    sheet: Sheet
    time: Sequence[Cell]
    columns: Mapping[str, Sequence[Cell]]
    """By `column_id`."""
    labels: Sequence[str]
    """Names of the columns as the file has them."""


def column_id(name: str) -> str:
    """The identity of a variable's element, however it is written.

    >>> column_id('"Sales"[North, Second_Half]') == column_id("sales[north,second half]")
    True
    """
    base, bracket, inside = name.partition("[")
    if name.strip().startswith('"'):
        base, bracket, inside = _unquoted(name)
    elements = ",".join(name_id(element) for element in inside.rpartition("]")[0].split(","))
    return f"{name_id(base)}[{elements}]" if bracket else name_id(base)


def _unquoted(name: str) -> tuple[str, str, str]:
    quoted, _, rest = name.strip()[1:].partition('"')
    _, bracket, inside = rest.partition("[")
    return quoted, bracket, inside


def table_from(files: DataFiles, label: str, elements: Sequence[Sequence[str]], between: Between) -> Table:
    """The points of a variable at its elements, each a tuple of labels; a `ModelError` where no file that is given has them."""
    if not files.given:
        help = 'write an equation, or name a file with its values in a scenario: [model] data = ["file.tab"]'
        raise ModelError(Problem(what=f"'{label}' has no equation, and no data", help=help))
    wanted = {column_id(name): name for name in (_spelled(label, element) for element in elements)}
    for path in reversed(files.given):
        dataset = dataset_of(files, path)
        if wanted.keys() & dataset.columns.keys():
            _check_columns(path, wanted, dataset)
            lines = Lines(called="its first column or row", x=dataset.time, y=[dataset.columns[id] for id in wanted])
            return table_of(*numbers(dataset.sheet, lines, files.remarks), between)
    listed = ", ".join(f"'{path.name}'" for path in files.given)
    known = [name for path in files.given for name in dataset_of(files, path).labels]
    raise ModelError(Problem(what=f"no data for '{next(iter(wanted.values()))}' in {listed}", help=nearest(label, known)))


def _spelled(label: str, element: Sequence[str]) -> str:
    return f"{label}[{','.join(element)}]" if element else label


def _check_columns(path: Path, wanted: Mapping[str, str], dataset: Dataset) -> None:
    missing = [name for id, name in wanted.items() if id not in dataset.columns]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise ModelError(Problem(what=f"'{path.name}' has no '{missing[0]}'{more}", help=nearest(missing[0], dataset.labels)))


def dataset_of(files: DataFiles, path: Path) -> Dataset:
    """The columns of a file."""
    if (path, "") not in files.sheets:
        read = _dat_sheet if path.suffix.lower() == ".dat" else _table_sheet
        files.sheets[path, ""] = read(path, content(files, path))
    sheet = files.sheets[path, ""]
    width, height = sheet.width, len(sheet.rows)
    if width < 2 or height < 2:
        raise ModelError(f"'{path.name}' holds no table of variables over time")
    upright = any(not holds_number(sheet, Cell(0, column)) for column in range(1, width))
    names = [Cell(0, column) if upright else Cell(column, 0) for column in range(1, width if upright else height)]
    points = range(1, height if upright else width)
    labels = [text_at(sheet, cell) for cell in names]
    return Dataset(
        sheet=sheet,
        time=[Cell(point, 0) if upright else Cell(0, point) for point in points],
        columns={
            column_id(label): [Cell(point, cell.column) if upright else Cell(cell.row, point) for point in points]
            for label, cell in zip(labels, names, strict=True)
            if label
        },
        labels=[label for label in labels if label],
    )


def _table_sheet(path: Path, content: bytes) -> Sheet:
    return text_book(path, content)("")


def _dat_sheet(path: Path, content: bytes) -> Sheet:
    """A .dat file as a table: a row for each time that any variable has."""
    names: list[str] = []
    rows: dict[str, dict[str, str]] = {}
    for number, line in enumerate(text_of(path, content).split("\n"), start=1):
        time, tab, value = line.strip().partition("\t")
        if tab and not names:
            raise ModelError(f"'{path.name}', line {number}: a value stands before the name of its variable")
        if tab:
            rows.setdefault(time.strip(), {})[names[-1]] = value.strip()
        elif time:
            names.append(time)
    body: list[Sequence[Value]] = [[time, *(values.get(name) for name in names)] for time, values in rows.items()]
    return Sheet(title=f"'{path.name}'", rows=[["Time", *names], *body])
