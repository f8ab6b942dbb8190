"""Non-negative stocks hold back what flows out of them.

The standard leaves to each program what a non-negative stock is (sections 3.6.2 and 4.8.4); its example, and isee's manual,
hold back the outflows, so that nothing is lost or made between two stocks.  Here, in one DT there flows out at most what is
there and what flows in: the first outflow listed comes before the second, one that depends on another comes after it, and
biflows among the inflows that run backwards come last.  An inflow that depends on the outflow itself does not count.

Where an initial value needs the flow, it starts from what the flow would be: the stock that holds it back has no value yet.

A flow that drains two stocks, which XMILE does not know, or that has not the dimensions of its stock, is not held back; the
stock is held at zero.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from sdrun.model import Binary, Call, Expr, Unary
from sdrun.parse.statements import Definition
from sdrun.parse.xmile.arrays import Bound
from sdrun.parse.xmile.declarations import Book, Declared
from sdrun.parse.xmile.dependence import Dependence
from sdrun.parse.xmile.equations import Written
from sdrun.parse.xmile.functions import DT, ZERO
from sdrun.parse.xmile.stocks import arriving, at_hand, flows_of, is_non_negative


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stock:
    """A non-negative stock, and the flows that it holds back."""

    variable: Declared
    inflows: tuple[Declared, ...]
    outflows: tuple[Declared, ...]
    """All, in the order in which they are served."""
    held: frozenset[str]
    """Ids of the flows that it holds back."""


class Outflows:
    """The definitions of a file while its flows are held back."""

    def __init__(self, definitions: Mapping[str, list[Definition]], book: Book) -> None:
        self.definitions, self.book = dict(definitions), book
        self.dependence = Dependence(definitions)
        self.wanted: dict[str, str] = {}
        """The variable that says what a biflow would be if its lower end did not hold it back, by ids."""

    def held_back(self) -> dict[str, list[Definition]]:
        """The definitions in which no flow takes more than there is."""
        stocks = self._stocks()
        for stock in stocks:
            for flow in stock.inflows:
                if flow.id in stock.held and any(outflow.id in stock.held for outflow in stock.outflows):
                    self._split(flow)
        for stock in stocks:
            for flow in stock.outflows:
                if flow.id in stock.held:
                    self._hold_back(stock, flow)
        for stock in stocks:
            for flow in stock.inflows:
                if flow.id in stock.held:
                    self._hold_back(stock, flow, backwards=True)
        return self.definitions

    def _stocks(self) -> list[_Stock]:
        stocks = [one for one in self.book.variables.values() if one.kind == "stock" and one.id not in self.book.sources]
        ends = {tag: Counter(flow.id for stock in stocks for flow in flows_of(stock, tag, self.book)) for tag in _ENDS}
        found = []
        for stock in stocks:
            if not is_non_negative(stock):
                continue
            inflows, outflows = (tuple(flows_of(stock, tag, self.book)) for tag in _ENDS)
            backwards = [flow for flow in inflows if not is_non_negative(flow) and self._fits(flow, stock, ends["inflow"])]
            drains = [flow for flow in outflows if self._fits(flow, stock, ends["outflow"])]
            held = frozenset(flow.id for flow in (*backwards, *drains))
            found.append(_Stock(variable=stock, inflows=inflows, outflows=self._served(outflows), held=held))
        return found

    def _fits(self, flow: Declared, stock: Declared, ends: Counter[str]) -> bool:
        own = flow.kind == "flow" and flow.id not in self.book.sources and ends[flow.id] == 1
        return own and Counter(flow.dims) == Counter(stock.dims)

    def _served(self, outflows: Sequence[Declared]) -> tuple[Declared, ...]:
        """The outflows as listed, but each after those that it depends on."""
        waiting, served = list(outflows), []
        while waiting:
            ids = {flow.id for flow in waiting}
            free = (flow for flow in waiting if not self.dependence.depends(flow.id, ids - {flow.id}, self.dependence.now))
            first = next(free, waiting[0])
            waiting.remove(first)
            served.append(first)
        return tuple(served)

    def _split(self, flow: Declared) -> None:
        """Set apart what a biflow would be, for those who ask how much it brings."""
        id = f"_wanted_{flow.id}"
        wanted = [replace(one, label=f"{flow.label} if unconstrained", own_id=id) for one in self.definitions[flow.id]]
        self.definitions[id] = wanted
        self.definitions[flow.id] = [
            replace(one, ast=at_hand(flow, id, _equation(flow, flow, one), self.book)) for one in self.definitions[flow.id]
        ]
        self.wanted[flow.id] = id
        self.dependence.copy(flow.id, to=id)

    def _hold_back(self, stock: _Stock, flow: Declared, backwards: bool = False) -> None:
        """Let a flow take no more than there is for it."""
        id = flow.id if backwards else self.wanted.get(flow.id, flow.id)
        graph = self.dependence
        terms = [
            term
            for term in self._terms(stock, flow, backwards)
            if term.id != id and not graph.depends(term.id, {id}, graph.now)
        ]
        needed = {stock.variable.id, *(term.id for term in terms)}
        late = any(graph.depends(other, {id}, graph.start) for other in needed)
        graph.now[id] = graph.now[id] | needed
        graph.start[id] = graph.start[id] | (set() if late else needed)
        self.definitions[id] = [
            self._limited(one, stock.variable, flow, terms, backwards, late) for one in self.definitions[id]
        ]

    def _terms(self, stock: _Stock, flow: Declared, backwards: bool) -> Iterator["_Term"]:
        """What adds to, and takes from, what there is for a flow."""
        for inflow in stock.inflows:
            if inflow is not flow:
                yield _Term(flow=inflow, id=self.wanted.get(inflow.id, inflow.id), sign="+")
        for outflow in stock.outflows:
            if outflow is flow:
                return
            yield _Term(flow=outflow, id=self.wanted.get(outflow.id, outflow.id), sign="-")
        for inflow in stock.inflows:
            if inflow is flow:
                return
            if inflow.id in stock.held and backwards:
                yield _Term(flow=inflow, id=inflow.id, sign="backwards")

    def _limited(
        self, definition: Definition, stock: Declared, flow: Declared, terms: Iterable["_Term"], backwards: bool, late: bool
    ) -> Definition:
        """The definition within what there is; `late` where that is not known at the start."""
        equation = _equation(stock, flow, definition)
        there: Expr = Binary("/", at_hand(stock, stock.id, equation, self.book), DT)
        available = Call("max", (reduce(lambda sum, term: self._with(sum, term, equation), terms, there), ZERO))
        function, bound = ("max", Unary("-", available)) if backwards else ("min", available)
        limited = Call(function, (definition.ast, bound))
        return replace(definition, ast=Call("active_initial", (limited, definition.ast)) if late else limited)

    def _with(self, there: Expr, term: "_Term", equation: Written) -> Expr:
        if term.sign == "+":
            value = arriving(term.flow, term.id, equation, self.book)
            return Binary("+", there, value if is_non_negative(term.flow) else Call("max", (value, ZERO)))
        value = at_hand(term.flow, term.id, equation, self.book)
        if term.sign == "backwards":
            return Binary("-", there, Call("max", (Unary("-", value), ZERO)))
        return Binary("-", there, value if is_non_negative(term.flow) else Call("max", (value, ZERO)))


_ENDS = ("inflow", "outflow")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Term:
    """What one flow adds to what there is for another, or takes from it."""

    flow: Declared
    id: str
    """Of the variable that is read."""
    sign: str
    """`+`, `-`, or `backwards`: an inflow that takes what it has of less than nothing."""


def _equation(where: Declared, flow: Declared, definition: Definition) -> Written:
    """The equation of a flow, with names as seen from a stock."""
    left = tuple(Bound(dim=dim, subscript=subscript) for dim, subscript in zip(flow.dims, definition.subscripts, strict=True))
    return Written(variable=where, left=left, node=where.node, line=definition.line)
