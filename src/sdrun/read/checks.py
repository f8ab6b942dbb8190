"""What takes two keys to judge.  Works on what the files state, so it finds faults beside those of `problems`, not after."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from sdrun.errors import Problem
from sdrun.read.layers import Layer, Leaf
from sdrun.read.settings import COLUMN, VALUED, setting_form

OPERATIONS = ("value", "multiply", "add")


def is_number(value: object) -> TypeGuard[float]:
    """Whether it is a number of TOML."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def setting_problems(layer: Layer) -> list[Problem]:
    """Of settings in the layer and its variants: values outside their own range, data files without a time."""
    layers = [layer, *layer.variants.values()]
    leaves = [leaf for each in layers for table in ("parameters", "initial") for leaf in each.leaves(table).values()]
    return [problem for leaf in leaves for problem in (*_range(leaf), *_column(leaf))]


def _range(leaf: Leaf) -> Iterator[Problem]:
    if setting_form(leaf.value) != VALUED:
        return
    bounds = leaf.value.get("range")
    if not (isinstance(bounds, list) and len(bounds) == 2 and all(map(is_number, bounds))):
        return
    low, high = bounds
    where = leaf.place("range", of_value=True)
    if not low <= high:
        yield Problem(what=f"the range of '{leaf.name}' ends before it starts: {low:g} to {high:g}", place=where)
        return
    for value in _numbers(leaf.value.get("value")):
        if not low <= value <= high:
            what = f"'{leaf.name}' = {value:g} is outside its own range {low:g} to {high:g}"
            yield Problem(what=what, place=leaf.place("value", of_value=True))


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _numbers(inner)
    elif is_number(value):
        yield float(value)


def _column(leaf: Leaf) -> Iterator[Problem]:
    if setting_form(leaf.value) == COLUMN and ("time" in leaf.value) != ("at" in leaf.value):
        have, lack = ("time", "at") if "time" in leaf.value else ("at", "time")
        what = f"'{have}' of '{leaf.name}' needs '{lack}': the column that holds the time, and the time to take"
        yield Problem(what=what, place=leaf.place(have))


def case_problems(layer: Layer) -> list[Problem]:
    """Of a case, all merged: time and events."""
    return [*_time(layer), *_events(layer)]


def _time(layer: Layer) -> Iterator[Problem]:
    leaves = layer.leaves("time")
    start, stop, save_every = (_number(leaves.get(key)) for key in ("start", "stop", "save_every"))
    if start is None or stop is None:
        return
    if not start < stop:
        what = (
            f"the run stops at {stop:g}, before it starts at {start:g}"
            if stop < start
            else f"the run starts and stops at {stop:g}"
        )
        yield Problem(what=what, place=leaves["stop"].place(of_value=True), help="stop must be after start")
    elif save_every is not None and save_every > (stop - start) * (1 + 1e-9):
        what = f"save_every is {save_every:g}, longer than the run of {stop - start:g}"
        yield Problem(what=what, place=leaves["save_every"].place(of_value=True))


def _number(leaf: Leaf | None) -> float | None:
    return float(leaf.value) if leaf is not None and is_number(leaf.value) else None


def _events(layer: Layer) -> Iterator[Problem]:
    leaf = layer.leaves("").get("events")
    for number, event in enumerate(leaf.value if leaf is not None and isinstance(leaf.value, list) else []):
        if leaf is not None and isinstance(event, Mapping):
            yield from _event(leaf, number, event)


def _event(leaf: Leaf, number: int, event: Mapping[str, Any]) -> Iterator[Problem]:
    given = [operation for operation in OPERATIONS if operation in event]
    if len(given) != 1:
        what = f"an event has {' and '.join(given)}" if given else "an event changes nothing"
        where = leaf.place(number, given[1]) if given else leaf.place(number)
        yield Problem(what=what, place=where, help="give exactly one of value, multiply and add")
    at, until = event.get("at"), event.get("until")
    if is_number(at) and is_number(until) and not until > at:
        what = f"an event lasts until {until:g}, but starts at {at:g}"
        yield Problem(what=what, place=leaf.place(number, "until", of_value=True), help="until must be after at")
