"""Dates that count by another unit than the model: Vensim keeps what dates count apart from the unit of TIME STEP."""

from collections.abc import Iterator

from sdrun.errors import Problem
from sdrun.model import Calendar, Call, Expr, Model, Number, walk
from sdrun.units import parse_unit
from sdrun.validate.subject import problem


def miscounted_dates(model: Model) -> Iterator[Problem]:
    """A problem for each variable that asks for a date, where the units differ."""
    step = model.variables.get("time_step")
    if model.calendar is None or step is None or not step.units.strip() or _is_unit(step.units, model.calendar):
        return
    what = f"the file counts dates in {model.calendar.unit}s, and TIME STEP is in {step.units.strip()}"
    for variable in model.variables.values():
        if any(_is_date(node) for equation in variable.equations for node in walk(equation.expression)):
            yield problem(model, variable, f"'{variable.label}': {what}", "Vensim: Model > Settings > Time Bounds")


def _is_unit(units: str, calendar: Calendar) -> bool:
    try:
        return parse_unit(units) == parse_unit(calendar.unit)
    except ValueError:
        return False


def _is_date(node: Expr) -> bool:
    return isinstance(node, Call) and node.function == "get_time_value" and node.args[2:] != (Number(0.0),)
