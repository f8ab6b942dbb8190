"""Vensim's VECTOR functions, and those of whole arrays, as nodes that both engines know.

Along the last subscript of its first argument a vector function compares each element with all others: what it gives is a sum
over them, https://www.vensim.com/documentation/vector_functions.html.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import inf, nan

from sdrun.compile.problems import Refusal
from sdrun.compile.scope import Scope, place_in
from sdrun.functions import JOINT
from sdrun.model import Axis, Binary, Call, Expr, Joint, Name, Number, Position, Reduce, Subscript, children

Resolve = Callable[[Expr, Scope], Expr]
ZERO, ONE = Number(0.0), Number(1.0)


def _if(condition: Expr, yes: Expr, no: Expr) -> Expr:
    return Call("if_then_else", (condition, yes, no))


@dataclass(frozen=True, slots=True)
class Vector:
    """A vector along an axis of the equation, and once more along an axis of its own, as `others`."""

    place: Expr
    """The number, from 1, of the element at hand."""
    own: Expr
    over: Axis
    others: Expr
    inside: Scope
    """Where `others` is read."""

    def summed(self, body: Expr) -> Expr:
        """A sum over the others."""
        return Reduce("sum", (self.over,), body)


def _vector(expr: Expr, scope: Scope, resolve: Resolve, function: str) -> Vector:
    if not isinstance(expr, Name) or not expr.subscripts or expr.subscripts[-1].id not in scope.model.ranges:
        raise Refusal(f"{function} takes a variable with a subscript range", "give the expression a variable of its own")
    last = expr.subscripts[-1]
    inside, (over,) = scope.opened((last.id,))
    banged = Name(expr.id, (*expr.subscripts[:-1], Subscript(last.id, bang=True)))
    return Vector(place_in(last, last.id, scope), resolve(expr, scope), over, resolve(banged, inside), inside)


def _number(axis: Axis) -> Position:
    """Elements from 1."""
    return Position(axis, tuple(float(number) for number in range(1, axis.size + 1)))


def _rank(own: Expr, at: Expr, others: Expr, over: Axis, direction: Expr) -> Expr:
    """How many come before, and one; of equals those that stand first come first, or last where the direction is down."""

    def place(order: str) -> Expr:
        earlier = Binary(order, _number(over), at)
        before = Binary("or", Binary(order, others, own), Binary("and", Binary("=", others, own), earlier))
        return Binary("+", Reduce("sum", (over,), _if(before, ONE, ZERO)), ONE)

    if isinstance(direction, Number):
        return place("<" if direction.value > 0 else ">")
    return _if(Binary(">", direction, ZERO), place("<"), place(">"))


def _vector_rank(call: Call, scope: Scope, resolve: Resolve) -> Expr:
    """The place of each element, from 1."""
    vector = _vector(call.args[0], scope, resolve, "VECTOR RANK")
    return _rank(vector.own, vector.place, vector.others, vector.over, resolve(call.args[1], scope))


def _vector_sort_order(call: Call, scope: Scope, resolve: Resolve) -> Expr:
    """Which element comes first, second, ...: its number from 0."""
    outer = _vector(call.args[0], scope, resolve, "VECTOR SORT ORDER")
    assert isinstance(call.args[0], Name)
    last = call.args[0].subscripts[-1]
    innermost, (over,) = outer.inside.opened((last.id,))
    banged = Name(call.args[0].id, (*call.args[0].subscripts[:-1], Subscript(last.id, bang=True)))
    rank = _rank(outer.others, _number(outer.over), resolve(banged, innermost), over, resolve(call.args[1], scope))
    number = Binary("-", _number(outer.over), ONE)
    return outer.summed(_if(Binary("=", rank, outer.place), number, ZERO))


def _picked(vector: Vector, number: Expr) -> Expr:
    """The element of the vector with a number from 1; NaN where there is none."""
    found = vector.summed(_if(Binary("=", _number(vector.over), number), vector.others, ZERO))
    inside = Binary("and", Binary(">=", number, ONE), Binary("<=", number, Number(float(vector.over.size))))
    return _if(inside, found, Number(nan))


def _whole(expr: Expr) -> Expr:
    return Call("integer", (Binary("+", expr, Number(0.5)),))


def _vector_reorder(call: Call, scope: Scope, resolve: Resolve) -> Expr:
    """The elements in an order, as VECTOR SORT ORDER gives it."""
    vector = _vector(call.args[0], scope, resolve, "VECTOR REORDER")
    return _picked(vector, _whole(Binary("+", resolve(call.args[1], scope), ONE)))


def _vector_elm_map(call: Call, scope: Scope, resolve: Resolve) -> Expr:
    """The element so many places behind the one that is named: https://www.vensim.com/documentation/fn_vector_elm_map.html"""
    named, offset = call.args
    variable = scope.model.variables.get(named.id) if isinstance(named, Name) else None
    if not isinstance(named, Name) or variable is None or len(named.subscripts) != len(variable.dims) or not variable.dims:
        raise Refusal("VECTOR ELM MAP takes an element of a subscripted variable")
    last, dim = named.subscripts[-1], variable.dims[-1]
    inside, (over,) = scope.opened((dim,))
    others = resolve(Name(named.id, (*named.subscripts[:-1], Subscript(dim, bang=True))), inside)
    elements = scope.model.ranges[dim].elements
    if last.id in scope.model.ranges:
        first: Expr = place_in(last, dim, scope)
    elif last.id in elements:
        first = Number(elements.index(last.id) + 1.0)
    else:
        raise Refusal(f"'{last.id}' is not an element of '{dim}'")
    vector = Vector(_number(over), others, over, others, inside)
    return _picked(vector, _whole(Binary("+", first, resolve(offset, scope))))


# ── VECTOR SELECT ────────────────────────────────────────────────────────────────────────────────────────────────────────────

ACTIONS: tuple[tuple[str, str], ...] = (
    *(("weighted", fold) for fold in ("sum", "prod", "vmin", "vmax", "mean")),
    ("power", "prod"),
    *(("plain", fold) for fold in ("sum", "prod", "vmin", "vmax", "mean")),
)
"""By Vensim's number of the action: what is taken of a selected element, and how all are joined.

Action 5 raises the expression to the power of the selection, as Vensim does, and not the other way round, as its manual has it.
"""
EMPTY = {"sum": ZERO, "mean": ZERO, "prod": ONE, "vmin": Number(inf), "vmax": Number(-inf)}


def _vector_select(call: Call, scope: Scope, resolve: Resolve) -> Expr:
    """The selected elements joined: https://www.vensim.com/documentation/fn_vector_select.html"""
    ids = tuple(dict.fromkeys(subscript.id for arg in call.args[:2] for subscript in _marked(arg)))
    if not ids or any(id not in scope.model.ranges for id in ids):
        raise Refusal("VECTOR SELECT needs a subscript range marked with '!'")
    inside, axes = scope.opened(ids)
    selection, taken = (resolve(arg, inside) for arg in call.args[:2])
    missing, action, complain = (resolve(arg, scope) for arg in call.args[2:])
    chosen = Binary("<>", selection, ZERO)
    count = Reduce("sum", axes, _if(chosen, ONE, ZERO))
    values = {"weighted": Binary("*", selection, taken), "power": Binary("^", taken, selection), "plain": taken}

    def joined(value: str, fold: str) -> Expr:
        body = _if(chosen, values[value], EMPTY[fold])
        if fold == "mean":
            return Binary("/", Reduce("sum", axes, body), count)
        return Reduce(fold, axes, body)

    found = _if(Binary("=", count, ZERO), missing, _by_action(action, joined))
    return _complaining(found, count, complain)


def _by_action(action: Expr, joined: Callable[[str, str], Expr]) -> Expr:
    if isinstance(action, Number):
        if action.value not in range(len(ACTIONS)):
            raise Refusal(f"VECTOR SELECT has no action {action.value:g}; the last is {len(ACTIONS) - 1}")
        return joined(*ACTIONS[int(action.value)])
    found: Expr = Number(nan)
    for number, row in enumerate(ACTIONS):
        found = _if(Binary("=", action, Number(float(number))), joined(*row), found)
    return found


def _complaining(found: Expr, count: Expr, complain: Expr) -> Expr:
    """NaN, which ends the run, where too few (1, 3) or too many (2, 3) are selected."""
    if complain == ZERO:
        return found
    if isinstance(complain, Number) and complain.value not in (1, 2, 3):
        raise Refusal("the error action of VECTOR SELECT must be 0, 1, 2 or 3")
    for few, wrong in ((ONE, Binary("=", count, ZERO)), (Number(2.0), Binary(">", count, ONE))):
        told = Binary("or", Binary("=", complain, few), Binary("=", complain, Number(3.0)))
        found = _if(Binary("and", told, wrong), Number(nan), found)
    return found


def _marked(expr: Expr) -> list[Subscript]:
    own = [subscript for subscript in expr.subscripts if subscript.bang] if isinstance(expr, Name) else []
    return own + [subscript for child in children(expr) for subscript in _marked(child)]


# ── whole arrays ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _joint(call: Call, scope: Scope, resolve: Resolve) -> Expr:
    spelled, wanted = call.function.upper().replace("_", " "), JOINT[call.function].axes
    if len(scope.left) < wanted or scope.reduced:
        raise Refusal(f"{spelled} needs a left side with {wanted} subscript ranges at its end, and stands outside sums")
    axes = scope.left[-wanted:]
    return Joint(call.function, axes, tuple(resolve(arg, scope) for arg in call.args))


def _invert_matrix(call: Call, scope: Scope, resolve: Resolve) -> Expr:
    """The inverse over the last two subscripts of the left side."""
    joint = _joint(call, scope, resolve)
    assert isinstance(joint, Joint)
    rows, columns = (axis.size for axis in joint.axes)
    size = joint.args[1]
    if rows != columns or (isinstance(size, Number) and size.value != rows):
        raise Refusal(f"INVERT MATRIX needs a square matrix of the size that it names; this one is {rows} x {columns}")
    return joint


def _allocate_available(call: Call, scope: Scope, resolve: Resolve) -> Expr:
    """Its second argument names the first of four elements: kind, priority, width and extra of a curve."""
    request, profile, available = call.args
    variable = scope.model.variables.get(profile.id) if isinstance(profile, Name) else None
    elements = scope.model.ranges[variable.dims[-1]].elements if variable and variable.dims else ()
    if not isinstance(profile, Name) or not profile.subscripts or profile.subscripts[-1].id not in elements:
        raise Refusal("the second argument of ALLOCATE AVAILABLE names an element of a variable: the first of a profile")
    first = elements.index(profile.subscripts[-1].id)
    if len(elements) < first + 4:
        raise Refusal(f"the profile of ALLOCATE AVAILABLE needs four elements from '{elements[first]}' on")
    columns = (replace(profile, subscripts=(*profile.subscripts[:-1], Subscript(id))) for id in elements[first : first + 4])
    return _joint(Call(call.function, (request, *columns, available)), scope, resolve)


VECTORS: Mapping[str, Callable[[Call, Scope, Resolve], Expr]] = {
    "allocate_available": _allocate_available,
    "allocate_by_priority": _joint,
    "invert_matrix": _invert_matrix,
    "vector_elm_map": _vector_elm_map,
    "vector_rank": _vector_rank,
    "vector_reorder": _vector_reorder,
    "vector_select": _vector_select,
    "vector_sort_order": _vector_sort_order,
}
"""Functions that are more than a function of each element; arities are in `functions.SPECIAL` and `JOINT`."""
