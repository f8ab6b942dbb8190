"""A column of a CSV file -> an array in the shape of a slot."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float

from sdrun.errors import DataError, Place, Problem, nearest
from sdrun.model import name_id
from sdrun.scenario import DataColumn
from sdrun.system import Dimension, Slot

LARGEST = 64_000_000
"""Bytes of a data file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """The cells of a row by column, and its line."""

    line: int
    cells: Mapping[str, str]


def column_values(data: DataColumn, slot: Slot, dimensions: tuple[Dimension, ...]) -> Float[np.ndarray, "*shape"]:
    """What the file says of each element of the slot's one subscript; of a slot without one, a single row's number."""
    if data.actor is not None and len(dimensions) != 1:
        count = "no subscript" if not dimensions else f"{len(dimensions)} subscripts"
        raise DataError(f"'{slot.label}' has {count}: a data file with an actor column fills exactly one")
    if data.actor is None and dimensions:
        raise DataError(Problem(what=f"'{slot.label}' has elements", help='name the column that holds them: actor = "..."'))
    rows = _rows(data)
    if data.actor is None:
        return np.asarray(_number(_at_time(rows, data, "the file"), data))
    chosen = [
        _of_actor(rows, data, id_, label) for id_, label in zip(dimensions[0].elements, dimensions[0].labels, strict=True)
    ]
    problems = [problem for problem in chosen if isinstance(problem, Problem)]
    if problems:
        raise DataError(*problems)
    return np.array([value for value in chosen if isinstance(value, float)])


def _rows(data: DataColumn) -> list[_Row]:
    """All rows of the file, as far as they have cells."""
    text = _text(data.file)
    reader = csv.reader(text.splitlines(keepends=True), delimiter="\t" if data.file.suffix.lower() in (".tsv", ".tab") else ",")
    try:
        header = [name.strip() for name in next(reader, [])]
        problems = [
            Problem(
                what=f"no column '{name}' in '{data.file.name}'",
                place=Place(path=data.file, line=1),
                help=nearest(name, header) or f"columns: {', '.join(header[:8])}",
            )
            for name in (data.column, data.actor, data.time)
            if name is not None and name not in header
        ]
        if problems:
            raise DataError(*problems)
        return [_Row(line=reader.line_num, cells=dict(zip(header, cells, strict=False))) for cells in reader if any(cells)]
    except csv.Error as error:
        raise DataError(Problem(what=f"no CSV: {error}", place=Place(path=data.file, line=reader.line_num))) from None


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            raise DataError(f"'{path}' is a folder, not a data file" if path.is_dir() else f"no such data file: '{path}'")
        if path.stat().st_size > LARGEST:
            raise DataError(f"'{path}' is larger than {LARGEST // 1_000_000} MB")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        problem = Problem(what="this is not UTF-8 text", place=Place(path=path, line=line), help="save the file as UTF-8")
        raise DataError(problem) from None
    except OSError as error:
        raise DataError(f"cannot read '{path}': {error.strerror}") from None


def _of_actor(rows: list[_Row], data: DataColumn, id_: str, label: str) -> float | Problem:
    """The number of one element, or what is wrong with it."""
    own = [row for row in rows if name_id(row.cells.get(data.actor or "", "")) in (id_, name_id(label))]
    if not own:
        names = sorted({row.cells.get(data.actor or "", "") for row in rows})
        help_ = nearest(label, names) or f"rows are for: {', '.join(names[:8])}"
        return Problem(what=f"no row for {label} in '{data.file.name}'", place=Place(path=data.file), help=help_)
    try:
        return _number(_at_time(own, data, label), data)
    except DataError as error:
        return error.problems[0]


def _at_time(rows: list[_Row], data: DataColumn, whose: str) -> _Row:
    """The one row at the time that is asked for."""
    found = rows if data.time is None else [row for row in rows if _is_at(row, data)]
    if len(found) == 1:
        return found[0]
    if found:
        lines = ", ".join(str(row.line) for row in found[:4])
        more = "rows" if data.time is not None else "rows, and no time column is named"
        raise DataError(
            Problem(what=f"{len(found)} {more} for {whose}: lines {lines}", place=Place(path=data.file, line=found[1].line))
        )
    when = f" at {data.at:g}" if data.at is not None else ""
    raise DataError(Problem(what=f"no row for {whose}{when}", place=Place(path=data.file), help=_nearest_times(rows, data)))


def _is_at(row: _Row, data: DataColumn) -> bool:
    time = _float(row.cells.get(data.time or "", ""))
    return time is not None and data.at is not None and abs(time - data.at) <= 1e-9 * max(1.0, abs(data.at))


def _nearest_times(rows: list[_Row], data: DataColumn) -> str | None:
    found = {_float(row.cells.get(data.time or "", "")) for row in rows} - {None}
    times = sorted(time for time in found if time is not None)
    if not times or data.at is None:
        return None
    near = sorted(sorted(times, key=lambda time: abs(time - (data.at or 0.0)))[:2])
    return f"nearest: {' and '.join(f'{time:g}' for time in near)}"


def _number(row: _Row, data: DataColumn) -> float:
    text = row.cells.get(data.column, "")
    value = _float(text)
    if value is None:
        what = f"column '{data.column}' holds '{text}', no number" if text.strip() else f"column '{data.column}' is empty"
        raise DataError(Problem(what=what, place=Place(path=data.file, line=row.line)))
    return value


def _float(text: str) -> float | None:
    """The number that a cell holds, None where it is none or not finite."""
    try:
        value = float(text) if "_" not in text else np.nan  # Python reads 1_5 as 15
    except ValueError:
        return None
    return value if np.isfinite(value) else None
