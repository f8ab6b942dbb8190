"""The equations of auxiliaries, flows and graphical functions, element by element where they differ."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product

from sdrun.errors import ModelError, Place, Problem, locate
from sdrun.model import Array, Call, Expr, Lookup, Name
from sdrun.parse.expressions import checked
from sdrun.parse.formulas import SyntaxFault, formula
from sdrun.parse.statements import Definition
from sdrun.parse.syntax import check_length
from sdrun.parse.xmile.arrays import Bound, Scope, element_of, left_of
from sdrun.parse.xmile.declarations import Book, Declared
from sdrun.parse.xmile.features import is_empty, is_number
from sdrun.parse.xmile.meaning import meaning
from sdrun.parse.xmile.tables import (
    is_table_alone,
    named,
    named_table,
    own_table,
    subscripts_of,
    table_definitions,
    table_of,
)
from sdrun.parse.xmile.tree import Element, child_text, children, local_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One equation of a variable where it is written."""

    variable: Declared
    left: tuple[Bound, ...]
    node: Element
    """The tag that holds what the equation says: the variable's, or that of an element."""
    line: int | None
    row: int = 0
    """Which <eqn> it is of those in the tag."""

    def scope(self, book: Book) -> Scope:
        """Where its formulas stand."""
        return Scope(book=book, own=self.variable, left=self.left)


def written(variable: Declared, book: Book) -> list[Written]:
    """The equations of a variable; one where it has the same for all elements.

    Several <eqn> in one tag, which the standard does not know but some programs write, are those of the elements, row by row.
    """
    elements, rows = children(variable.node, "element"), children(variable.node, "eqn")
    if not elements and len(rows) > 1:
        return _row_by_row(variable, rows, book)
    if not elements:
        left = left_of(book, variable.dims)
        return [Written(variable=variable, left=left, node=variable.node, line=variable.line)]
    return [
        Written(
            variable=variable,
            left=element_of(book, variable.dims, subscripts_of(element)),
            node=element,
            line=book.file.line(element),
        )
        for element in elements
    ]


def _row_by_row(variable: Declared, rows: list[Element], book: Book) -> list[Written]:
    points = [*product(*(book.dimensions[dim].elements for dim in variable.dims))]
    if len(points) != len(rows):
        raise ModelError(f"'{variable.label}' has {len(rows)} equations for {len(points)} elements")
    lefts = (element_of(book, variable.dims, point) for point in points)
    return [
        Written(variable=variable, left=left, node=variable.node, line=book.file.line(row), row=k)
        for k, (left, row) in enumerate(zip(lefts, rows, strict=True))
    ]


def definitions(variable: Declared, book: Book, right_side: Callable[[Written, Book], Expr]) -> Iterator[Definition | Problem]:
    """The definitions of a variable, or what is wrong with them; `right_side` reads one equation."""
    if variable.id in book.sources:
        yield _connected(variable, book)
        return
    try:
        if is_table_alone(variable):
            yield from _tables(variable, book)
            return
        equations = written(variable, book)
    except ModelError as error:
        yield from _located(error, book, variable, variable.line)
        return
    for equation in equations:
        try:
            yield _definition(equation, book, right_side(equation, book))
        except ModelError as error:
            yield from _located(error, book, variable, equation.line)


def _located(error: ModelError, book: Book, variable: Declared, line: int | None) -> Iterator[Problem]:
    place = Place(path=book.file.path, line=line, key=variable.label)
    return (locate(problem, place) for problem in error.problems)


def _tables(variable: Declared, book: Book) -> Iterator[Definition]:
    blank = _blank(variable)
    for table in table_definitions(variable, book):
        yield replace(blank, subscripts=table.subscripts, dims=table.dims, ast=table.ast, is_lookup=True)


def _definition(equation: Written, book: Book, expression: Expr) -> Definition:
    subscripts = tuple(bound.subscript for bound in equation.left)
    dims = tuple(bound.subscript for bound in left_of(book, equation.variable.dims))
    text = "" if equation.variable.kind == "stock" or isinstance(expression, Lookup) else text_of(equation, "eqn")
    return replace(_blank(equation.variable), subscripts=subscripts, dims=dims, ast=expression, text=text)


def _connected(variable: Declared, book: Book) -> Definition:
    """An input of a module is the variable that it is connected to, whatever its own equation says."""
    scope = Scope(book=book, own=variable, left=left_of(book, variable.dims))
    subscripts = tuple(bound.subscript for bound in scope.left)
    source = Name(book.sources[variable.id], scope.ranges)
    return replace(_blank(variable), subscripts=subscripts, dims=subscripts, ast=source)


def _blank(variable: Declared) -> Definition:
    """What is known of a variable without its equation."""
    return Definition(
        label=variable.label,
        own_id=variable.id,
        ast=None,
        units=child_text(variable.node, "units"),
        limits=_limits(variable.node),
        documentation=child_text(variable.node, "doc"),
        line=variable.line,
    )


def _limits(node: Element) -> tuple[float | None, float | None]:
    """What <range> allows, or <yscale> of a table."""
    for part in children(node, "yscale" if local_name(node) == "gf" else "range"):
        low, high = (float(part.attrib[bound]) if part.attrib.get(bound) else None for bound in ("min", "max"))
        return low, high
    return None, None


# ── right sides ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def of_auxiliary(equation: Written, book: Book) -> Expr:
    """What an auxiliary or a flow is worth."""
    value = _through_table(stated(equation, book, "eqn"), equation, book)
    initial = text_of(equation, "init_eqn")
    return Call("active_initial", (value, read(initial, equation, book))) if initial.strip() else value


def _through_table(value: Expr, equation: Written, book: Book) -> Expr:
    table = own_table(equation.node)
    if table is None:
        table = own_table(equation.variable.node)
    if table is None:
        return value
    if name := named(table):
        return Lookup(named_table(name, book, equation.variable.path), value)
    return Lookup(table_of(table), value)


def stated(equation: Written, book: Book, tag: str) -> Expr:
    """The expression in a tag of an equation; raises ModelError where there is none yet."""
    text = text_of(equation, tag)
    if is_empty(text):
        raise ModelError(f"'{equation.variable.label}' has no equation yet")
    return read(text, equation, book)


def text_of(equation: Written, tag: str) -> str:
    """The text of a tag of an equation, or of the variable where an element has none."""
    rows = children(equation.node, tag)
    return (rows[equation.row].text or "" if equation.row < len(rows) else "") or child_text(equation.variable.node, tag)


def read(text: str, equation: Written, book: Book) -> Expr:
    """The expression that a text says where an equation stands; a list of numbers is an array."""
    check_length(text)
    parts = [part.strip() for part in re.split(r"[,;]", text.strip().rstrip(",;"))]
    if len(parts) > 1 and all(map(is_number, parts)):
        return Array(tuple(map(float, parts)))
    try:
        return checked(meaning(formula(text), equation.scope(book)))
    except SyntaxFault as fault:
        place = _place(text, fault.position, equation, book)
        raise ModelError(*(locate(problem, place) for problem in fault.problems)) from None


def _place(text: str, position: int, equation: Written, book: Book) -> Place:
    """Where in the file a position in the text of an equation stands; its column too, if the file has the text as it is."""
    here = Place(path=book.file.path, line=equation.line, key=equation.variable.label)
    tags = (tag for node in (equation.node, equation.variable.node) for tag in node.iterchildren() if tag.text == text)
    first = next((book.file.line(tag) for tag in tags), None)
    if first is None:
        return here
    line = first + text.count("\n", 0, position)
    if line > len(book.file.lines):  # its lines do not end as ours do
        return replace(here, line=first)
    start = text.rfind("\n", 0, position) + 1
    written = book.file.lines[line - 1].decode("utf-8", errors="replace")
    column = written.find(text[start:].partition("\n")[0])
    return replace(here, line=line, column=column + position - start + 1 if column >= 0 else None)
