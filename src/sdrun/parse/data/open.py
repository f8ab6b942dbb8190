"""A data file opened by its kind."""

from collections.abc import Callable, Mapping
from pathlib import Path

from sdrun.errors import ModelError, Problem
from sdrun.parse.data.excel import excel_book
from sdrun.parse.data.files import DataFiles, content, found
from sdrun.parse.data.sheets import Book, Sheet, text_book

BOOKS: Mapping[str, Callable[[Path, bytes], Book]] = {
    ".xlsx": excel_book,
    ".xlsm": excel_book,
    ".xls": excel_book,
    ".csv": text_book,
    ".txt": text_book,
    ".tab": text_book,
    ".tsv": text_book,
}
"""Opens a file, by its ending."""

OTHERS = {
    ".vdf": "a .vdf is Vensim's own: export it as .tab, .csv or .dat, and give it under [model] data",
    ".vdfx": "a .vdfx is Vensim's own: export it as .tab, .csv or .dat, and give it under [model] data",
    ".xlsb": "save it in Excel as .xlsx",
    ".ods": "save it as .xlsx or .csv",
}


def sheet_of(files: DataFiles, name: str, tab: str) -> Sheet:
    """The sheet that a GET function asks for; each is read once."""
    path = found(files, name)
    if (path, tab) not in files.sheets:
        files.sheets[path, tab] = _book(files, path)(tab)
    return files.sheets[path, tab]


def _book(files: DataFiles, path: Path) -> Book:
    if path not in files.books:
        suffix = path.suffix.lower()
        if suffix not in BOOKS:
            what = f"'{path.name}' is no data file that can be read: they end in {', '.join(BOOKS)}"
            raise ModelError(Problem(what=what, help=OTHERS.get(suffix)))
        files.books[path] = BOOKS[suffix](path, content(files, path))
    return files.books[path]
