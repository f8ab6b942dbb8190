"""What the readers of file formats give: definitions as PySD understood them, with what PySD loses."""

from dataclasses import dataclass, field
from typing import Any

from sdrun.errors import Problem
from sdrun.parse.settings import FileSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One equation."""

    label: str
    """As written, quotes included."""
    subscripts: tuple[str, ...] = ()
    excepts: tuple[tuple[str, ...], ...] = ()
    ast: Any
    """PySD's syntax tree of the right side."""
    is_lookup: bool = False
    units: str = ""
    limits: tuple[float | None, float | None] = (None, None)
    documentation: str = ""
    line: int | None = None
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeDefinition:
    """One subscript range."""

    label: str
    members: tuple[str, ...] = ()
    """Elements and ranges, as written."""
    alias_of: str | None = None
    maps_to: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Ranges mapped to, each with its elements where the file lists them."""
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """All of a file, in its order."""

    definitions: tuple[Definition, ...]
    ranges: tuple[RangeDefinition, ...] = ()
    problems: tuple[Problem, ...] = field(default=())
    """What could not be read."""
    settings: FileSettings = field(default_factory=FileSettings)
