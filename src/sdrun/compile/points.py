"""What the tables of a model's lookups and data are made of, and the lookup variables that hold more of them."""

from dataclasses import dataclass, replace

from sdrun.functions import DATA
from sdrun.model import Array, Call, Equation, Lookup, Model, Name, Number, Range, Subscript, Table, Variable

TIME = Name("time")


@dataclass(frozen=True, slots=True)
class Place:
    """The equation that a table is read in, and what has been hidden so far."""

    model: Model
    variable: Variable
    equation: Equation
    hidden: dict[tuple[Equation, ...], Variable]
    """Lookup variables by their equations; grows while one model is compiled."""
    ranges: dict[str, Range]
    """The model's, and those of the points of data that windows of time are put to; grows too."""
    points: dict[str, Variable]
    """Times and values of such points; grows too."""


def hide(place: Place, origin: Variable, equations: tuple[Equation, ...], subscripts: tuple[Subscript, ...]) -> Name:
    """The lookup variable with these equations, each a table, at `subscripts`."""
    if equations not in place.hidden:
        id = f"_{origin.id}:table {len(place.hidden) + 1}"  # no id of the model has a colon
        place.hidden[equations] = Variable(
            id=id, label=f"points of {origin.label}", equations=equations, units=origin.units, line=origin.line
        )
    return Name(place.hidden[equations].id, subscripts)


def changed(equation: Equation, table: Table) -> Equation:
    """`equation` with other points."""
    return replace(equation, expression=table)


def points_of(variable: Variable, constant: float = 1.0) -> list[Table] | None:
    """The points of a lookup or data variable, equation by equation; a constant has one, its value times `constant`."""
    found: list[Table] = []
    for equation in variable.equations:
        match equation.expression:
            case (Table() as table) | Lookup(Table() as table, Name("time")):
                found.append(table)
            case Number(value):
                found.append(Table((0.0,), (value * constant,)))
            case Array(values):
                found.append(Table((0.0,), tuple(value * constant for value in values)))
            case _:
                return None
    return found


def is_data(variable: Variable) -> bool:
    """Whether any of its equations is a table of the time, read from a file."""
    return any(
        isinstance(eq.expression, Lookup) and eq.expression.argument == TIME and eq.external for eq in variable.equations
    )


def is_computed(variable: Variable) -> bool:
    """Whether it is data computed from others."""
    return any(isinstance(eq.expression, Call) and eq.expression.function in DATA for eq in variable.equations)
