"""The models and scenarios that come with sdrun."""

import os
import shutil
from pathlib import Path

from sdrun.errors import OutputError, Problem

FOLDERS = ("models", "scenarios")


def shipped_folder() -> Path:
    """Where they lie: inside the installed package, or in the repository that it runs from."""
    inside = Path(__file__).parent / "shipped"
    return inside if inside.is_dir() else Path(__file__).parents[2]


def copy_shipped(folder: Path) -> list[Path]:
    """Copy them into `folder`, which must be new or empty, all or nothing; the paths copied.

    Raises OutputError where it is neither, or cannot be written.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            why = "is not empty" if folder.is_dir() else "is a file"
            raise OutputError(Problem(what=f"'{folder}' {why}", help="name a new folder"))
        folder.mkdir(parents=True, exist_ok=True)
        _copy(folder)
    except OSError as error:
        raise OutputError(Problem(what=f"cannot write '{folder}': {error.strerror or error}")) from error
    return sorted(path for name in FOLDERS for path in (folder / name).rglob("*") if path.is_file())


def _copy(folder: Path) -> None:
    part = folder / ".part"
    try:
        for name in FOLDERS:
            shutil.copytree(shipped_folder() / name, part / name)
        for name in FOLDERS:
            os.replace(part / name, folder / name)
    finally:
        shutil.rmtree(part, ignore_errors=True)
