"""Names and texts of a model never become code, and never hide each other."""

import ast
import builtins
import keyword
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdrun.compile import compile_model
from sdrun.compile.fold import fold
from sdrun.compile.identifiers import RESERVED, identifiers
from sdrun.compile.text import expression_text
from sdrun.model import (
    Array,
    Between,
    Binary,
    Call,
    Equation,
    Expr,
    Lookup,
    Model,
    Name,
    Number,
    Range,
    Subscript,
    Table,
    Unary,
    Variable,
)
from sdrun.system import System

PAYLOADS = [
    '"""\nimport builtins; builtins.sdrun_was_here = 1\n"""',
    "'''; __import__('builtins').sdrun_was_here = 1 #",
    "\\\nbuiltins.sdrun_was_here = 1\\",
    "x\rimport builtins\rbuiltins.sdrun_was_here = 1",
    "x\u2028import builtins\u2028builtins.sdrun_was_here = 1",
    "x\x0cimport builtins\x0bbuiltins.sdrun_was_here = 1",
    "# -*- coding: utf-7 -*- +AAo-import builtins",
    "{0.__class__} {version} %s %(x)s \x00 \udcff \x1b[2J",
    "_array",
    "_y",
    "__import__",
    "exec",
    "rhs",
    "lambda",
    "None",
]


def model(labels: list[str], path: str = "hand.mdl") -> Model:
    """A parameter, an array, a lookup, an auxiliary and a stock for each label, which is also their unit and so on."""
    variables: dict[str, Variable] = {}
    ranges: dict[str, Range] = {}
    for k, label in enumerate(labels):
        i, here = f"range {label} {k}", (Subscript(f"range {label} {k}"),)
        ranges[i] = Range(id=i, label=label, elements=(f"{label} p{k}", f"{label} q{k}"), labels=(label + " p", label + " q"))
        value = Binary(
            "+", Lookup(Name(f"l{label}{k}"), Name(f"p{label}{k}")), Binary("*", Name(f"a{label}{k}", here), Name(i))
        )
        flow = Call("smooth", (Name(f"x{label}{k}", here), Number(2.0), Number(0.0), Number(1.0)))
        for kind, left, expression in (
            ("p", (), Number(k + 0.5)),
            ("a", (i,), Array((1.0, 2.0))),
            ("l", (), Table((0.0, 100.0), (0.0, 200.0))),
            ("x", (i,), value),
            ("s", (i,), Call("integ", (flow, Number(1.0)))),
        ):
            id = f"{kind}{label}{k}"
            equation = Equation(subscripts=left, expression=expression)
            variables[id] = Variable(id=id, label=label, equations=(equation,), units=label, description=label)
    return Model(path=Path(path), variables=variables, ranges=ranges)


def check_source(system: System) -> None:
    """Imports, assignments of our own calls, five functions: nothing else stands in the module, no text but documentation."""
    tree = ast.parse(system.source)
    documentation, *statements = tree.body
    assert isinstance(documentation, ast.Expr) and isinstance(documentation.value, ast.Constant)
    modules = {node.module for node in statements if isinstance(node, ast.ImportFrom)}
    assert modules == {"numpy", "sdrun.functions", "sdrun.functions.arrays", "sdrun.functions.timed"}
    assert all(isinstance(node, ast.ImportFrom | ast.Assign | ast.FunctionDef) for node in statements)
    functions = [node for node in statements if isinstance(node, ast.FunctionDef)]
    assert [function.name for function in functions] == ["initial", "constants", "rhs", "outputs", "breaks"]
    allowed = {slot.name for slot in system.recorded} | {str(between) for between in Between}
    for function in functions:
        assert all(isinstance(node, ast.Expr | ast.Assign | ast.Return) for node in function.body)
        texts = [node.value for node in ast.walk(function) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
        assert {*texts[1:]} <= allowed
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert attributes <= {"shape", "reshape", "transpose", "take", "function", "breaks"}
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert all(name.startswith("_") and not name.startswith("__") for name in called)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payloads(payload: str) -> None:
    """In labels, ids, units, descriptions, ranges, elements and the name of the file."""
    system = compile_model(model([payload, "plain"], f"/tmp/{payload.replace('/', '')}.mdl"))
    check_source(system)
    right(system)
    assert not hasattr(builtins, "sdrun_was_here")


def right(system: System) -> None:
    """Every variable has the value that its own equation gives it, whatever the others are called."""
    p = system.defaults
    y, held = system.initial(0.0, 0.0, 0.0, p)
    found = system.outputs(0.0, 0.0, 0.0, y, system.constants(p, held))
    assert len(found) == len(system.recorded) and len(found) % len("pasx") == 0
    for slot in system.recorded:
        k = int(slot.dims[0].rpartition(" ")[2]) if slot.dims else 0
        value = found[slot.name][..., 0]
        match slot.id[0]:
            case "a":
                np.testing.assert_array_equal(value, [1, 2])
            case "s":
                np.testing.assert_array_equal(value, [1, 1])
            case "x":
                np.testing.assert_array_equal(value, np.array([1, 4]) + 2 * (k + 0.5))


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=3))
def test_any_text(labels: list[str]) -> None:
    """Whatever Unicode holds."""
    system = compile_model(model(labels))
    check_source(system)
    right(system)


CLASHES = [
    "literal",
    "literal 1",
    "effect",
    "effect x",
    "Effect-X",
    "effect_y",
    "net",
    "y",
    "t",
    "now",
    "initial",
    "initial 1",
    "dy",
]


def test_names_that_are_ours() -> None:
    """Variables called like what the generated code uses itself."""
    right(compile_model(model(CLASHES)))


@settings(max_examples=200, derandomize=True)
@given(
    st.lists(st.one_of(st.text(max_size=8), st.sampled_from(["a b", "A_B", "a-b", "a b 2", "class", "time", "größe", "国"])))
)
def test_identifiers(labels: list[str]) -> None:
    """Unique, ASCII, no keyword, no name of the result's own."""
    names = identifiers({f"i{k}": label for k, label in enumerate(labels)}, taken=("state",))
    found = list(names.values())
    assert len({*found}) == len(labels)
    assert not {*found} & {*RESERVED, "state"}
    for name in found:
        assert name.isidentifier() and name.isascii() and name == name.lower() and name[0] != "_"
        assert not keyword.iskeyword(name) and not keyword.issoftkeyword(name)


def test_ranges_whose_names_are_alike() -> None:
    """Dimensions of the result are told apart, also where their labels have no letter of ours."""
    system = compile_model(model(["国", "州", "time"]))
    names = [dimension.name for dimension in system.dimensions.values()]
    assert len({*names}) == len(names) == 3 and "time" not in names
    assert not {*names} & {slot.name for slot in system.recorded}


TEXTS: dict[str, Expr] = {
    "(-x) ^ 2": Binary("^", Unary("-", Name("x")), Number(2.0)),
    "-x ^ 2": Unary("-", Binary("^", Name("x"), Number(2.0))),
    "(-2) ^ x": Binary("^", Number(-2.0), Name("x")),
    "2 ^ 3 ^ x": Binary("^", Number(2.0), Binary("^", Number(3.0), Name("x"))),
    "(2 ^ 3) ^ x": Binary("^", Binary("^", Number(2.0), Number(3.0)), Name("x")),
    "x - (x - 1)": Binary("-", Name("x"), Binary("-", Name("x"), Number(1.0))),
    "x / (x * 2)": Binary("/", Name("x"), Binary("*", Name("x"), Number(2.0))),
    ":NOT: (x > 1) :AND: x = 2": Binary(
        "and", Unary("not", Binary(">", Name("x"), Number(1.0))), Binary("=", Name("x"), Number(2.0))
    ),
    "MAX(x[i!], Time)": Call("max", (Name("x", (Subscript("i", True),)), Name("time"))),
}


@pytest.mark.parametrize("text", TEXTS)
def test_equations_as_text(text: str) -> None:
    """Parentheses stand where the tree needs them."""
    assert expression_text(TEXTS[text], {}) == text


def test_fold_leaves_what_is_no_number() -> None:
    """Names stay; what is around them is calculated as far as it goes."""
    expression = Binary("*", Binary("/", Number(1.0), Number(4.0)), Name("x"))
    before = Model(
        path=Path("m.mdl"), variables={"v": Variable(id="v", label="v", equations=(Equation(expression=expression),))}
    )
    assert fold(before).variables["v"].equations[0].expression == Binary("*", Number(0.25), Name("x"))
