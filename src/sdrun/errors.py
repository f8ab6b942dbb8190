"""What can go wrong, and how it is told.

    SdrunError              1   a bug of ours when nothing below fits
    ├── InputError          3   the user's files are wrong; nothing ran
    │   ├── ScenarioError       a scenario, a theory or a --set
    │   ├── ModelError          a model file, or a model that cannot be compiled
    │   ├── DataError           a data file
    │   └── OutputError         a folder that cannot be written
    └── SolveError          4   the simulation failed

An error carries all problems found at once; each says where, what, and the nearest valid choice.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

SHOWN_AT_MOST = 20

WIDEST = 120
"""Characters of a line of a file that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a text file something stands."""

    path: Path
    line: int | None = None
    """1-based."""
    column: int | None = None
    """1-based."""
    width: int = 1
    """Characters to underline."""
    key: str = ""
    """The table or variable it belongs to, for readers: `parameters`, `variants.waltz.model`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong."""

    what: str
    place: Place | None = None
    help: str | None = None
    """The nearest valid choice, or the way out."""


class SdrunError(Exception):
    """Any failure that sdrun foresees; `problems` holds all that were found at once."""

    exit_code = 1

    def __init__(self, *problems: Problem | str) -> None:
        self.problems: tuple[Problem, ...] = tuple(
            Problem(what=problem) if isinstance(problem, str) else problem for problem in problems
        )
        super().__init__("; ".join(problem.what for problem in self.problems))


class InputError(SdrunError):
    """The scenario, the model or the data is invalid; nothing ran."""

    exit_code = 3


class ScenarioError(InputError):
    """A scenario, a theory file or a `--set` is invalid."""


class ModelError(InputError):
    """A model file cannot be read, or its model cannot be compiled."""


class DataError(InputError):
    """A data file cannot be read, or lacks what the scenario asks of it."""


class OutputError(InputError):
    """The output folder cannot be written."""


class SolveError(SdrunError):
    """The simulation failed."""

    exit_code = 4


class Interrupted(SdrunError):
    """Ctrl-C, after what was in flight has been kept."""

    exit_code = 130


class AllFailed(SolveError):
    """No sample of a sweep could be simulated."""


def nearest(name: str, choices: Iterable[str]) -> str | None:
    """Help text with the choice most like `name`, compared without case, or None.

    >>> nearest("free ridding", ["free riding", "burden"])
    "did you mean 'free riding'?"
    """
    by_fold = {choice.casefold(): choice for choice in choices}
    found = get_close_matches(name.casefold(), by_fold, n=1, cutoff=0.6)
    return f"did you mean '{by_fold[found[0]]}'?" if found else None


def render(problems: Sequence[Problem], kind: str = "error") -> str:
    """The problems as text, each with its line and a caret; at most `SHOWN_AT_MOST` of them."""
    shown = "\n\n".join(_render(problem, kind) for problem in problems[:SHOWN_AT_MOST])
    hidden = len(problems) - SHOWN_AT_MOST
    return f"{shown}\n\n... and {hidden} more" if hidden > 0 else shown


def _render(problem: Problem, kind: str) -> str:
    lines = [f"{kind}: {printable(problem.what)}"]
    margin = "  "
    if problem.place is not None:
        margin, excerpt = _excerpt(problem.place)
        lines += [f"{margin}--> {_position(problem.place)}", *excerpt]
    if problem.help:
        lines.append(f"{margin} = help: {printable(problem.help)}")
    return "\n".join(lines)


def _position(place: Place) -> str:
    position = ":".join(str(part) for part in (place.path, place.line, place.column) if part is not None)
    return f"{position}   ({printable(place.key)})" if place.key else position


def _excerpt(place: Place) -> tuple[str, list[str]]:
    """The margin, and the line of the file with its caret; no line where the file cannot be read."""
    text = _line(place.path, place.line)
    if text is None:
        return "  ", []
    number = str(place.line)
    margin = " " * len(number)
    column, width = (place.column, place.width) if place.column is not None else _found(place.key, text)
    text, before = _shown(text, column)
    excerpt = [f"{margin} |", f"{number} | {text}"]
    if column is not None:
        excerpt.append(f"{margin} | {' ' * (column - 1 - before)}{'^' * max(1, min(width, WIDEST))}")
    return margin, excerpt


def _shown(text: str, column: int | None) -> tuple[str, int]:
    """Of a long line the part around a column, dots where it is cut; and how far it is moved to the left."""
    if len(text) <= WIDEST:
        return text, 0
    start = max(0, min((column or 1) - 1 - WIDEST // 2, len(text) - WIDEST))
    part = text[start : start + WIDEST]
    return f"{'...' if start else ''}{part}{'...' if start + WIDEST < len(text) else ''}", start - (3 if start else 0)


def _found(key: str, text: str) -> tuple[int | None, int]:
    """Where in a line of a model the variable that it defines stands."""
    found = re.search(rf"(?<!\w){re.escape(printable(key))}(?!\w)", text, re.IGNORECASE) if key else None
    return (found.start() + 1, len(found[0])) if found else (None, 1)


def _line(path: Path, line: int | None) -> str | None:
    if line is None:
        return None
    try:
        return printable(path.read_text(encoding="utf-8", errors="replace").splitlines()[line - 1])
    except (OSError, IndexError):
        return None


def printable(text: str) -> str:
    """`text` without control characters, so that a model cannot write to the terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


def locate(problem: Problem, place: Place) -> Problem:
    """`problem` at `place`, unless it already knows better."""
    return problem if problem.place is not None else replace(problem, place=place)
