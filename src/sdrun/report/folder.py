"""The output folder: whether it can be written, whose turn it is, what lies in it, and how new files get there all at once."""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from enum import StrEnum
from errno import EDQUOT, ENOSPC
from hashlib import file_digest
from pathlib import Path, PurePosixPath
from typing import Any

from sdrun.errors import OutputError, Problem
from sdrun.report.resolved import sha256

MANIFEST, HISTORY, PARTS = "manifest.json", ".history", ".parts"
RESULTS, SENSITIVITY, FOUND = "results.nc", "sensitivity.nc", "discovery.nc"

STORE = "results.zarr"
"""The results in the other format: a folder, which moves and counts as one file."""

KEPT = 3
"""Differing runs in `.history`."""

_ANOTHER = "give a new or an empty folder with -o"

_OURS = (MANIFEST, "resolved.toml", HISTORY, PARTS)
"""A folder with one of these is one of ours."""


class Previous(StrEnum):
    """What an earlier run left in the folder."""

    ABSENT = "absent"
    """Nothing, or nothing whole."""
    DIFFERENT = "different"
    """A run of other inputs: it goes to `.history`."""
    UP_TO_DATE = "up to date"
    """This very run, complete and untouched."""


def check_writable(out: Path) -> None:
    """Raise an `OutputError` if results cannot go to `out`; nothing is written."""
    out = _absolute(out)
    if str(out).encode(errors="replace").decode() != str(out):
        raise _unwritable(out, "its name is no UTF-8")
    existing = next(path for path in (out, *out.parents) if os.path.lexists(path))
    if not existing.is_dir():
        raise _unwritable(out, f"'{existing}' is not a folder")
    for folder in {existing, out.parent if existing == out else existing}:
        if not os.access(folder, os.W_OK | os.X_OK):
            raise _unwritable(out, f"no permission in '{folder}'")
    if existing == out and any(out.iterdir()) and not any((out / name).exists() for name in _OURS):
        raise _unwritable(out, "it holds files that are no results of sdrun")


def _absolute(out: Path) -> Path:
    """Without dots, so that the folder has a name and a parent."""
    return Path(os.path.abspath(out))


def _unwritable(out: Path, why: str | OSError) -> OutputError:
    if isinstance(why, OSError):
        full = why.errno in (ENOSPC, EDQUOT)
        help_ = "make room and run again: samples of a sweep that are done are kept" if full else _ANOTHER
        return OutputError(Problem(what=f"cannot write results to '{out}': {why.strerror or why}", help=help_))
    return OutputError(Problem(what=f"cannot write results to '{out}': {why}", help=_ANOTHER))


@contextmanager
def locked(out: Path, timeout: float = 1.0) -> Iterator[None]:
    """Nobody else writes to `out` meanwhile; raises an `OutputError` if somebody does for longer than `timeout` seconds."""
    from filelock import FileLock, Timeout

    out = _absolute(out)
    lock = FileLock(out.parent / f".{out.name}.lock")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=timeout)
    except Timeout as error:
        what = f"another run is writing to '{out}'"
        raise OutputError(Problem(what=what, help="wait for it, or give another folder with -o")) from error
    except OSError as error:
        raise _unwritable(out, error) from error
    try:
        yield
    finally:
        lock.release()


def previous(out: Path, run_id: str) -> Previous:
    """What lies in `out`, compared with the run `run_id`; files are compared by their hashes.

    A run that left neither results.nc nor results.zarr (`[output] formats` decides) is never up to date: there is nothing to
    give back.
    """
    manifest = _manifest(out)
    if manifest is None:
        return Previous.ABSENT
    if manifest.get("run_id") != run_id:
        return Previous.DIFFERENT
    outputs = _outputs(manifest)
    whole = manifest.get("status") == "complete" and bool({RESULTS, STORE} & outputs.keys())
    return (
        Previous.UP_TO_DATE
        if whole and all(_is_whole(out / name, entry) for name, entry in outputs.items())
        else Previous.ABSENT
    )


def written(out: Path) -> tuple[Path, ...]:
    """The files of the run that lies in `out`: results first, the manifest last."""
    manifest = _manifest(out) or {}
    tables = (SENSITIVITY, FOUND, "discovery.txt", "summary.csv", "metrics.csv")
    first = (RESULTS, STORE, *tables, "scenario.toml", "resolved.toml")
    names = sorted(_outputs(manifest), key=lambda name: (first.index(name) if name in first else len(first), name))
    return tuple(out / name for name in (*names, MANIFEST) if (out / name).exists())


def contents(folder: Path) -> tuple[Path, ...]:
    """Every file inside, seen from the folder, a store as one."""
    stores = [path for path in folder.rglob("*.zarr") if path.is_dir()]
    files = [path for path in folder.rglob("*") if path.is_file() and not any(store in path.parents for store in stores)]
    return tuple(sorted(path.relative_to(folder) for path in (*files, *stores)))


def fingerprint(path: Path) -> Mapping[str, Any]:
    """Hash and size of a file, read piece by piece; of a store the hash of a list of its files' hashes."""
    if not path.is_dir():
        with path.open("rb") as file:
            return {"sha256": file_digest(file, "sha256").hexdigest(), "bytes": path.stat().st_size}
    inside = {file.relative_to(path).as_posix(): fingerprint(file) for file in path.rglob("*") if file.is_file()}
    listed = "".join(f"{entry['sha256']}  {name}\n" for name, entry in sorted(inside.items()))
    return {"sha256": sha256(listed.encode()), "bytes": sum(entry["bytes"] for entry in inside.values()), "files": len(inside)}


def _is_whole(path: Path, entry: Any) -> bool:
    try:
        return str(fingerprint(path)["sha256"]) == str(entry["sha256"])
    except (OSError, TypeError, KeyError):
        return False


@contextmanager
def staged(out: Path, run_id: str) -> Iterator[Path]:
    """A folder beside `out` to write into; at the end its files move to `out`, or, after any exception, vanish.

    What lay there moves to `.history`, if it is another run.  Raises `OutputError` where the disk refuses.
    """
    out = _absolute(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        for stale in out.parent.iterdir():
            if stale.name.startswith(f".{out.name}.") and stale.name.endswith(".part"):
                shutil.rmtree(stale)
        staging = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".part", dir=out.parent))
    except OSError as error:
        raise _unwritable(out, error) from error
    try:
        yield staging
        _replace(out, staging, run_id)
    except OSError as error:
        raise _unwritable(out, error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _replace(out: Path, staging: Path, run_id: str) -> None:
    """Old files out, new files in, the manifest last; as it was after any exception."""
    files = list(contents(staging))
    files.sort(key=lambda file: (file.name == MANIFEST, file.name not in _OURS, file))
    old, shelf = _retired(out, staging, run_id)
    existed = out.exists()
    stray = [file for file in files if (out / file).is_dir() and file not in old]
    moves = [*((out / file, shelf / file) for file in old), *((out / file, staging / "stray" / file) for file in stray)]
    moves += ((staging / file, out / file) for file in files)
    done: list[tuple[Path, Path]] = []
    try:
        for source, target in moves:
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(source, target)
            done.append((source, target))
    except BaseException:
        for source, target in reversed(done):
            os.replace(target, source)
        _drop_empty([target for _, target in moves], out if existed else out.parent)
        raise
    _drop_empty([out / file for file in old], out)
    if old:
        os.utime(shelf, ns=(time.time_ns(), time.time_ns()))
    _prune(out / HISTORY)


def _retired(out: Path, staging: Path, run_id: str) -> tuple[list[Path], Path]:
    """The old run's files, and where they go: to `.history`, or, if it is the same run once more, away with the staging."""
    manifest = _manifest(out)
    if manifest is None:
        return [], out
    files = [Path(name) for name in (*_outputs(manifest), MANIFEST) if (out / name).exists()]
    old = str(manifest.get("run_id"))
    if old == run_id:
        return files, staging / "replaced"
    shelf = out / HISTORY / (old if old.isalnum() else "unknown")
    if shelf.exists():
        shutil.rmtree(shelf)
    return files, shelf


def _prune(history: Path) -> None:
    """Keep the last `KEPT` runs."""
    runs = sorted(history.iterdir(), key=lambda path: path.stat().st_mtime_ns) if history.is_dir() else []
    for path in runs[:-KEPT]:
        shutil.rmtree(path)


def _drop_empty(files: Sequence[Path], stop: Path) -> None:
    """Remove the folders, below `stop`, that lost their last file."""
    folders = {folder for file in files for folder in file.parents if stop in folder.parents}
    for folder in sorted(folders, key=lambda path: -len(path.parts)):
        with suppress(OSError):
            folder.rmdir()


def _manifest(out: Path) -> Mapping[str, Any] | None:
    try:
        manifest = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) else None


def _outputs(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """Files that a manifest lists, as far as they lie inside the folder."""
    outputs = manifest.get("outputs")
    listed = outputs.items() if isinstance(outputs, dict) else ()
    return {
        name: entry for name, entry in listed if not PurePosixPath(name).is_absolute() and ".." not in PurePosixPath(name).parts
    }
