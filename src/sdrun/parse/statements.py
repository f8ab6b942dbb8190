"""What the readers of file formats give: definitions as they stand in the file, one by one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sdrun.errors import Problem
from sdrun.model import Calendar, Expr, name_id

Tree = Any
"""A right side: an `Expr`, or PySD's syntax tree of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One equation."""

    label: str
    """As written, quotes included."""
    own_id: str = ""
    """The id, where it does not follow from the label; that of a variable which no modeller wrote begins with `_`."""
    subscripts: tuple[str, ...] = ()
    excepts: tuple[tuple[str, ...], ...] = ()
    dims: tuple[str, ...] = ()
    """Ranges that the variable extends over, where the file states them."""
    ast: Tree
    """The right side."""
    text: str = ""
    """The right side as written, where the expression says more or less than that."""
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
    group: str = ""

    @property
    def id(self) -> str:
        """Of the variable."""
        return self.own_id or name_id(self.label)


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
class MacroDefinition:
    """One macro."""

    label: str
    parameters: tuple[tuple[str, Expr | None], ...]
    """Names as written, with their defaults."""
    definitions: tuple[Definition, ...] = ()
    """Its own variables."""
    value: Tree | None = None
    """What a call is worth; None is the variable that has the name of the macro."""
    outputs: tuple[str, ...] = ()
    """Names, as written, of variables that a call may give names to in the model."""
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """All of a file, in its order."""

    definitions: tuple[Definition, ...]
    ranges: tuple[RangeDefinition, ...] = ()
    macros: tuple[MacroDefinition, ...] = ()
    method: str | None = None
    """The integration method, in the words of `Model.method`."""
    file_tags: Mapping[str, str] = field(default_factory=dict)
    """Names of data files, by the `?tag` in lower case that stands for them in equations."""
    problems: tuple[Problem, ...] = field(default=())
    """What could not be read."""
    synonyms: tuple[tuple[str, ...], ...] = ()
    """Units that mean the same, as written."""
    calendar: Calendar | None = None
    """Where the file states one."""
