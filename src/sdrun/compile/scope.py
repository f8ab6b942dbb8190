"""What subscripts mean at one place in an equation."""

from collections.abc import Set
from dataclasses import dataclass, replace

from sdrun.compile.dimensions import elements
from sdrun.compile.problems import Refusal
from sdrun.errors import nearest
from sdrun.functions import REDUCTIONS
from sdrun.model import Along, At, Axis, Index, Model, Position, Range, Subscript


@dataclass(frozen=True, slots=True)
class Scope:
    """The axes that subscripts can mean."""

    model: Model
    left: tuple[Axis, ...]
    reduced: tuple[Axis, ...] = ()
    depth: int = 0
    """Axes opened so far."""
    spared: frozenset[tuple[str, str]] = frozenset()
    """(range, element) of the left side that `:EXCEPT:` leaves out altogether."""

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
    axis, meant = meaning(subscript, scope)
    if not {*meant} <= {*model.ranges[dim].elements} and (mapped := partners(model, subscript.id, dim)):
        other = dict(zip(model.ranges[subscript.id].elements, mapped, strict=True))
        meant = tuple(other[element] for element in meant)
    return along(axis, positions_in(model, meant, dim), dim, model)


def meaning(subscript: Subscript, scope: Scope) -> tuple[Axis, tuple[str, ...]]:
    """The axis that a range on the right stands for, and the element of the range at each of its places: a reduced one, one of
    the left side, or one that is mapped."""
    own = scope.model.ranges[subscript.id].elements
    if subscript.bang:
        for axis in reversed(scope.reduced):
            if axis.range == subscript.id:
                return axis, own
        raise Refusal(f"'{subscript.id}!' stands outside {', '.join(map(str.upper, REDUCTIONS))}")
    for axis in scope.left:
        if axis.range == subscript.id:
            return axis, own
    for axis in scope.left:
        spared = {element for range_, element in scope.spared if range_ == axis.range}
        if found := partners(scope.model, axis.range, subscript.id, spared):
            return axis, found
    lefts = ", ".join(axis.range for axis in scope.left) or "no subscript"
    raise Refusal(f"subscript '{subscript.id}' on the right does not match the left side ({lefts})")


def place_in(subscript: Subscript, dim: str, scope: Scope) -> Position:
    """The number, from 1, in a dimension of what a range on the right stands for."""
    axis, meant = meaning(subscript, scope)
    return Position(axis, tuple(position + 1.0 for position in positions_in(scope.model, meant, dim)))


def partners(model: Model, left: str, right: str, spared: Set[str] = frozenset()) -> tuple[str, ...]:
    """For each element of a range on the left the one of a range on the right that belongs to it; empty where neither maps to
    the other, or to a range that has all elements of it.  The `spared` need none.

    https://www.vensim.com/documentation/ref_subscript_mapping.html

    Raises Refusal where an element has no partner, or several.
    """
    elements = model.ranges[left].elements
    if left == right:
        return elements
    for pairs in (_pairs(model, right, left, back=True), _pairs(model, left, right, back=False)):
        if pairs:
            needed = [element for element in elements if element not in spared]
            return tuple(_only(pairs.get(element, ()), element, right, element in needed, model) for element in elements)
    return ()


def _only(found: tuple[str, ...], element: str, right: str, needed: bool, model: Model) -> str:
    if needed and len(found) != 1:
        raise Refusal(f"{'several elements' if found else 'no element'} of '{right}' are mapped to '{element}'")
    return found[0] if found else model.ranges[right].elements[0]


def _pairs(model: Model, source: str, target: str, back: bool) -> dict[str, tuple[str, ...]]:
    """By element of `source` those of `target` that it is mapped to, or `back`: by element of `target` those mapped to it."""
    range_, found = model.ranges[source], dict[str, tuple[str, ...]]()
    for id in _like(model, target, range_):
        parts = range_.maps_to[id]
        if parts is None:
            parts = tuple((element,) for element in model.ranges[id].elements)
            if len(parts) != len(range_.elements):
                continue
        pairs = [(one, other) for one, part in zip(range_.elements, parts, strict=True) for other in part]
        for one, other in ((other, one) for one, other in pairs) if back else pairs:
            found[one] = (*found.get(one, ()), other)
    return found


def _like(model: Model, id: str, mapped: Range) -> tuple[str, ...]:
    """The range itself where it is mapped to, or else those mapped to that have all its elements."""
    if id in mapped.maps_to:
        return (id,)
    wanted = {*model.ranges[id].elements}
    return tuple(other for other in mapped.maps_to if wanted <= {*model.ranges[other].elements})
