"""The model file cut into sectors: what stands in each, what feeds what, and the equations as written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sdrun.compile import compile_model
from sdrun.draw.structure import Structure, structure_of
from sdrun.model import Model, name_id
from sdrun.parse import read_model
from sdrun.parse.entries import entries_of

GROUP = re.compile(r"^\*{3,}\n\s*\.(.*)\n\*{3,}~\s*([^|]*)\|", re.MULTILINE)
SKETCH = "\\\\\\---/// "


@dataclass(frozen=True, kw_only=True)
class Sector:
    number: str
    """As in `.1 Economy`; empty where the group has none."""
    name: str
    text: str
    variables: tuple[str, ...]
    """Ids, in the file's order."""

    @property
    def slug(self) -> str:
        """Name of its files."""
        return re.sub(r"\W+", "_", f"{self.number} {self.name}".strip().lower())


def equations_of(text: str) -> str:
    """A model file without its drawing and settings."""
    return text.split(SKETCH.rstrip(), 1)[0].rstrip() + "\n"


def read_structure(path: Path) -> Structure:
    model = read_model(path)
    sectors = _sectors(model, equations_of(path.read_text(encoding="utf-8")))
    return structure_of(model, compile_model(model), sectors)


def home(structure: Structure) -> Mapping[str, Sector]:
    """Of each variable its sector; Vensim's own have none."""
    return {id: sector for sector in structure.sectors for id in sector.variables}


def users(structure: Structure) -> Mapping[str, tuple[str, ...]]:
    """Who names a variable, in the file's order."""
    slots = structure.slots
    return {id: tuple(user for user, slot in slots.items() if id in slot.inputs and user != id) for id in slots}


def _sectors(model: Model, content: str) -> tuple[Sector, ...]:
    """The groups but Vensim's own (.Control), each with the variables that stand below its heading."""
    headings = list(GROUP.finditer(content))
    lines = [content.count("\n", 0, heading.start()) + 1 for heading in headings] + [content.count("\n") + 2]
    sectors = []
    for heading, first, last in zip(headings, lines, lines[1:], strict=False):
        number, name = re.fullmatch(r"(\d*)\s*(.*?)\s*", heading[1]).groups()  # type: ignore[union-attr]
        ids = tuple(id for id, variable in model.variables.items() if first < (variable.line or 0) < last)
        if name != "Control" and ids:
            text = " ".join(heading[2].replace("\\\n", " ").split())
            sectors.append(Sector(number=number, name=name, text=text, variables=ids))
    return tuple(sectors)


@lru_cache(maxsize=1)
def written(path: Path) -> Mapping[str, str]:
    """Equations as in the file."""
    text = equations_of(path.read_text(encoding="utf-8"))
    lines, found = text.split("\n"), dict[str, list[str]]()
    for entry in entries_of(path, text):
        stop = next(i for i in range(entry.line - 1, len(lines)) if lines[i].lstrip().startswith("~"))
        found.setdefault(name_id(entry.label), []).append("\n".join(lines[entry.line - 1 : stop]).expandtabs(4))
    return {id: "\n".join(equations) for id, equations in found.items()}
