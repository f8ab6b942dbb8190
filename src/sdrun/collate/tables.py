"""A table that Vensim, Stella, PySD or a spreadsheet wrote -> `Columns`.

Time runs down or across; the header is `Time`, `Time (Year)`, or whatever stands first.  Columns are separated by tabs, commas
or semicolons, lines end in any way, the text is UTF-8, UTF-16 or Windows'.  An empty cell says nothing: Vensim leaves a
constant's cells empty after the first.  Numbers count as rounded to as many significant digits as the longest has, six at
least, as Vensim prints them; times also to as many decimals as the column of times has.
"""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float

from sdrun.collate.columns import Columns, Element, Quantity, identity
from sdrun.errors import DataError, Place, Problem

LARGEST = 256_000_000
"""Bytes of a table."""
FEWEST_DIGITS = 6
"""Vensim prints as many."""
_TIME = re.compile(r"time(_\(.*\))?")
_NUMBER = re.compile(r"[+-]?(\d*)(?:[.](\d*))?(?:[eE][+-]?\d+)?")
_RUN = re.compile(r"\s*:\s*[^:\[\]]*$")
"""Vensim adds the name of the run to that of the variable: `Population : Current`."""

Rows = list[list[str]]


def table_columns(path: Path) -> Columns:
    """The table in a file.

    Raises DataError where there is none.
    """
    rows = _rows(path)
    if _is_across(rows):
        rows = [list(column) for column in zip(*_even(rows), strict=True)]
    header = [cell.strip() for cell in rows[0]]
    at = next((i for i, cell in enumerate(header) if _TIME.fullmatch(identity(cell))), 0)
    numbers = np.array([[_number(cell) for cell in row] for row in _even(rows)[1:]]).reshape(-1, len(header))
    told = np.isfinite(numbers[:, at])
    if not told.any() or len(header) < 2:
        what = f"'{path.name}' is no table of results: no column of times and values"
        raise DataError(
            Problem(what=what, place=Place(path=path, line=1), help="the first column holds times, the first row names")
        )
    numbers = numbers[told]
    printed = [row[at] for row in rows[1:] if np.isfinite(_number(row[at]))]
    digits = max(FEWEST_DIGITS, *(_digits(cell) for row in rows[1:] for cell in row))
    return Columns(
        source=str(path),
        times=numbers[:, at],
        rounding=_rounding(numbers[:, at], printed, digits),
        quantities=_quantities({name: numbers[:, i] for i, name in enumerate(_without_run(header)) if i != at and name}),
        digits=digits,
        gaps=True,
    )


def half_a_unit(values: np.ndarray, digits: int) -> np.ndarray:
    """Half a unit in the last of so many significant digits, and a hair more: what rounding may have changed."""
    with np.errstate(divide="ignore"):
        exponents = np.floor(np.log10(np.abs(values)))
    return np.where(np.isfinite(exponents), 0.501 * 10.0 ** (np.where(np.isfinite(exponents), exponents, 0) - digits + 1), 0.0)


# ── the text ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _rows(path: Path) -> Rows:
    """All lines that hold something, cut into cells."""
    text = _text(path)
    lines = text.splitlines()
    delimiter = next((mark for mark in "\t;" if lines and mark in lines[0]), ",")  # names hold commas: `Var[a,b]`
    try:
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise DataError(Problem(what=f"no table: {error}", place=Place(path=path))) from None
    if len(rows) < 2:
        raise DataError(Problem(what=f"'{path.name}' holds no table: it has {len(rows)} lines", place=Place(path=path)))
    return rows if delimiter == "," else [[_decimal_point(cell) for cell in row] for row in rows]


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise DataError(f"'{path}' is larger than {LARGEST // 1_000_000} MB")
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot read '{path}': {error.strerror}") from None
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252", "latin-1")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            pass
    raise DataError(Problem(what=f"'{path.name}' is no text file", place=Place(path=path)))


def _decimal_point(cell: str) -> str:
    """A number with a point for its decimal comma."""
    return cell.replace(",", ".") if re.fullmatch(r"\s*[+-]?\d+,\d+(?:[eE][+-]?\d+)?\s*", cell) else cell


def _even(rows: Rows) -> Rows:
    """Rows as long as the first."""
    width = len(rows[0])
    return [[*row[:width], *[""] * (width - len(row))] for row in rows]


def _is_across(rows: Rows) -> bool:
    """Whether the times stand in the first row."""
    return len(rows[0]) > 1 and all(np.isfinite(_number(cell)) for cell in rows[0][1:] if cell.strip())


def _number(cell: str) -> float:
    try:
        return float(cell) if "_" not in cell else np.nan  # Python reads 1_5 as 15
    except ValueError:
        return np.nan


# ── how it was printed ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _digits(cell: str) -> int:
    """Significant digits of a number as printed."""
    match = _NUMBER.fullmatch(cell.strip())
    if match is None:
        return 0
    whole, decimals = match[1] or "", match[2] or ""
    return len((whole + decimals).lstrip("0")) if decimals else len(whole.strip("0"))


def _rounding(times: Float[np.ndarray, " times"], printed: Sequence[str], digits: int) -> Float[np.ndarray, " times"]:
    decimals = max((len(match[2] or "") for cell in printed if (match := _NUMBER.fullmatch(cell.strip()))), default=0)
    fixed = 0.501 * 10.0**-decimals if decimals else 0.0
    return np.maximum(half_a_unit(times, digits), fixed)


# ── its names ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _without_run(header: list[str]) -> list[str]:
    """Names without that of the run, where all but the first have the same."""
    found = {match[0] if (match := _RUN.search(name)) else "" for name in header[1:]}
    return [header[0], *(_RUN.sub("", name) for name in header[1:])] if len(found) == 1 and "" not in found else header


def _quantities(columns: dict[str, np.ndarray]) -> dict[str, Quantity]:
    """Columns `label[element, element]` by variable; of two with the same name the first."""
    grouped: dict[str, dict[Element, tuple[str, str, np.ndarray]]] = {}
    for name, values in columns.items():
        label, labels = _name(name)
        element = tuple(map(identity, labels))
        grouped.setdefault(identity(label), {}).setdefault(element, (label, f"[{', '.join(labels)}]" if labels else "", values))
    return {
        id: Quantity(
            label=next(label for label, _, _ in group.values()),
            rows={element: row for row, element in enumerate(group)},
            labels=tuple(labels for _, labels, _ in group.values()),
            values=np.array([values for _, _, values in group.values()]),
        )
        for id, group in grouped.items()
    }


def _name(name: str) -> tuple[str, tuple[str, ...]]:
    """The label of a column's variable, and its elements."""
    label, bracket, inside = name.rpartition("[")
    if not bracket or not inside.rstrip().endswith("]"):
        return _unquoted(name), ()
    return _unquoted(label), tuple(_unquoted(part) for part in inside.rstrip()[:-1].split(","))


def _unquoted(text: str) -> str:
    return " ".join(text.strip().strip('"').split())
