"""What a drawing shows of a model: its variables by sector, what acts on what, which flows are pipes."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sdrun.model import Binary, Call, Expr, Model, Name, Table, Unary, Variable, names
from sdrun.system import Kind, Slot, System

STOCKS = ("integ", "integ_non_negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sector:
    """Variables that are drawn together."""

    name: str
    variables: tuple[str, ...]
    """Ids, in the file's order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """What the drawings show of a model."""

    model: Model
    slots: Mapping[str, Slot]
    """Every variable; a table stands as a constant."""
    sectors: tuple[Sector, ...]
    pipes: Mapping[str, Mapping[str, int]]
    """Of each stock the flows that are added to it (1) or taken from it (-1) as they are."""
    initial: Mapping[str, frozenset[str]]
    """Of each stock what matters at the start only."""

    def piped(self, stock: str) -> dict[str, int]:
        """Flows that may be drawn as pipes, 1 into the stock and -1 out of it."""
        return {id: sign for id, sign in self.pipes.get(stock, {}).items() if self.slots[id].kind is Kind.FLOW}

    def links(self, shown: Collection[str]) -> Iterator[tuple[str, str]]:
        """Arrows among the variables shown: every input but flows that come by pipe."""
        for id in self.slots:
            if id in shown:
                piped = self.piped(id)
                yield from ((i, id) for i in self.slots[id].inputs if i in shown and i != id and i not in piped)


def structure_of(model: Model, system: System, sectors: tuple[Sector, ...]) -> Structure:
    """The structure of a model as its file states it."""
    recorded = {slot.id: slot for slot in system.recorded}
    stocks = {id: rates for id, variable in model.variables.items() if (rates := _rates(variable))}
    return Structure(
        model=model,
        slots={id: recorded.get(id) or _as_constant(variable) for id, variable in model.variables.items()},
        sectors=sectors,
        pipes={id: {flow: sign for rate, _ in rates for flow, sign in _terms(rate, 1).items()} for id, rates in stocks.items()},
        initial={
            id: frozenset(name for _, start in rates for name in names(start))
            - {name for rate, _ in rates for name in names(rate)}
            for id, rates in stocks.items()
        },
    )


def _as_constant(variable: Variable) -> Slot:
    """A table, which no result records."""
    assert all(isinstance(equation.expression, Table) for equation in variable.equations), variable.id
    return Slot(id=variable.id, name=variable.id, label=variable.label, kind=Kind.CONSTANT)


def _rates(variable: Variable) -> list[tuple[Expr, Expr]]:
    """Rate and start of each equation of a stock; nothing for other variables."""
    calls = [equation.expression for equation in variable.equations]
    return [(call.args[0], call.args[1]) for call in calls if isinstance(call, Call) and call.function in STOCKS]


def _terms(expr: Expr, sign: int) -> dict[str, int]:
    match expr:
        case Name(id, _):
            return {id: sign}
        case Unary("-", operand):
            return _terms(operand, -sign)
        case Binary("+" | "-" as op, left, right):
            return _terms(left, sign) | _terms(right, sign if op == "+" else -sign)
    return {}
