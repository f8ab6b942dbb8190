"""Which files a model may read: those in its own folder or below, and those that a scenario gives it."""

import hashlib
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sdrun.errors import ModelError, Problem, nearest
from sdrun.parse.data.sheets import Book, Sheet

MEGABYTE = 1_000_000
LARGEST = 64 * MEGABYTE
"""Bytes of a data file."""
MOST = 256 * MEGABYTE
"""Bytes of all data files of a model."""

ELSEWHERE = re.compile(r"[\\/]|[A-Za-z]:|[A-Za-z][\w+.-]+:[\\/]{2}")
"""How a name begins that is no name in a folder: of a root, a drive, a host."""


@dataclass(slots=True)
class DataFiles:
    """What a model may read, and what it has read; lives as long as one model is read."""

    folder: Path
    """That of the model."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """`?tag` -> file name: what the settings of a Vensim model say, by the tag in lower case."""
    given: tuple[Path, ...] = ()
    """By the scenario: values of data variables that have no equation."""
    contents: dict[Path, bytes] = field(default_factory=dict)
    used: dict[Path, str] = field(default_factory=dict)
    """SHA-256 of what was read; grows."""
    remarks: list[str] = field(default_factory=list)
    """What was taken for missing; grows."""
    books: dict[Path, Book] = field(default_factory=dict)
    sheets: dict[tuple[Path, str], Sheet] = field(default_factory=dict)
    """By file, and by the second argument of a GET function."""


def content(files: DataFiles, path: Path) -> bytes:
    """What is in a file that `found` gave, or the scenario; a `ModelError` where it cannot be read."""
    if path not in files.contents:
        files.contents[path] = _bytes(path, MOST - sum(map(len, files.contents.values())))
    files.used.setdefault(path, hashlib.sha256(files.contents[path]).hexdigest())
    return files.contents[path]


def found(files: DataFiles, name: str) -> Path:
    """The path of the file that the model calls `name`; a `ModelError` where there is none that it may read.

    Names are those of Windows, where Vensim runs: `\\` leads into a folder, and case does not matter.
    """
    stated = _untagged(files, name.strip())
    parts = [part for part in re.split(r"[\\/]", stated) if part not in ("", ".")]
    if ELSEWHERE.match(stated) or ".." in parts or "\0" in stated:
        what = f"the model asks for '{stated}': a model may read only files in its own folder and below"
        raise ModelError(Problem(what=what, help="put the file beside the model, and name it without a folder"))
    if not parts:
        raise ModelError("the name of a data file is empty")
    path = files.folder
    for part in parts:
        path = _entry(files.folder, path, part, stated)
    return path


def _untagged(files: DataFiles, name: str) -> str:
    """What a tag stands for; Vensim keeps that behind the sketch."""
    if not name.startswith("?"):
        return name
    if name.lower() not in files.tags:
        help = nearest(name, files.tags) or "in Vensim: Model > Settings > XLS Files; or name the file in the equation"
        raise ModelError(Problem(what=f"the model's settings do not say which file '{name}' is", help=help))
    return files.tags[name.lower()].strip()


def _entry(root: Path, folder: Path, name: str, stated: str) -> Path:
    """The entry of `folder` that is called so, whatever its case; links are followed no further than below `root`."""
    path = folder / name
    try:
        if not path.exists():
            listed = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
            alike = [other for other in listed if other.casefold() == name.casefold()]
            if not alike:
                raise ModelError(Problem(what=f"there is no data file '{stated}' beside the model", help=nearest(name, listed)))
            path = folder / alike[0]
        inside = path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError) as error:  # the latter is what older Pythons say of links that lead in a circle
        why = getattr(error, "strerror", None) or "its links lead in a circle"
        raise ModelError(f"cannot open the data file '{stated}': {why}") from None
    if not inside:
        what = f"'{stated}' is a link that leads out of the model's folder: a model may read only files there and below"
        raise ModelError(Problem(what=what, help="put the file itself beside the model"))
    return path


def _bytes(path: Path, room: int) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "no regular file"
            raise ModelError(f"the data file '{path.name}' is {kind}")
        most = min(LARGEST, room)
        with path.open("rb") as file:
            read = file.read(most + 1) if status.st_size <= most else b""  # it may grow while we look
    except OSError as error:
        raise ModelError(f"cannot read the data file '{path.name}': {error.strerror}") from None
    size = max(status.st_size, len(read))
    if size > LARGEST:
        raise ModelError(f"the data file '{path.name}' has {size / MEGABYTE:.1f} MB; at most {LARGEST // MEGABYTE} MB are read")
    if size > room:
        raise ModelError(f"the data files of the model have more than {MOST // MEGABYTE} MB together")
    return read
