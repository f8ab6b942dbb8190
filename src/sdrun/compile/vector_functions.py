"""Vensim's VECTOR functions, and those of whole arrays, as nodes that both engines know.

Along the last subscript of its first argument a vector function compares each element with all others: what it gives is a sum
over them, https://www.vensim.com/documentation/vector_functions.html.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from math import inf, nan

from sdrun.compile.problems import Refusal
from sdrun.compile.scope import Scope
from sdrun.compile.vector import ONE, ZERO, Resolve, Vector, along_dimension, along_range, banged, if_, numbered
from sdrun.compile.vector_lookup import vector_lookup
from sdrun.functions import JOINT
from sdrun.model import Binary, Call, Expr, Joint, Name, Number, Reduce, Subscript, children


def _rank(vector: Vector, direction: Expr) -> Expr:
    """How many come before, and one; of equals those that stand first come first, or last where the direction is down."""

    def place(order: str) -> Expr:
        earlier = Binary(order, vector.number, vector.place)
        equal = Binary("and", Binary("=", vector.others, vector.own), earlier)
        before = Binary("or", Binary(order, vector.others, vector.own), equal)
        return Binary("+", vector.summed(if_(before, ONE, ZERO)), ONE)

    if isinstance(direction, Number):
        return place("<" if direction.value > 0 else ">")
    return if_(Binary(">", direction, ZERO), place("<"), place(">"))


def _vector_rank(call: Call, scope: Scope, resolve: Resolve) -> Expr:
    """The place of each element, from 1."""
    return _rank(along_range(call.args[0], scope, resolve, "VECTOR RANK"), resolve(call.args[1], scope))


def _vector_sort_order(call: Call, scope: Scope, resolve: Resolve) -> Expr:
    """Which element comes first, second, ...: its number from 0."""
    outer = along_range(call.args[0], scope, resolve, "VECTOR SORT ORDER")
    assert isinstance(call.args[0], Name)
    last = call.args[0].subscripts[-1].id
    innermost, (over,) = outer.inside.opened((last,))
    inner = Vector(outer.number, outer.others, over, resolve(banged(call.args[0], last), innermost), innermost)
    rank = _rank(inner, resolve(call.args[1], scope))
    return outer.summed(if_(Binary("=", rank, outer.place), Binary("-", outer.number, ONE), ZERO))


def _whole(expr: Expr) -> Expr:
    return Call("integer", (Binary("+", expr, Number(0.5)),))


def _vector_reorder(call: Call, scope: Scope, resolve: Resolve) -> Expr:
    """The elements in an order, as VECTOR SORT ORDER gives it."""
    vector = along_range(call.args[0], scope, resolve, "VECTOR REORDER")
    return vector.picked(_whole(Binary("+", resolve(call.args[1], scope), ONE)))


def _vector_elm_map(call: Call, scope: Scope, resolve: Resolve) -> Expr:
    """The element so many places behind the one that is named: https://www.vensim.com/documentation/fn_vector_elm_map.html"""
    vector = along_dimension(call.args[0], scope, resolve, "VECTOR ELM MAP")
    return vector.picked(_whole(Binary("+", vector.place, resolve(call.args[1], scope))))


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
    count = Reduce("sum", axes, if_(chosen, ONE, ZERO))
    values = {"weighted": Binary("*", selection, taken), "power": Binary("^", taken, selection), "plain": taken}

    def joined(value: str, fold: str) -> Expr:
        body = if_(chosen, values[value], EMPTY[fold])
        if fold == "mean":
            return Binary("/", Reduce("sum", axes, body), count)
        return Reduce(fold, axes, body)

    by_action = numbered(action, [partial(joined, *row) for row in ACTIONS], "VECTOR SELECT has no action")
    found = if_(Binary("=", count, ZERO), missing, by_action)
    return _complaining(found, count, complain)


def _complaining(found: Expr, count: Expr, complain: Expr) -> Expr:
    """NaN, which ends the run, where too few (1, 3) or too many (2, 3) are selected."""
    if complain == ZERO:
        return found
    if isinstance(complain, Number) and complain.value not in (1, 2, 3):
        raise Refusal("the error action of VECTOR SELECT must be 0, 1, 2 or 3")
    for few, wrong in ((ONE, Binary("=", count, ZERO)), (Number(2.0), Binary(">", count, ONE))):
        told = Binary("or", Binary("=", complain, few), Binary("=", complain, Number(3.0)))
        found = if_(Binary("and", told, wrong), Number(nan), found)
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
    "vector_lookup": vector_lookup,
    "vector_rank": _vector_rank,
    "vector_reorder": _vector_reorder,
    "vector_select": _vector_select,
    "vector_sort_order": _vector_sort_order,
}
"""Functions that are more than a function of each element; arities are in `functions.SPECIAL` and `JOINT`."""
