"""A name in the scenario -> a slot of the system; what it is instead, where it is none."""

from sdrun.errors import Problem, nearest
from sdrun.model import CONTROLS, name_id
from sdrun.system import Kind, Slot, System, by_name

OWN_KEY = {
    "initial_time": "[time] start",
    "final_time": "[time] stop",
    "time_step": "[solver] step",
    "saveper": "[time] save_every",
}
"""Where a scenario sets what a model's control variables say."""


def constant(name: str, system: System) -> Slot | Problem:
    """The parameter called `name`."""
    parameters = by_name(system.parameters)
    found = parameters.get(name_id(name))
    if name_id(name) in CONTROLS:
        return Problem(what=f"'{name}' is no parameter", help=f"set it as {OWN_KEY[name_id(name)]}")
    if found is not None:
        return found
    other = by_name(system.recorded).get(name_id(name))
    if other is None:
        known = [slot.label for slot in system.parameters if slot.id not in CONTROLS]
        return Problem(what=f"unknown parameter '{name}'", help=nearest(name, known))
    if other.kind is Kind.STOCK:
        return Problem(what=f"'{other.label}' is a stock, not a constant", help="set where it starts under [initial]")
    kind = "computed from other constants" if other.kind is Kind.CONSTANT else f"{_article(other.kind)}, not a constant"
    return Problem(what=f"'{other.label}' is {kind}", help=_inputs(other, system))


def initial_value(name: str, system: System) -> Slot | Problem:
    """The rows of p that hold the initial value of the stock called `name`."""
    found = by_name(system.initials).get(name_id(name))
    if found is not None:
        return found
    help_ = nearest(name, [slot.label for slot in system.stocks])
    other = by_name(system.recorded).get(name_id(name))
    if other is None:
        return Problem(what=f"unknown stock '{name}'", help=help_)
    if other.kind is Kind.CONSTANT:
        help_ = "set it under [parameters]"
    return Problem(what=f"'{other.label}' is {_article(other.kind)}, not a stock: it has no initial value", help=help_)


def _article(kind: Kind) -> str:
    return f"an {kind}" if kind.value[0] in "aeiou" else f"a {kind}"


def _inputs(slot: Slot, system: System) -> str | None:
    """The constants in its equation: what can be set instead."""
    labels = [
        parameter.label for parameter in system.parameters if parameter.id in slot.inputs and parameter.id not in CONTROLS
    ]
    return f"constants in its equation: {', '.join(labels)}" if labels else None
