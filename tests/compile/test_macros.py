"""Macros made by hand, called by models made by hand: each call has variables of its own."""

from pathlib import Path

import numpy as np
import pytest

from sdrun.compile import compile_model
from sdrun.compile.macros import MOST_CALLS, inline_macros
from sdrun.errors import ModelError, Problem
from sdrun.model import (
    Binary,
    Call,
    Equation,
    Expr,
    Lookup,
    Macro,
    Model,
    Name,
    Number,
    Parameter,
    Range,
    Subscript,
    Table,
    Variable,
)
from sdrun.simulation import Setup
from sdrun.solve import integrate

LINES = {"x": 3, "y": 4}
REGION = Range(id="region", label="region", elements=("n", "s"), labels=("n", "s"))


def variable(id: str, *expressions: Expr, left: tuple[str, ...] = ()) -> Variable:
    return Variable(
        id=id,
        label=id.replace("_", " "),
        equations=tuple(Equation(subscripts=left, expression=expression) for expression in expressions),
        line=LINES.get(id),
    )


def model(*variables: Variable, macros: tuple[Macro, ...] = ()) -> Model:
    controls = {"initial_time": 0.0, "final_time": 2.0, "time_step": 1.0, "saveper": 1.0}
    stated = [*variables, *(variable(id, Number(value)) for id, value in controls.items())]
    return Model(path=Path("x.mdl"), variables={v.id: v for v in stated}, ranges={"region": REGION}, macros=macros)


def macro(
    id: str, value: Expr, *variables: Variable, parameters: tuple[str | Parameter, ...] = ("in", "tau"), **rest: object
) -> Macro:
    told = tuple(Parameter(id=parameter) if isinstance(parameter, str) else parameter for parameter in parameters)
    return Macro(id=id, label=id.upper(), parameters=told, value=value, variables={v.id: v for v in variables}, **rest)  # type: ignore[arg-type]


def minus(a: Expr, b: Expr) -> Expr:
    return Binary("-", a, b)


def times(a: Expr, b: Expr) -> Expr:
    return Binary("*", a, b)


def values(stated: Model) -> dict[str, np.ndarray]:
    """At times 0, 1 and 2 of steps of 1 by Euler, by either engine alike."""
    system = compile_model(stated)
    found = []
    for engine in ("numpy", "llvm"):
        setup = Setup(parameters=system.defaults, times=np.arange(3.0), step=1.0, method="euler", engine=engine)
        found.append({name: array[..., 0] for name, array in integrate(system, setup).values.items()})
    for name, array in found[0].items():
        np.testing.assert_allclose(array, found[1][name], rtol=1e-14)
    return found[0]


def problems(stated: Model) -> tuple[Problem, ...]:
    with pytest.raises(ModelError) as caught:
        compile_model(stated)
    return caught.value.problems


IN, TAU, LEVEL = Name("in"), Name("tau"), Name("level")
SMOOTHED = macro(
    "smoothed",
    LEVEL,
    variable("level", Call("integ", (Name("gap"), Number(0.0)))),
    variable("gap", Binary("/", minus(IN, LEVEL), TAU)),
)
"""A stock from 0 that closes a share 1/tau of its gap to `in` each step."""


def test_every_call_has_a_stock_of_its_own() -> None:
    x = variable("x", Call("smoothed", (Number(8.0), Number(2.0))))
    y = variable("y", Call("smoothed", (Number(9.0), Number(3.0))))
    found = values(model(x, y, macros=(SMOOTHED,)))
    assert found["x"].tolist() == [0.0, 4.0, 6.0]
    np.testing.assert_allclose(found["y"], [0.0, 3.0, 5.0], rtol=1e-15)
    assert {"x", "y"} == {name for name in found if not name.endswith(("time", "step", "saveper"))}


def test_an_arrayed_equation_has_a_stock_for_every_element() -> None:
    region = (Subscript("region"),)
    goal = Variable(id="goal", label="goal", equations=(
        Equation(subscripts=("n",), expression=Number(8.0)), Equation(subscripts=("s",), expression=Number(16.0)),
    ))  # fmt: skip
    x = variable(
        "x",
        Binary("+", Call("smoothed", (times(Number(1.0), Name("goal", region)), Number(2.0))), Number(1.0)),
        left=("region",),
    )
    assert values(model(goal, x, macros=(SMOOTHED,)))["x"].tolist() == [[1.0, 5.0, 7.0], [1.0, 9.0, 13.0]]


def test_variables_of_macros_are_not_those_of_the_model() -> None:
    x = variable("x", minus(Call("smoothed", (LEVEL, Number(2.0))), Name("gap")))
    found = values(model(variable("level", Number(8.0)), variable("gap", Number(1.0)), x, macros=(SMOOTHED,)))
    assert found["x"].tolist() == [-1.0, 3.0, 5.0] and (found["level"] == 8.0).all() and (found["gap"] == 1.0).all()


def test_other_names_are_those_of_the_model() -> None:
    clock = macro("ahead", Binary("+", Name("time"), Name("lead")), parameters=())
    assert values(model(variable("lead", Number(5.0)), variable("x", Call("ahead", ())), macros=(clock,)))["x"].tolist() == [
        5,
        6,
        7,
    ]


def test_macros_call_macros() -> None:
    twice = macro("twice", Name("second"), variable("second", Call("smoothed", (Name("first"), TAU))),
                  variable("first", Call("smoothed", (IN, TAU))))  # fmt: skip
    x = variable("x", Call("twice", (Call("smoothed", (Number(8.0), Number(1.0))), Number(2.0))))
    # innermost 0, 8, 8; then half of the gap each step: 0, 0, 4; then 0, 0, 0
    assert values(model(x, macros=(twice, SMOOTHED)))["x"].tolist() == [0.0, 0.0, 0.0]
    y = variable("x", Call("twice", (Number(8.0), Number(1.0))))
    assert values(model(y, macros=(SMOOTHED, twice)))["x"].tolist() == [0.0, 0.0, 8.0]


def test_parameters_have_defaults_that_name_those_before() -> None:
    told = (Parameter(id="in"), Parameter(id="tau", default=times(IN, Number(2.0))), Parameter(id="add", default=TAU))
    stated = macro("f", Binary("+", times(IN, TAU), Name("add")), parameters=told)
    found = values(
        model(*(variable(f"x{n}", Call("f", tuple(map(Number, (3.0, 5.0, 7.0)[:n])))) for n in (1, 2, 3)), macros=(stated,))
    )
    assert [found[f"x{n}"].ravel()[0] for n in (1, 2, 3)] == [24.0, 20.0, 22.0]


def test_one_name_with_different_numbers_of_parameters() -> None:
    one, two = (macro("f", value, parameters=told) for value, told in ((IN, ("in",)), (times(IN, TAU), ("in", "tau"))))
    stated = model(variable("x", minus(Call("f", (Number(3.0),)), Call("f", (Number(3.0), Number(4.0))))), macros=(one, two))
    assert values(stated)["x"].ravel()[0] == -9.0
    (found,) = problems(model(variable("x", Call("f", ())), macros=(one, two)))
    assert found.what == "'x': the macro F takes 1 or 2 arguments, not 0"
    assert found.place is not None and found.place.line == 3


def test_tables_and_arrays_as_arguments() -> None:
    table = variable("curve", Table((0.0, 1.0), (0.0, 10.0)))
    read = macro("read", Binary("+", Call("tau", (IN,)), Lookup(TAU, Number(1.0))))
    stated = model(table, variable("x", Call("read", (Number(0.5), Name("curve")))), macros=(read,))
    assert values(stated)["x"].ravel()[0] == 15.0
    total = macro("total", Call("sum", (Name("in", (Subscript("region", bang=True),)),)), parameters=("in",))
    array = variable("a", Number(4.0), left=("region",))
    assert values(model(array, variable("x", Call("total", (Name("a"),))), macros=(total,)))["x"].ravel()[0] == 8.0


def test_expressions_inside_sums() -> None:
    plain = macro("f", times(IN, TAU))
    array = variable("a", Number(4.0), left=("region",))
    marked = Name("a", (Subscript("region", bang=True),))
    stated = model(array, variable("x", Call("sum", (Call("f", (marked, Number(2.0))),))), macros=(plain,))
    assert values(stated)["x"].ravel()[0] == 16.0
    (found,) = problems(model(array, variable("x", Call("sum", (Call("smoothed", (marked, TAU)),))), macros=(SMOOTHED,)))
    assert found.what == "'x': the macro SMOOTHED inside SUM is not supported"
    assert found.help == "give it a variable of its own"


def test_further_outputs_name_variables_of_the_model() -> None:
    two = macro("two", LEVEL, *SMOOTHED.variables.values(), outputs=("gap",))
    stated = model(
        variable("x", Call("two", (Number(8.0), Number(2.0), Name("remaining")))),
        variable("y", Name("remaining")),
        macros=(two,),
    )
    found = values(stated)
    assert found["remaining"].tolist() == found["y"].tolist() == [4.0, 2.0, 1.0]
    call = Call("two", (Number(8.0), Number(2.0), Name("y")))
    told = [problem.what for problem in problems(model(variable("x", call), variable("y", Number(1.0)), macros=(two,)))]
    assert told == ["'y' is an output of a macro, and defined by an equation too"]


def test_macros_that_call_themselves() -> None:
    one, two = macro("one", Call("two", (IN, TAU))), macro("two", Call("one", (IN, TAU)), line=7)
    (found,) = problems(model(variable("x", Number(1.0)), macros=(one, two)))
    assert found.what in {f"macros that call themselves are not supported: {way}" for way in (
        "'ONE' -> 'TWO' -> 'ONE'", "'TWO' -> 'ONE' -> 'TWO'")}  # fmt: skip


def test_macros_that_multiply_beyond_measure() -> None:
    layers = [
        macro(
            f"m{n}",
            Name("v"),
            variable("v", Binary("+", Call(f"m{n + 1}", (IN,)), Call(f"m{n + 1}", (IN,)))),
            parameters=("in",),
        )
        for n in range(30)
    ]
    last = macro("m30", IN, parameters=("in",))
    (found,) = problems(model(variable("x", Call("m0", (Number(1.0),))), macros=(*layers, last)))
    assert f"more than {MOST_CALLS} calls" in found.what


def test_equations_that_macros_make_too_large() -> None:
    square = macro("square", times(IN, IN), parameters=("in",))
    power = Name("time")
    for _ in range(30):
        power = Call("square", (power,))
    (found,) = problems(model(variable("x", power), macros=(square,)))
    assert found.what == "'x': with its macros written out, its equation is too large"


def test_what_is_wrong_inside_tells_who_calls() -> None:
    odd = macro("odd", Name("v"), variable("v", Name("nowhere")), parameters=())
    (found,) = problems(model(variable("x", Call("odd", ())), macros=(odd,)))
    assert found.what == "'v in ODD, called by x' uses 'nowhere', which is not defined"


def test_parameters_that_are_not_what_the_macro_needs() -> None:
    read, pick = macro("read", Lookup(IN, TAU)), macro("pick", Name("in", (Subscript("n"),)), parameters=("in",))
    stated = model(
        variable("x", Call("read", (times(Number(2.0), Name("time")), Number(1.0)))),
        variable("y", Call("pick", (Number(1.0),))),
        macros=(read, pick),
    )
    assert [found.what for found in problems(stated)] == [
        "'x': 'READ' uses the parameter 'in' as a lookup; the call gives it an expression",
        "'y': 'PICK' uses the parameter 'in' with subscripts; the call gives it an expression",
    ]


def test_a_model_without_macros_is_left_alone() -> None:
    stated = model(variable("x", Number(1.0)))
    assert inline_macros(stated) is stated
