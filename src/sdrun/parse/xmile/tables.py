"""Graphical functions -> tables (section 4.1.3 of the standard)."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from sdrun.errors import ModelError
from sdrun.model import Between, Name, Table, name_id
from sdrun.parse.formulas import names_of
from sdrun.parse.statements import Definition
from sdrun.parse.xmile.arrays import element_of, left_of
from sdrun.parse.xmile.declarations import Book, Declared, spelled
from sdrun.parse.xmile.features import numbers
from sdrun.parse.xmile.tree import Element, child_text, children, grandchildren, local_name

KINDS: Mapping[str, Between] = {
    "continuous": Between.LINEAR,
    "extrapolate": Between.EXTRAPOLATE,
    "discrete": Between.STEPS,
}


def table_of(node: Element) -> Table:
    """The points of a <gf>; raises ModelError where one x has two values, or x falls."""
    ys, xs = numbers(node, "ypts"), numbers(node, "xpts")
    assert ys is not None
    if xs is None:
        low, high = (float(children(node, "xscale")[0].attrib[bound]) for bound in ("min", "max"))
        steps = max(len(ys) - 1, 1)
        xs = [low + (high - low) * k / steps for k in range(len(ys))]
    for (x, y), (next_x, next_y) in pairwise(zip(xs, ys, strict=True)):
        if x == next_x and y != next_y:
            raise ModelError(f"its graphical function has two values, {y:g} and {next_y:g}, at {x:g}")
        if x > next_x:
            raise ModelError(f"the points of its graphical function are out of order: {next_x:g} follows {x:g}")
    points = dict(zip(xs, ys, strict=True))
    kind = node.attrib.get("type") or ("discrete" if node.attrib.get("discrete") == "true" else "continuous")
    return Table(tuple(points), tuple(points.values()), KINDS[kind])


def own_table(node: Element) -> Element | None:
    """The <gf> of a variable or of one of its elements."""
    return next(iter(children(node, "gf")), None)


def named(node: Element) -> str:
    """The name of the graphical function that a <gf> names instead of giving points; empty where it gives them."""
    return "" if children(node, "ypts") else spelled(node.attrib.get("name", ""))


def has_table(variable: Declared) -> bool:
    """Whether it can be read at an argument."""
    if variable.kind == "gf":
        return True
    return variable.node is not None and bool(children(variable.node, "gf") or grandchildren(variable.node, "element", "gf"))


def is_table_alone(variable: Declared) -> bool:
    """A graphical function without an equation, which has a value at arguments only."""
    texts = (child_text(node, "eqn") for node in (variable.node, *children(variable.node, "element")))
    return variable.kind == "gf" or (variable.kind == "aux" and has_table(variable) and not any(text.strip() for text in texts))


def table_variable(variable: Declared, book: Book) -> Declared:
    """The lookup that a variable with a graphical function is read from; it is added where the variable has a value too."""
    if is_table_alone(variable):
        return variable
    lookup = replace(variable, id=f"_table_of_{variable.id}", label=f"graphical function of {variable.label}", kind="gf")
    if lookup.id not in book.added:
        book.added[lookup.id] = []
        book.added[lookup.id] += table_definitions(lookup, book)
    return lookup


def table_definitions(lookup: Declared, book: Book) -> list[Definition]:
    """The definitions of a lookup, one per element where its tables differ; raises ModelError where it has none."""
    dims = left_of(book, lookup.dims)
    elements = [element for element in children(lookup.node, "element") if own_table(element) is not None]
    whole = lookup.node if local_name(lookup.node) == "gf" else own_table(lookup.node)
    pairs = [(element_of(book, lookup.dims, subscripts_of(element)), own_table(element)) for element in elements]
    if name := next((named(node) for _, node in (*pairs, (dims, whole)) if node is not None and named(node)), ""):
        raise ModelError(f"'{lookup.label}' names the graphical function '{name}' and has none of its own")
    return [
        Definition(
            label=lookup.label,
            own_id=lookup.id,
            subscripts=tuple(bound.subscript for bound in left),
            dims=tuple(bound.subscript for bound in dims),
            ast=table_of(node),
            is_lookup=True,
            line=lookup.line,
        )
        for left, node in pairs or [(dims, whole)]
    ]


def subscripts_of(element: Element) -> tuple[str, ...]:
    """The names in the subscript of an <element>."""
    written = (name.strip() for name in element.attrib.get("subscript", "").split(","))
    return tuple(".".join(names_of(name)) if name.startswith('"') else name for name in written)


def named_table(name: str, book: Book, path: tuple[str, ...]) -> Name:
    """The lookup that a <gf> names; raises ModelError where there is none."""
    id = ".".join((*path, name_id(name)))
    if id not in book.variables or not has_table(book.variables[id]):
        raise ModelError(f"the graphical function '{name}' is not defined")
    return Name(table_variable(book.variables[id], book).id)
