"""What one file states, as leaves that know where they stand; and merging: tables merge, everything else replaces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sdrun.errors import Place, Problem
from sdrun.model import name_id
from sdrun.read.document import Document, KeyPath, place

SWEEP = ("sweep", "sweep.parameters", "sweep.metrics", "sweep.theories", "sweep.discover", "sweep.conclusions")

TABLES = ("scenario", "model", "subscripts", "time", "solver", "parameters", "initial", "output", "theory", *SWEEP)
"""Tables of leaves; a point leads to a table inside another."""

ROOT_LEAVES = ("events", "title", "extends", "use")
"""Leaves outside any table; kept under the table named ''."""

NAMED = ("subscripts", "parameters", "initial", "sweep.parameters")
"""Tables whose keys are names in the model, so that `Free Riding` is `free_riding`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One value as a file states it."""

    name: str
    """As written."""
    value: Any
    document: Document
    at: KeyPath

    @property
    def folder(self) -> Path:
        """What paths in it are relative to."""
        return self.document.folder

    def place(self, *inside: str | int, of_value: bool = False) -> Place:
        """Where its key stands, or something inside its value."""
        return place(self.document, (*self.at, *inside), of_value=of_value)


Leaves = Mapping[str, Leaf]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """All that one file states, or several merged."""

    tables: Mapping[str, Leaves] = field(default_factory=dict)
    """Leaves by key (`name_id` in the tables of `NAMED`), by table."""
    variants: Mapping[str, "Layer"] = field(default_factory=dict)
    variant_places: Mapping[str, Place] = field(default_factory=dict)

    def leaves(self, table: str) -> Leaves:
        """The leaves of a table, empty where there is none."""
        return self.tables.get(table, {})

    def value(self, table: str, key: str, default: Any = None) -> Any:
        """What `key` of `table` is set to."""
        leaf = self.leaves(table).get(key)
        return default if leaf is None else leaf.value


def layer_of(document: Document) -> Layer:
    """The layer that a document states; what has the wrong type is left out, as `problems` tells of it."""
    variants = document.data.get("variants")
    names = [name for name, inner in variants.items() if isinstance(inner, Mapping)] if isinstance(variants, Mapping) else []
    return Layer(
        tables=_tables(document, document.data, ()),
        variants={name: Layer(tables=_tables(document, document.data["variants"][name], ("variants", name))) for name in names},
        variant_places={name: place(document, ("variants", name)) for name in names},
    )


def _tables(document: Document, data: Mapping[str, Any], at: KeyPath) -> dict[str, Leaves]:
    tables: dict[str, Leaves] = {
        "": {key: Leaf(name=key, value=data[key], document=document, at=(*at, key)) for key in ROOT_LEAVES if key in data}
    }
    for table in TABLES:
        path = table.split(".")
        tables[table] = {
            name_id(key) if table in NAMED else key: Leaf(name=key, value=value, document=document, at=(*at, *path, key))
            for key, value in _inside(data, path).items()
            if f"{table}.{key}" not in TABLES
        }
    return {table: leaves for table, leaves in tables.items() if leaves or table in data or table == ""}


def _inside(data: Mapping[str, Any], path: Sequence[str]) -> Mapping[str, Any]:
    """The table at `path`, empty where there is none."""
    for part in path:
        inner = data.get(part)
        data = inner if isinstance(inner, Mapping) else {}
    return data


def merged(below: Layer, above: Layer) -> Layer:
    """`below` with all that `above` states put over it."""
    names = [*below.variants, *(name for name in above.variants if name not in below.variants)]
    return Layer(
        tables={
            table: {**below.leaves(table), **above.leaves(table)} for table in dict.fromkeys([*below.tables, *above.tables])
        },
        variants={name: merged(below.variants.get(name, Layer()), above.variants.get(name, Layer())) for name in names},
        variant_places={**below.variant_places, **above.variant_places},
    )


def repeated_names(document: Document) -> list[Problem]:
    """Settings that name the same thing twice in one table, in different spellings."""
    variants = document.data.get("variants")
    tables: list[tuple[KeyPath, Any]] = [((), document.data)]
    if isinstance(variants, Mapping):
        tables += [(("variants", name), inner) for name, inner in variants.items() if isinstance(inner, Mapping)]
    return [
        problem
        for at, data in tables
        for table in NAMED
        for problem in _repeated(document, (*at, *table.split(".")), _inside(data, table.split(".")))
    ]


def _repeated(document: Document, at: KeyPath, table: Mapping[str, Any]) -> list[Problem]:
    first: dict[str, str] = {}
    return [
        Problem(what=f"'{key}' is '{first[name_id(key)]}' once more", place=place(document, (*at, key)))
        for key in table
        if first.setdefault(name_id(key), key) != key
    ]
