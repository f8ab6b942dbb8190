"""Excel files: .xlsx by openpyxl, .xls by xlrd; formulas are not calculated, their last results are read."""

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sdrun.errors import ModelError, Problem, nearest
from sdrun.parse.data.cells import Area, Cell, area_at
from sdrun.parse.data.files import MEGABYTE
from sdrun.parse.data.sheets import Book, Sheet, Value, bounded
from sdrun.parse.hardened import shortened

UNPACKED = 256 * MEGABYTE
"""Bytes of all that is packed in an .xlsx."""
LARGEST_PART = 16 * MEGABYTE
"""Bytes of a part that is read as a tree: all but sheets and texts."""
MOST_PARTS = 10_000
LAST_ROW = 1_048_576
"""Excel's own."""
LONGEST_NAME = 500
"""Characters of what a named range stands for."""

STREAMED = ("xl/worksheets/", "xl/sharedStrings")
_DECLARED = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_OPENPYXL, _OLE = b"PK", b"\xd0\xcf\x11\xe0"


def excel_book(path: Path, content: bytes) -> Book:
    """An Excel file of either kind, whichever of the two endings it has."""
    if content.startswith(_OPENPYXL):
        _check_archive(path, content)
        return _attempt(path, lambda: _xlsx(path, content))
    if content.startswith(_OLE):
        return _attempt(path, lambda: _xls(path, content))
    raise ModelError(Problem(what=f"'{path.name}' is no Excel file, for all its ending", help="save it again in Excel"))


def _attempt(path: Path, read: Callable[[], Any]) -> Any:
    """What `read` gives; a `ModelError` where the file is not what the libraries can read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read()
    except ModelError:
        raise
    except Exception as error:
        why = shortened(str(error), 100) or type(error).__name__
        help = "save it again in Excel, without a password"
        raise ModelError(Problem(what=f"'{path.name}' cannot be read as an Excel file: {why}", help=help)) from None


# ── .xlsx ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _check_archive(path: Path, content: bytes) -> None:
    """Nothing in it unpacks to more than we can hold, or declares entities, which could grow without bound."""
    archive = _attempt(path, lambda: zipfile.ZipFile(io.BytesIO(content)))
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if unpacked > UNPACKED or len(parts) > MOST_PARTS:
        size = f"unpacks to {unpacked / MEGABYTE:.0f} MB; at most {UNPACKED // MEGABYTE} MB are read"
        raise ModelError(f"'{path.name}' {size if unpacked > UNPACKED else f'holds {len(parts)} parts'}")
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels")):
            if part.file_size > LARGEST_PART and not part.filename.startswith(STREAMED):
                raise ModelError(f"'{path.name}' holds a part of {part.file_size / MEGABYTE:.0f} MB: {part.filename}")
            _attempt(path, lambda part=part: _check_part(path, archive, part))  # type: ignore[misc]


def _check_part(path: Path, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with archive.open(part) as file:
        tail = b""
        while block := file.read(MEGABYTE):
            if b"\0" in block:
                raise ModelError(f"'{path.name}' cannot be read as an Excel file: {part.filename} is not in UTF-8")
            if _DECLARED.search(tail + block):
                raise ModelError(f"'{path.name}' declares a DOCTYPE or entities, which Excel files do not need")
            tail = block[-16:]


def _xlsx(path: Path, content: bytes) -> Book:
    from openpyxl import load_workbook

    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    sheets = {sheet.title: sheet for sheet in workbook.worksheets}

    def sheet(tab: str) -> Sheet:
        title = _title(path, tab, sheets)
        stated = {**workbook.defined_names, **sheets[title].defined_names}
        names = {name: list(_destinations(defined)) for name, defined in stated.items()}
        return _attempt(path, lambda: _sheet(path, title, _xlsx_rows(sheets[title]), names))

    return sheet


def _xlsx_rows(sheet: Any) -> Iterator[Sequence[Any]]:
    """Row after row; the size that a sheet claims is not believed."""
    sheet.reset_dimensions()
    yield from sheet.iter_rows(max_row=LAST_ROW, values_only=True)


def _destinations(defined: Any) -> Iterator[tuple[str, Area | None]]:
    """Sheet and cells of each part of a named range."""
    if len(defined.value or "") <= LONGEST_NAME:
        for title, cells in defined.destinations:
            yield title, area_at(cells)


def _plain(value: Any) -> Value:
    """A number as one, anything else that is no text (dates, truths) as text."""
    if value is None or isinstance(value, str):
        return value or None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


# ── .xls ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _xls(path: Path, content: bytes) -> Book:
    import xlrd

    workbook = xlrd.open_workbook(file_contents=content, on_demand=True, ragged_rows=True, logfile=io.StringIO())
    titles = workbook.sheet_names()

    def sheet(tab: str) -> Sheet:
        title = _title(path, tab, titles)
        number = titles.index(title)
        stated = [name for name in workbook.name_obj_list if name.scope in (-1, number)]
        names = {name.name: list(_xls_area(name)) for name in sorted(stated, key=lambda name: name.scope == number)}
        return _attempt(path, lambda: _sheet(path, title, _xls_rows(workbook.sheet_by_name(title)), names))

    return sheet


def _xls_rows(sheet: Any) -> Iterator[Sequence[Any]]:
    for row in range(sheet.nrows):
        yield [_xls_value(cell.ctype, cell.value) for cell in sheet.row(row)]


def _xls_value(kind: int, value: Any) -> Value:
    import xlrd

    match kind:
        case xlrd.XL_CELL_EMPTY | xlrd.XL_CELL_BLANK:
            return None
        case xlrd.XL_CELL_ERROR:
            return str(xlrd.error_text_from_code.get(value, "an error"))
        case xlrd.XL_CELL_BOOLEAN:
            return str(bool(value))
        case xlrd.XL_CELL_DATE:
            return f"the date {value:g}"
    return _plain(value)


def _xls_area(name: Any) -> Iterator[tuple[str, Area | None]]:
    from xlrd import XLRDError

    try:
        sheet, top, bottom, left, right = name.area2d(clipped=False)
    except XLRDError:
        yield "", None
    else:
        yield sheet.name, Area(Cell(top, left), bottom - top, right - left)


# ── both ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _title(path: Path, tab: str, titles: Any) -> str:
    """The sheet called so, whatever its case."""
    by_fold = {title.casefold(): title for title in titles}
    if tab.strip().casefold() not in by_fold:
        listed = f"sheets: {', '.join(list(titles)[:8])}"
        raise ModelError(Problem(what=f"'{path.name}' has no sheet '{tab}'", help=nearest(tab, titles) or listed))
    return by_fold[tab.strip().casefold()]


def _sheet(path: Path, title: str, rows: Iterable[Sequence[Any]], names: Mapping[str, list[tuple[str, Area | None]]]) -> Sheet:
    called = f"'{path.name}', sheet '{title}'"
    here: dict[str, Area] = {}
    others: dict[str, str] = {}
    for name, parts in names.items():
        sheet, area = parts[0] if len(parts) == 1 else ("", None)
        if area is None:
            others[name.lower()] = "is no single block of cells"
        elif sheet.casefold() == title.casefold():
            here[name.lower()] = area
        else:
            others[name.lower()] = f"lies in the sheet '{sheet}'"
    plain = [[_plain(value) for value in row] for row in bounded(called, rows)]
    return Sheet(title=called, rows=plain, names=here, others=others)
