"""Workbooks, written on the spot."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

Rows = Sequence[Sequence[Any]]


def write_xlsx(path: Path, sheets: Mapping[str, Rows], names: Mapping[str, str] | None = None) -> None:
    """A workbook; `names` are named ranges, such as `Sheet1!$A$1:$B$2`."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    for name, cells in (names or {}).items():
        workbook.defined_names[name] = DefinedName(name, attr_text=cells)
    workbook.save(path)
