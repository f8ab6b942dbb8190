"""Subscripts: what the brackets behind a name, or their absence, say (section 3.7.1 of the standard).

An array without brackets is, in an arrayed equation, the element at hand; inside SUM and the like it is all of the array.  An
index that is an expression is looked for: the sum over all elements of those whose number it is, 0 where there is none.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sdrun.errors import ModelError, Problem, nearest
from sdrun.model import Binary, Call, Expr, Name, Number, Subscript, children, name_id
from sdrun.parse.formulas import Index, Literal, Reference, Seat, Span, Syntax
from sdrun.parse.xmile.declarations import Book, Declared, Dimension


class ArrayError(ModelError):
    """An array where one number belongs."""


OVER_SUBSCRIPTS = ("sum", "prod", "vmin", "vmax")
"""Functions of the compiler that run over subscripts marked with `!`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A dimension of the left side, and what stands for it: a range, or one element."""

    dim: str
    subscript: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where in the model a formula stands."""

    book: Book
    own: Declared
    """The variable that it defines."""
    left: tuple[Bound, ...] = ()
    whole: bool = False
    """Inside a function of arrays."""

    @property
    def ranges(self) -> tuple[Subscript, ...]:
        """The left side as subscripts, elements left out."""
        known = {*self.book.dimensions, *self.book.ranges}
        return tuple(Subscript(bound.subscript) for bound in self.left if bound.subscript in known)


Read = Callable[[Syntax, Scope], Expr]
"""What a piece of a formula says."""

Pick = Subscript | Expr
"""A subscript, or the number of an element that is only known during the run."""


def left_of(book: Book, dims: tuple[str, ...]) -> tuple[Bound, ...]:
    """The left side of an equation for all elements."""
    return tuple(Bound(dim=dim, subscript=book.again(dim, dims[: k + 1].count(dim))) for k, dim in enumerate(dims))


def element_of(book: Book, dims: tuple[str, ...], written: tuple[str, ...]) -> tuple[Bound, ...]:
    """The left side of an equation for one element, whose subscripts are given by name or number.

    Raises ModelError where they are none.
    """
    if len(written) != len(dims):
        raise ModelError(f"the element [{', '.join(written)}] has {len(written)} subscripts, not {len(dims)}")
    return tuple(
        Bound(dim=dim, subscript=_element(book.dimensions[dim], name)) for dim, name in zip(dims, written, strict=True)
    )


def _element(dimension: Dimension, name: str) -> str:
    id = name_id(name)
    if id in dimension.elements:
        return id
    if id.isdecimal() and 1 <= int(id[:9]) <= len(dimension.elements):
        return dimension.elements[int(id) - 1]
    what = f"'{name}' is no element of '{dimension.label}'"
    raise ModelError(Problem(what=what, help=nearest(name, dimension.labels)))


def read_array(variable: Declared, reference: Reference, scope: Scope, read: Read) -> Expr:
    """A variable with what stands, or does not stand, between its brackets."""
    if reference.subscripts is None:
        return Name(variable.id, implied(variable, reference.transposed, scope))
    if variable.kind == "parm":
        raise ModelError(f"'{variable.label}' is a parameter of a macro: subscripts of it are not supported yet")
    if reference.transposed:
        raise ModelError(f"'{variable.label}' is transposed and has subscripts: this is not supported yet")
    if len(reference.subscripts) != len(variable.dims):
        count, wanted = len(reference.subscripts), ", ".join(variable.dims) or "none"
        raise ModelError(f"'{variable.label}' is used with {count} subscripts; it has {len(variable.dims)} ({wanted})")
    seats: list[Pick] = []
    for dim, index in zip(variable.dims, reference.subscripts, strict=True):
        seats.append(_Brackets(variable, dim, scope, read, tuple(seats)).seat(index))
    return _looked_for(variable, seats, scope)


def implied(variable: Declared, transposed: bool, scope: Scope) -> tuple[Subscript, ...]:
    """The subscripts of a variable that has no brackets."""
    dims = variable.dims[::-1] if transposed else variable.dims
    found = tuple(_implied(variable, dims, k, scope) for k in range(len(dims)))
    return found[::-1] if transposed else found


def _implied(variable: Declared, dims: tuple[str, ...], k: int, scope: Scope) -> Subscript:
    if scope.whole:
        return Subscript(scope.book.again(dims[k], dims[: k + 1].count(dims[k])), bang=True)
    here = [bound for bound in scope.left if bound.dim == dims[k]]
    if not here:
        label = scope.book.dimensions[dims[k]].label
        what = f"'{variable.label}' is an array over '{label}', which the equation does not run over"
        raise ArrayError(Problem(what=what, help="name an element in brackets, or take its SUM or MEAN"))
    return Subscript(_chosen(here, dims, k, scope.book.dimensions[dims[k]].label))


def _chosen(here: list[Bound], dims: tuple[str, ...], k: int, label: str) -> str:
    """Which of several occurrences of a dimension on the left is meant by its occurrence in `dims[k]`."""
    if len(here) == 1:
        return here[0].subscript
    if len(here) == dims.count(dims[k]):
        return here[dims[:k].count(dims[k])].subscript
    raise ModelError(Problem(what=f"'{label}' stands more than once on the left side", help="write @1 or @2 for the one meant"))


@dataclass(frozen=True, slots=True)
class _Brackets:
    """One place between the brackets of a variable."""

    variable: Declared
    dim: str
    scope: Scope
    read: Read
    before: tuple[Pick, ...]
    """What stands in the places before it."""

    @property
    def dimension(self) -> Dimension:
        """The dimension of the place."""
        return self.scope.book.dimensions[self.dim]

    def seat(self, index: Index) -> Pick:
        """What an index says."""
        match index:
            case Span(None, None):
                self._only_in_array_functions("*")
                return Subscript(self.scope.book.again(self.dim, self._occurrence()), bang=True)
            case Span(first, last):
                self._only_in_array_functions(":")
                ends = (self._number(first), self._number(last))
                return Subscript(self.scope.book.part(self.dim, ends, self._occurrence()), bang=True)
            case Seat(number):
                return self._left(number)
            case Literal(value) if value.is_integer():
                return Subscript(_element(self.dimension, f"{value:.0f}"))
            case Reference(parts, None, False):
                return self._named(index, tuple(map(name_id, parts)))
        return self._expression(index)

    def _only_in_array_functions(self, sign: str) -> None:
        if not self.scope.whole:
            what = f"'{self.variable.label}' has '{sign}' between its brackets outside of a function of arrays"
            raise ArrayError(Problem(what=what, help="put SUM, MEAN, MIN, MAX ... around it"))

    def _occurrence(self) -> int:
        """Which of the ranges that stand for the dimension the next `*` runs over."""
        dims = zip(self.variable.dims, self.before, strict=False)
        return 1 + sum(dim == self.dim and isinstance(seat, Subscript) and seat.bang for dim, seat in dims)

    def _number(self, index: Syntax | None) -> int:
        match index:
            case Literal(value) if value.is_integer():
                return self.dimension.elements.index(_element(self.dimension, f"{value:.0f}")) + 1
            case Reference((name,), None, False):
                return self.dimension.elements.index(_element(self.dimension, name)) + 1
        raise ModelError(f"a part of '{self.variable.label}' begins and ends with a number or an element")

    def _left(self, number: int) -> Pick:
        """The dimension that stands in a place of the left side."""
        if not 1 <= number <= len(self.scope.left):
            raise ModelError(f"'@{number}' means nothing: the equation runs over {len(self.scope.left)} dimensions")
        bound = self.scope.left[number - 1]
        subscript = Subscript(bound.subscript)
        return subscript if bound.dim == self.dim else Name(bound.dim, (subscript,))

    def _named(self, index: Reference, ids: tuple[str, ...]) -> Pick:
        """An element, a dimension, or the name of a variable."""
        if ids[:-1] in ((), (self.dim,)) and ids[-1] in self.dimension.elements:
            return Subscript(ids[-1])
        if ids != (self.dim,):
            return self._expression(index)
        here = [bound for bound in self.scope.left if bound.dim == self.dim]
        if here:
            return Subscript(_chosen(here, self.variable.dims, len(self.before), self.dimension.label))
        self._only_in_array_functions(self.dimension.label)
        return Subscript(self.scope.book.again(self.dim, self._occurrence()), bang=True)

    def _expression(self, index: Syntax) -> Expr:
        if self.scope.whole:
            what = f"'{self.variable.label}' has an expression between its brackets inside a function of arrays"
            raise ModelError(Problem(what=what, help="give it a variable of its own"))
        return self.read(index, replace(self.scope, whole=False))


def _looked_for(variable: Declared, seats: list[Pick], scope: Scope) -> Expr:
    """The variable where the numbers of its elements are those computed."""
    conditions: list[Expr] = []
    subscripts: list[Subscript] = []
    for k, seat in enumerate(seats):
        if isinstance(seat, Subscript):
            subscripts.append(seat)
            continue
        dim = variable.dims[k]
        before = sum(not isinstance(other, Subscript) for other, d in zip(seats[:k], variable.dims, strict=False) if d == dim)
        subscripts.append(Subscript(scope.book.again(dim, before + 1), bang=True))
        conditions.append(Binary("=", Name(dim, (subscripts[-1],)), Call("floor", (seat,))))
    found = Name(variable.id, tuple(subscripts))
    if not conditions:
        return found
    condition = conditions[0]
    for other in conditions[1:]:
        condition = Binary("and", condition, other)
    return Call("sum", (Call("if_then_else", (condition, found, Number(0.0))),))


def position(dimension: Dimension, scope: Scope) -> Expr:
    """A dimension as a number: the place of the element at hand."""
    here = [bound for bound in scope.left if bound.dim == dimension.id]
    if here:
        return Name(dimension.id, (Subscript(_chosen(here, (dimension.id,), 0, dimension.label)),))
    if scope.whole:
        return Name(dimension.id, (Subscript(dimension.id, bang=True),))
    raise ArrayError(f"the dimension '{dimension.label}' is used as a number, but the equation does not run over it")


def marked(expr: Expr) -> tuple[Subscript, ...]:
    """The subscripts that the function of arrays around `expr` runs over, each once."""
    match expr:
        case Name(_, subscripts):
            found = [subscript for subscript in subscripts if subscript.bang]
        case Call(function, _) if function in OVER_SUBSCRIPTS:
            found = []
        case _:
            found = [subscript for child in children(expr) for subscript in marked(child)]
    return tuple(dict.fromkeys(found))
