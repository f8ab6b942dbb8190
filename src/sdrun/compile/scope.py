"""What subscripts mean at one place in an equation."""

from dataclasses import dataclass, replace

from sdrun.compile.dimensions import elements
from sdrun.compile.problems import Refusal
from sdrun.errors import nearest
from sdrun.functions import REDUCTIONS
from sdrun.model import Along, At, Axis, Index, Model, Subscript


@dataclass(frozen=True, slots=True)
class Scope:
    """The axes that subscripts can mean."""

    model: Model
    left: tuple[Axis, ...]
    reduced: tuple[Axis, ...] = ()
    depth: int = 0
    """Axes opened so far."""

    def opened(self, ids: tuple[str, ...]) -> tuple["Scope", tuple[Axis, ...]]:
        """The scope inside something that runs over ranges, and its axes."""
        sizes = (len(self.model.ranges[id].elements) for id in ids)
        axes = tuple(Axis(id, size, depth) for depth, (id, size) in enumerate(zip(ids, sizes, strict=True), start=self.depth))
        return replace(self, reduced=self.reduced + axes, depth=self.depth + len(axes)), axes


def along(axis: Axis, positions: tuple[int, ...], dim: str, model: Model) -> Along:
    """The axis through these positions of a dimension."""
    whole = positions == tuple(range(len(model.ranges[dim].elements)))
    return Along(axis, None if whole else positions)


def positions_in(model: Model, wanted: tuple[str, ...], dim: str) -> tuple[int, ...]:
    """Where elements stand in a dimension."""
    order = {element: position for position, element in enumerate(model.ranges[dim].elements)}
    if missing := [element for element in wanted if element not in order]:
        raise Refusal(f"'{missing[0]}' is not an element of '{dim}'", nearest(missing[0], order))
    return tuple(order[element] for element in wanted)


def index_of(subscript: Subscript, dim: str, scope: Scope) -> Index:
    """A subscript of a variable's dimension, as a position or an axis."""
    model = scope.model
    if subscript.id not in model.ranges:
        return At(positions_in(model, elements(model, subscript.id), dim)[0])
    axis = axis_of(subscript, scope)
    return along(axis, _mapped_positions(model, subscript.id, dim), dim, model)


def axis_of(subscript: Subscript, scope: Scope) -> Axis:
    """The axis that a range on the right stands for: a reduced one, one of the left side, or one mapped to it."""
    if subscript.bang:
        for axis in reversed(scope.reduced):
            if axis.range == subscript.id:
                return axis
        raise Refusal(f"'{subscript.id}!' stands outside {', '.join(map(str.upper, REDUCTIONS))}")
    for axis in scope.left:
        if axis.range == subscript.id:
            return axis
    size = len(scope.model.ranges[subscript.id].elements)
    for axis in scope.left:
        if axis.size == size and _map(scope.model, axis.range, subscript.id):
            return axis
    lefts = ", ".join(axis.range for axis in scope.left) or "no subscript"
    raise Refusal(f"subscript '{subscript.id}' on the right does not match the left side ({lefts})")


def _mapped_positions(model: Model, id: str, dim: str) -> tuple[int, ...]:
    """Where the elements of range `id` lie in `dim`: by name, or one by one where the ranges are mapped."""
    wanted = model.ranges[id].elements
    if not set(wanted) <= set(model.ranges[dim].elements) and _map(model, id, dim):
        return tuple(range(len(wanted)))
    return positions_in(model, wanted, dim)


def _map(model: Model, one: str, other: str) -> bool:
    return other in model.ranges[one].maps_to or one in model.ranges[other].maps_to
