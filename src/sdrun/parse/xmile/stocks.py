"""Stocks: what flows into them and out of them (sections 4.2, 4.3 and 2.6 of the standard)."""

from collections.abc import Iterator

from sdrun.errors import ModelError, Problem, nearest
from sdrun.model import Binary, Call, Expr, Name, Unary, name_id
from sdrun.parse.xmile.arrays import implied
from sdrun.parse.xmile.declarations import Book, Declared, spelled
from sdrun.parse.xmile.equations import Written, of_auxiliary, read, stated
from sdrun.parse.xmile.functions import ZERO
from sdrun.parse.xmile.tree import Element, child_text, children, local_name


def is_non_negative(variable: Declared) -> bool:
    """Whether a stock or a flow may not be negative: what its tag says, or else its model's <behavior>, or else the file's."""
    said = _said(variable.node)
    for holder in variable.node.iterancestors():
        if said is None and local_name(holder) in ("model", "xmile"):
            said = next((_said(part) for part in _behaviours(holder, variable.kind) if _said(part) is not None), None)
    return said is True


def _behaviours(holder: Element, kind: str) -> Iterator[Element]:
    for behaviour in children(holder, "behavior"):
        yield from children(behaviour, kind)
        yield behaviour


def _said(node: Element) -> bool | None:
    for tag in children(node, "non_negative"):
        return (tag.text or "").strip().lower() not in ("false", "0")
    return None


def flows_of(stock: Declared, tag: str, book: Book) -> list[Declared]:
    """Its inflows or outflows in the file's order; raises ModelError where one is not defined."""
    found = []
    for node in children(stock.node, tag):
        label = spelled(node.text or "")
        id = ".".join((*stock.path, name_id(label)))
        if id not in book.variables:
            known = [other.label for other in book.variables.values() if other.kind == "flow" and other.path == stock.path]
            raise ModelError(Problem(what=f"the {tag} '{label}' is not defined", help=nearest(label, known)))
        found.append(book.variables[id])
    return found


def of_flow(equation: Written, book: Book) -> Expr:
    """What a flow is worth, before a stock holds it back; a uniflow never runs backwards."""
    value = of_auxiliary(equation, book)
    return Call("max", (value, ZERO)) if is_non_negative(equation.variable) else value


def of_stock(equation: Written, book: Book) -> Expr:
    """The integral of what flows in, less what flows out."""
    stock = equation.variable
    net: Expr | None = None
    for flow in flows_of(stock, "inflow", book):
        term = arriving(flow, flow.id, equation, book)
        net = term if net is None else Binary("+", net, term)
    for flow in flows_of(stock, "outflow", book):
        term = at_hand(flow, flow.id, equation, book)
        net = Unary("-", term) if net is None else Binary("-", net, term)
    function = "integ_non_negative" if is_non_negative(stock) else "integ"
    return Call(function, (ZERO if net is None else net, stated(equation, book, "eqn")))


def at_hand(flow: Declared, id: str, equation: Written, book: Book) -> Name:
    """A flow, by its own id or another's, at the element of the equation."""
    return Name(id, implied(flow, False, equation.scope(book)))


def arriving(flow: Declared, id: str, equation: Written, book: Book) -> Expr:
    """What arrives of an inflow, in the units of the stock."""
    multiplier = child_text(flow.node, "multiplier")
    value = at_hand(flow, id, equation, book)
    return Binary("*", read(multiplier, equation, book), value) if multiplier.strip() else value
