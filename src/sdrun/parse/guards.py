"""Checks on a file before anything interprets it."""

import stat
from pathlib import Path

from sdrun.errors import ModelError, Place, Problem, nearest

MEGABYTE = 1_000_000
LARGEST = 10 * MEGABYTE
"""Bytes; the largest published models are about 3 MB."""

OTHER_FORMATS = {
    ".toml": "a scenario is run, or checked: sdrun run, sdrun check",
    ".vpm": "save it in Vensim as a text model (.mdl)",
    ".vpmx": "save it in Vensim as a text model (.mdl)",
    ".vmf": "save it in Vensim as a text model (.mdl)",
    ".vmfx": "save it in Vensim as a text model (.mdl)",
    ".itmx": "save it in Stella as XMILE (.stmx or .xmile)",
    ".isdb": "save it in Stella as XMILE (.stmx or .xmile)",
}


def checked_bytes(path: Path, suffixes: tuple[str, ...]) -> bytes:
    """The content of a model file that exists, has a known suffix, and is neither empty nor too large."""
    try:
        status = path.stat()
    except OSError as error:
        raise _refused(path, f"cannot open the model '{path.name}': {error.strerror}", _neighbour(path, suffixes)) from None
    except ValueError:  # a NUL in the name
        raise _refused(path, "the name of the model file is invalid", None) from None
    if stat.S_ISDIR(status.st_mode):
        raise _refused(path, f"'{path.name}' is a folder, not a model file", _inside(path, suffixes))
    if not stat.S_ISREG(status.st_mode):
        raise _refused(path, f"'{path.name}' is not a regular file", None)
    if path.suffix.lower() not in suffixes:
        what = f"'{path.name}' is no model file: models end in {_listed(suffixes)}"
        raise _refused(path, what, _other_suffix(path, suffixes))
    return _content(path, status.st_size)


def _content(path: Path, size: int) -> bytes:
    if size > LARGEST:
        raise _refused(path, _too_large(size), None)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)  # it may grow while we look
    except OSError as error:
        raise _refused(path, f"cannot read the model '{path.name}': {error.strerror}", None) from None
    if len(content) > LARGEST:
        raise _refused(path, _too_large(len(content)), None)
    if not content.strip():
        raise _refused(path, f"the model '{path.name}' is empty", None)
    return content


def _refused(path: Path, what: str, help: str | None) -> ModelError:
    return ModelError(Problem(what=what, place=Place(path=path), help=help))


def _too_large(size: int) -> str:
    return f"the model has {size / MEGABYTE:.1f} MB; at most {LARGEST / MEGABYTE:.0f} MB are read"


def _listed(suffixes: tuple[str, ...]) -> str:
    return f"{', '.join(suffixes[:-1])} or {suffixes[-1]}"


def _other_suffix(path: Path, suffixes: tuple[str, ...]) -> str:
    suffix = path.suffix.lower()
    if suffix == ".xml":
        return "name an XMILE model '.xmile'"
    return OTHER_FORMATS.get(suffix) or nearest(suffix, suffixes) or f"use one of {', '.join(suffixes)}"


def _models_in(folder: Path, suffixes: tuple[str, ...]) -> list[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir() if entry.suffix.lower() in suffixes)
    except OSError:
        return []


def _neighbour(path: Path, suffixes: tuple[str, ...]) -> str | None:
    return nearest(path.name, _models_in(path.parent, suffixes))


def _inside(path: Path, suffixes: tuple[str, ...]) -> str | None:
    found = _models_in(path, suffixes)
    return f"did you mean '{path.name}/{found[0]}'?" if found else None
