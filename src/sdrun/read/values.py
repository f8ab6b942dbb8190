"""A leaf of [parameters] or [initial] -> `Setting`."""

import os.path
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sdrun.errors import Place
from sdrun.read.layers import Leaf
from sdrun.read.settings import COLUMN, VALUED, setting_form
from sdrun.scenario import DataColumn, Setting


def file_at(leaf: Leaf, name: str) -> Path:
    """A path that a leaf states, seen from the working directory."""
    return Path(os.path.normpath(leaf.folder / name))


def floats(value: Any) -> Any:
    """`value` with every number a float."""
    match value:
        case int() if not isinstance(value, bool):
            return float(value)
        case Mapping():
            return {key: floats(inner) for key, inner in value.items()}
        case _:
            return value


def setting(leaf: Leaf) -> Setting:
    """The setting that a leaf of [parameters] or [initial] states."""
    value, about = leaf.value, {}
    inside: tuple[str, ...] = ()
    match setting_form(value):
        case form if form == VALUED:
            value, about, inside = value["value"], value, ("value",)
        case form if form == COLUMN:
            about = value
            at = floats(value.get("at"))
            value = DataColumn(
                file=file_at(leaf, value["file"]),
                column=value["column"],
                actor=value.get("actor"),
                time=value.get("time"),
                at=at,
            )
    return Setting(
        name=leaf.name,
        value=floats(value),
        unit=about.get("unit"),
        source=about.get("source"),
        range=(float(about["range"][0]), float(about["range"][1])) if about.get("range") else None,
        place=leaf.place(),
        element_places=_element_places(leaf, value, inside),
    )


def _element_places(leaf: Leaf, value: Any, inside: tuple[str, ...]) -> dict[str, Place]:
    """Where each element of a table is first named; `inside` leads to the table."""
    found: dict[str, Place] = {}
    if isinstance(value, Mapping):
        for name, inner in value.items():
            found = {**_element_places(leaf, inner, (*inside, name)), name: leaf.place(*inside, name), **found}
    return found
