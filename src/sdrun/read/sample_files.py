"""A CSV of samples, a column per factor and a row per sample -> factors."""

import csv
import math
from collections.abc import Sequence
from pathlib import Path

from sdrun.errors import DataError, Place, Problem
from sdrun.model import name_id
from sdrun.sweep import STRUCTURAL, VALUES, Factor

LARGEST = 64_000_000
"""Bytes of a file of samples."""


def read_samples(path: Path, stated: Place) -> tuple[Factor, ...]:
    """The columns of the file as factors of a list; `stated` is where the scenario names it.

    Raises DataError with all that is wrong.
    """
    try:
        rows = _rows(path, stated)
    except csv.Error as error:
        raise DataError(Problem(what=f"no CSV: {error}", place=Place(path=path))) from None
    if not rows:
        raise DataError(Problem(what=f"'{path.name}' is empty", place=stated, help="its first line names the factors"))
    (line, header), *body = rows
    names = [name.strip() for name in header]
    columns = [[cells[number].strip() if number < len(cells) else "" for _, cells in body] for number in range(len(names))]
    problems = [*_misnamed(names, Place(path=path, line=line)), *_ragged(body, names, path)]
    if problems:
        raise DataError(*problems)
    lines = [line for line, _ in body]
    return tuple(_factor(name, column, lines, path) for name, column in zip(names, columns, strict=True))


def _rows(path: Path, stated: Place) -> list[tuple[int, list[str]]]:
    """(line, cells) of every line that holds something."""
    try:
        if not path.is_file():
            what = f"'{path}' is a folder, not a file of samples" if path.is_dir() else f"no such file of samples: '{path}'"
            raise DataError(Problem(what=what, place=stated))
        if path.stat().st_size > LARGEST:
            raise DataError(Problem(what=f"'{path}' is larger than {LARGEST // 1_000_000} MB", place=stated))
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(Problem(what=f"'{path}' is not UTF-8 text", place=stated, help="save the file as UTF-8")) from None
    except OSError as error:
        raise DataError(Problem(what=f"cannot read '{path}': {error.strerror}", place=stated)) from None
    reader = csv.reader(text.splitlines(keepends=True), delimiter="\t" if path.suffix.lower() in (".tsv", ".tab") else ",")
    try:
        return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise DataError(Problem(what=f"no CSV: {error}", place=Place(path=path, line=reader.line_num))) from None


def _misnamed(names: Sequence[str], where: Place) -> list[Problem]:
    problems = [
        Problem(what=f"column {number} has no name", place=where, help="the first line names the factors")
        for number, name in enumerate(names, start=1)
        if not name
    ]
    ids = [name_id(name) for name in names]
    return problems + [
        Problem(what=f"column '{name}' stands there twice", place=where)
        for number, name in enumerate(names)
        if name and ids.index(name_id(name)) < number
    ]


def _ragged(body: Sequence[tuple[int, Sequence[str]]], names: Sequence[str], path: Path) -> list[Problem]:
    return [
        Problem(what=f"{len(cells)} values for {len(names)} factors", place=Place(path=path, line=line))
        for line, cells in body
        if len(cells) != len(names)
    ]


def _factor(name: str, column: Sequence[str], lines: Sequence[int], path: Path) -> Factor:
    """A column as a factor; its place is that of the file's first line."""
    where = Place(path=path, line=1)
    if name_id(name) in STRUCTURAL:
        return Factor(name=name_id(name), kind=VALUES, values=tuple(column), place=where)
    numbers = [_number(cell) for cell in column]
    problems = [
        Problem(what=f"column '{name}' holds '{cell}', no number", place=Place(path=path, line=line))
        for cell, number, line in zip(column, numbers, lines, strict=True)
        if number is None
    ]
    if problems:
        raise DataError(*problems)
    return Factor(name=name, kind=VALUES, values=tuple(number for number in numbers if number is not None), place=where)


def _number(cell: str) -> float | None:
    try:
        value = float(cell) if "_" not in cell else math.nan  # Python reads 1_5 as 15
    except ValueError:
        return None
    return value if math.isfinite(value) else None
