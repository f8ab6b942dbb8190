"""A system and a model made by hand, with no parser or compiler behind them."""

from pathlib import Path
from typing import Any

import numpy as np

from sdrun.model import Array, Equation, Model, Name, Number, Range, Subscript, Variable
from sdrun.scenario import Case, Setting
from sdrun.system import Dimension, Kind, Slot, System

STATE = Dimension(id="state", name="state", elements=("usa", "chn", "rus"), labels=("USA", "CHN", "RUS"))
OTHER = Dimension(id="other", name="other", elements=STATE.elements, labels=STATE.labels)
NAN = float("nan")


def constant(label: str, start: int, *dims: str, **fields: Any) -> Slot:
    id_ = label.lower().replace(" ", "_")
    return Slot(id=id_, name=id_, label=label, start=start, dims=dims, shape=(3,) * len(dims), kind=Kind.CONSTANT, **fields)


PARAMETERS = (
    constant("INITIAL TIME", 0),
    constant("FINAL TIME", 1),
    constant("TIME STEP", 2),
    constant("free riding", 3, limits=(0.0, 0.8), units="Dmnl"),
    constant("delay", 4, units="Year"),
    constant("growth", 5, "state", units="1/Year"),
    constant("distance", 8, "state", "other", units="km?("),
)
STOCK = Slot(id="power", name="power", label="Power", dims=("state",), shape=(3,), kind=Kind.STOCK, limits=(0.0, None))
SIZE = Slot(id="size", name="size", label="size", start=3, kind=Kind.STOCK)
RECORDED = (
    *PARAMETERS,
    STOCK,
    SIZE,
    Slot(id="saveper", name="saveper", label="SAVEPER", kind=Kind.AUXILIARY, inputs=("time_step",)),
    Slot(id="threat", name="threat", label="threat", inputs=("power", "free_riding")),
    Slot(id="double_delay", name="double_delay", label="double delay", kind=Kind.CONSTANT, inputs=("delay",)),
)


def system(**changes: Any) -> System:
    """Three states; SAVEPER = 2 * TIME STEP."""
    fields: dict[str, Any] = {
        "stocks": (STOCK, SIZE),
        "parameters": PARAMETERS,
        "initials": (
            Slot(id="power", name="power", label="Power", dims=("state",), shape=(3,), start=17, kind=Kind.STOCK),
            Slot(id="size", name="size", label="size", start=20, kind=Kind.STOCK),
        ),
        "recorded": RECORDED,
        "dimensions": {"state": STATE, "other": OTHER},
        "defaults": np.array([0.0, 10, 0.5, 0.4, 3, 1, 2, 3, *range(9), NAN, NAN, NAN, NAN])[:, None],
        "non_negative": (),
        "source": "",
        "constants": lambda p, held: (p,),
        "initial": lambda t, mode, dt, p: (np.zeros((4, 1)), np.zeros((0, 1))),
        "rhs": lambda t, mode, dt, y, constants: np.zeros((4, 1)),
        "outputs": lambda t, mode, dt, y, constants: {"saveper": 2 * constants[0][2]},
        "breaks": lambda constants: (),
    }
    return System(**{**fields, **changes})


def case(**fields: Any) -> Case:
    """A case whose settings are given as dicts."""
    for table in ("parameters", "initial"):
        if isinstance(given := fields.get(table), dict):
            fields[table] = tuple(Setting(name=name, value=value) for name, value in given.items())
    return Case(name="case", model=Path("m.mdl"), **fields)


def variable(label: str, *equations: Equation, line: int | None = None) -> Variable:
    return Variable(id=label.lower().replace(" ", "_"), label=label, equations=equations, line=line)


def model(path: Path = Path("m.mdl")) -> Model:
    """Three states, an alias of them, a sub-range, and lists of numbers over them."""
    state = Range(id="state", label="State", elements=("usa", "chn", "rus"), labels=("USA", "CHN", "RUS"))
    variables = (
        variable("growth", Equation(subscripts=("state",), expression=Array((1.0, 2.0, 3.0))), line=3),
        variable("distance", Equation(subscripts=("state", "other"), expression=Array(tuple(map(float, range(9))))), line=4),
        variable("scale", Equation(expression=Number(2.0)), line=5),
        variable("leader", Equation(expression=Name("growth", (Subscript("usa"),))), line=6),
    )
    ranges = (
        state,
        Range(id="other", label="other", elements=state.elements, labels=state.labels, alias_of="state"),
        Range(id="east", label="east", elements=("chn", "rus"), labels=("CHN", "RUS")),
        Range(id="index", label="index", elements=("gdp",), labels=("GDP",)),
    )
    return Model(path=path, variables={each.id: each for each in variables}, ranges={each.id: each for each in ranges})
