"""VECTOR LOOKUP: a lookup whose values are the elements of a variable, evenly spaced between two x, and may change.

https://www.vensim.com/documentation/fn_vector_lookup.html
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from math import inf, nan

from sdrun.compile.problems import Refusal
from sdrun.compile.scope import Scope
from sdrun.compile.vector import ONE, ZERO, Resolve, Vector, along_dimension, if_, numbered
from sdrun.model import Along, Binary, Call, Expr, Number, Read, Reduce

HALF = Number(0.5)


@dataclass(frozen=True, slots=True)
class Curve:
    """A vector's elements over x, which counts in steps from the first of them, and what is asked of it."""

    vector: Vector
    step: Expr
    first: Expr
    """The x of the first element."""
    asked: Expr
    """An x, or for the inverse a value."""

    @property
    def last(self) -> Number:
        """Steps to the last element."""
        return Number(self.vector.over.size - 1.0)

    @property
    def at(self) -> Expr:
        """Steps from the first element to the x that is asked for."""
        return _op(_op(self.asked, "-", self.first), "/", self.step)

    @property
    def held(self) -> Expr:
        """The same, not beyond the ends."""
        return Call("min", (Call("max", (self.at, ZERO)), self.last))


def vector_lookup(call: Call, scope: Scope, resolve: Resolve) -> Expr:
    """What the mode asks of the curve through the elements.

    Where the manual leaves it open: an area before the first x is negative, whether the curve is held there or goes on; an
    inverse that goes on looks between the ends first; the slope at an end is that of the stretch.
    """
    vector = along_dimension(call.args[0], scope, resolve, "VECTOR LOOKUP")
    if vector.place != ONE:
        raise Refusal("VECTOR LOOKUP takes a vector by its first element")
    if vector.over.size < 2:
        raise Refusal("VECTOR LOOKUP takes a vector of two elements or more")
    x, first, last, mode = (resolve(arg, scope) for arg in call.args[1:])
    curve = Curve(vector, _op(_op(last, "-", first), "/", Number(vector.over.size - 1.0)), first, x)
    return numbered(mode, [partial(read, curve) for read in MODES], "VECTOR LOOKUP has no mode")


def _op(left: Expr, op: str, right: Expr) -> Binary:
    return Binary(op, left, right)


def _stretch(curve: Curve, at: Expr) -> Expr:
    """The number, from 0, of the stretch that a place lies in; beyond the ends the first or last."""
    return Call("min", (Call("max", (Call("floor", (at,)), ZERO)), _op(curve.last, "-", ONE)))


def _ends(curve: Curve, stretch: Expr, before: Expr, after: Expr) -> Expr:
    """The elements at the ends of a stretch, each times its share."""
    vector = curve.vector
    number = _op(vector.number, "-", ONE)
    later = if_(_op(number, "=", _op(stretch, "+", ONE)), _op(vector.others, "*", after), ZERO)
    return vector.summed(if_(_op(number, "=", stretch), _op(vector.others, "*", before), later))


def _value(curve: Curve, at: Expr) -> Expr:
    stretch = _stretch(curve, at)
    into = _op(at, "-", stretch)
    return _ends(curve, stretch, _op(ONE, "-", into), into)


def _area(curve: Curve, at: Expr) -> Expr:
    """Whole stretches as trapezoids, and a part of one."""
    vector, stretch = curve.vector, _stretch(curve, at)
    into = _op(at, "-", stretch)
    square = _op(_op(into, "*", into), "*", HALF)
    earlier = vector.summed(if_(_op(vector.number, "<=", stretch), vector.others, ZERO))
    part = _ends(curve, stretch, _op(_op(HALF, "+", into), "-", square), square)
    return _op(curve.step, "*", _op(_op(earlier, "+", part), "-", _op(HALF, "*", vector.own)))


def _area_held(curve: Curve) -> Expr:
    beyond = _op(curve.asked, "-", _op(curve.first, "+", _op(curve.step, "*", curve.held)))
    return _op(_area(curve, curve.held), "+", _op(beyond, "*", _value(curve, curve.held)))


def _slope(curve: Curve) -> Expr:
    """At an element the mean of the slopes before and after it."""
    at, stretch = curve.at, _stretch(curve, curve.at)
    rises = _ends(curve, stretch, Number(-1.0), ONE)
    before = _ends(curve, _op(stretch, "-", ONE), Number(-1.0), ONE)
    inner = _op(_op(at, "=", stretch), "and", _op(stretch, ">", ZERO))
    return _op(if_(inner, _op(HALF, "*", _op(before, "+", rises)), rises), "/", curve.step)


def _slope_held(curve: Curve) -> Expr:
    inside = _op(_op(curve.at, ">=", ZERO), "and", _op(curve.at, "<=", curve.last))
    return if_(inside, _slope(curve), ZERO)


def _inverse(curve: Curve, beyond: Expr) -> Expr:
    """The smallest x with a value; `beyond`, in steps from the first element, where there is none between the ends."""
    vector, asked = curve.vector, curve.asked
    here, there = vector.others, _following(vector)
    low, high = Call("min", (here, there)), Call("max", (here, there))
    has = _op(_op(asked, ">=", low), "and", _op(asked, "<=", high))
    into = Call("safediv", (_op(asked, "-", here), _op(there, "-", here), ZERO))
    place = if_(has, _op(_op(vector.number, "-", ONE), "+", into), Number(inf))
    found = Reduce("vmin", (vector.over,), place)
    return _op(curve.first, "+", _op(curve.step, "*", if_(_op(found, "<=", curve.last), found, beyond)))


def _following(vector: Vector) -> Read:
    """Each element's next; the last is its own."""
    assert isinstance(vector.others, Read)
    size = vector.over.size
    after = Along(vector.over, (*range(1, size), size - 1))
    return replace(vector.others, indices=(*vector.others.indices[:-1], after))


def _going_on(curve: Curve) -> Expr:
    """Where the first stretch, or else the last, has the value beyond its end, in steps from the first element."""

    def crossing(stretch: Expr) -> Expr:
        rise = _op(curve.asked, "-", _ends(curve, stretch, ONE, ZERO))
        return _op(stretch, "+", Call("safediv", (rise, _ends(curve, stretch, Number(-1.0), ONE), Number(nan))))

    left, right = crossing(ZERO), crossing(_op(curve.last, "-", ONE))
    return if_(_op(left, "<=", ZERO), left, if_(_op(right, ">=", curve.last), right, Number(nan)))


MODES: tuple[Callable[[Curve], Expr], ...] = (
    lambda curve: _value(curve, curve.held),
    _area_held,
    lambda curve: curve.vector.picked(_op(Call("floor", (curve.held,)), "+", ONE)),
    lambda curve: _value(curve, curve.at),
    lambda curve: curve.vector.picked(_op(ONE, "-", Call("floor", (_op(ZERO, "-", curve.held),)))),
    lambda curve: _inverse(curve, Number(nan)),
    _slope_held,
    lambda curve: _area(curve, curve.at),
    lambda curve: _inverse(curve, _going_on(curve)),
    _slope,
)
"""By number: as a lookup, its LOOKUP AREA from the first x, BACKWARD, EXTRAPOLATE, FORWARD, INVERT and SLOPE; and area, inverse
and slope of one that goes on along its end slopes.
"""
