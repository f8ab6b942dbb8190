"""What the readers of file formats give: definitions as PySD understood them, with what PySD loses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sdrun.errors import Problem


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
    is_data: bool = False
    """Written with `:=`, or without an equation."""
    keyword: str = "interpolate"
    """How data go on between their points: a row of `data.external.MODES`."""
    right: str = ""
    """The right side as written."""
    units: str = ""
    limits: tuple[float | None, float | None] = (None, None)
    documentation: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeDefinition:
    """One subscript range."""

    label: str
    members: tuple[str, ...] = ()
    """Elements and ranges, as written."""
    alias_of: str | None = None
    external: Mapping[str, str] | None = None
    """Arguments of GET XLS SUBSCRIPT or GET DIRECT SUBSCRIPT, where that gives the elements."""
    maps_to: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Ranges mapped to, each with its elements where the file lists them."""
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """All of a file, in its order."""

    definitions: tuple[Definition, ...]
    ranges: tuple[RangeDefinition, ...] = ()
    file_tags: Mapping[str, str] = field(default_factory=dict)
    """Names of data files, by the `?tag` in lower case that stands for them in equations."""
    problems: tuple[Problem, ...] = field(default=())
    """What could not be read."""
