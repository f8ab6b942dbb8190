"""The model file cut into sectors: what stands in each, what feeds what, and the equations as written."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sdrun.compile import compile_model
from sdrun.model import Binary, Call, Expr, Model, Name, Unary, name_id, names
from sdrun.parse import read_model
from sdrun.parse.entries import entries_of
from sdrun.system import Kind, Slot

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


@dataclass(frozen=True, kw_only=True)
class Structure:
    """What the drawings show of a model."""

    model: Model
    slots: Mapping[str, Slot]
    sectors: tuple[Sector, ...]
    pipes: Mapping[str, Mapping[str, int]]
    """Of each stock the flows that are added to it (1) or taken from it (-1) as they are."""
    initial: Mapping[str, frozenset[str]]
    """Of each stock what matters at the start only."""
    written: Mapping[str, str]
    """Equations as in the file."""

    @cached_property
    def home(self) -> Mapping[str, Sector]:
        """Of each variable its sector; Vensim's own have none."""
        return {id: sector for sector in self.sectors for id in sector.variables}

    @cached_property
    def users(self) -> Mapping[str, tuple[str, ...]]:
        """Who names a variable, in the file's order."""
        return {id: tuple(user for user, slot in self.slots.items() if id in slot.inputs and user != id) for id in self.slots}

    def piped(self, stock: str) -> dict[str, int]:
        """Flows that may be drawn as pipes, 1 into the stock and -1 out of it."""
        return {id: sign for id, sign in self.pipes.get(stock, {}).items() if self.slots[id].kind is Kind.FLOW}

    def links(self, shown: Collection[str]) -> Iterator[tuple[str, str]]:
        """Arrows among the variables shown: every input but flows that come by pipe."""
        for id in self.slots:
            if id in shown:
                piped = self.piped(id)
                yield from ((i, id) for i in self.slots[id].inputs if i in shown and i != id and i not in piped)


def equations_of(text: str) -> str:
    """A model file without its drawing and settings."""
    return text.split(SKETCH.rstrip(), 1)[0].rstrip() + "\n"


def read_structure(path: Path) -> Structure:
    model = read_model(path)
    slots = {slot.id: slot for slot in compile_model(model).recorded}
    text = equations_of(path.read_text(encoding="utf-8"))
    stocks = {id: rates for id in model.variables if (rates := _rates(model, id))}
    return Structure(
        model=model,
        slots={id: slots[id] for id in model.variables},
        sectors=_sectors(model, text),
        pipes={id: {flow: sign for rate, _ in rates for flow, sign in _terms(rate, 1).items()} for id, rates in stocks.items()},
        initial={
            id: frozenset(name for _, start in rates for name in names(start))
            - {name for rate, _ in rates for name in names(rate)}
            for id, rates in stocks.items()
        },
        written=_written(path, text),
    )


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


def _rates(model: Model, id: str) -> list[tuple[Expr, Expr]]:
    """Rate and start of each equation of a stock; nothing for other variables."""
    calls = [equation.expression for equation in model.variables[id].equations]
    return [(call.args[0], call.args[1]) for call in calls if isinstance(call, Call) and call.function == "integ"]


def _terms(expr: Expr, sign: int) -> dict[str, int]:
    match expr:
        case Name(id, _):
            return {id: sign}
        case Unary("-", operand):
            return _terms(operand, -sign)
        case Binary("+" | "-" as op, left, right):
            return _terms(left, sign) | _terms(right, sign if op == "+" else -sign)
    return {}


def _written(path: Path, text: str) -> dict[str, str]:
    lines, found = text.split("\n"), dict[str, list[str]]()
    for entry in entries_of(path, text):
        stop = next(i for i in range(entry.line - 1, len(lines)) if lines[i].lstrip().startswith("~"))
        found.setdefault(name_id(entry.label), []).append("\n".join(lines[entry.line - 1 : stop]).expandtabs(4))
    return {id: "\n".join(equations) for id, equations in found.items()}
