"""Right sides of equations."""

import math
import operator
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdrun.errors import ModelError
from sdrun.model import Array, Between, Binary, Call, Expr, Lookup, Model, Name, Number, Subscript, Table, Unary
from sdrun.parse.expressions import DEEPEST

Read = Callable[[str], Expr]
OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "^": operator.pow}


def N(value: float) -> Number:
    """A literal."""
    return Number(float(value))


def value(expr: Expr) -> float:
    """The number that an expression of literals is."""
    match expr:
        case Number(number):
            return number
        case Unary("-", operand):
            return -value(operand)
        case Binary(op, left, right):
            return float(OPERATORS[op](value(left), value(right)))
    raise AssertionError(expr)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(-2)^2", Binary("^", N(-2), N(2))),
        ("-2^2", Unary("-", Binary("^", N(2), N(2)))),
        ("2^-1", Binary("^", N(2), N(-1))),
        ("2^-1^2", Binary("^", N(2), Unary("-", Binary("^", N(1), N(2))))),
        ("-2^-2", Unary("-", Binary("^", N(2), N(-2)))),
        ("2^3^2", Binary("^", N(2), Binary("^", N(3), N(2)))),
        ("-(-2)", N(2)),
        ("- -2^2", Binary("^", N(2), N(2))),
        ("3 - -2", Binary("-", N(3), N(-2))),
        ("-a^2", Unary("-", Binary("^", Name("a"), N(2)))),
        ("(-a)^2", Binary("^", Unary("-", Name("a")), N(2))),
        ("-a*b", Binary("*", Unary("-", Name("a")), Name("b"))),
        ("10-3-2", Binary("-", Binary("-", N(10), N(3)), N(2))),
        ("10-(3-2)", Binary("-", N(10), Binary("-", N(3), N(2)))),
        ("16/4*2", Binary("*", Binary("/", N(16), N(4)), N(2))),
        ("1+2*3", Binary("+", N(1), Binary("*", N(2), N(3)))),
    ],
)
def test_precedence(expression: Read, text: str, expected: Expr) -> None:
    assert expression(text) == expected


_literals = st.integers(1, 9).map(str)
_texts = st.recursive(
    _literals,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(" ".join),
        st.tuples(inner, st.sampled_from(["^", "^-"]), _literals).map(lambda parts: f"({parts[0]}){parts[1]}{parts[2]}"),
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"(-{text})"),
        _literals.map(lambda text: f"-{text}^2"),
    ),
    max_leaves=6,
)


@given(text=_texts)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_values_are_those_of_python(expression: Read, text: str) -> None:
    """Python's operators bind as Vensim's do."""
    try:
        expected = float(eval(text.replace("^", "**"), {"__builtins__": {}}))  # text of ours
    except (ZeroDivisionError, OverflowError):
        return
    assert value(expression(text)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("op", ["=", "<>", "<", "<=", ">", ">="])
def test_comparisons(expression: Read, op: str) -> None:
    assert expression(f"a {op} 3") == Binary(op, Name("a"), N(3))


def test_logic(expression: Read) -> None:
    assert expression("a > 1 :AND: b :OR: :NOT: c = 2") == Binary(
        "or", Binary("and", Binary(">", Name("a"), N(1)), Name("b")), Unary("not", Binary("=", Name("c"), N(2)))
    )


def test_subscripts(expression: Read) -> None:
    assert expression("SUM(Sales Of[region!, North])") == Call(
        "sum", (Name("sales_of", (Subscript("region", bang=True), Subscript("north"))),)
    )
    assert expression("a[region !]") == Name("a", (Subscript("region", bang=True),))


def test_names_are_normalised(expression: Read) -> None:
    assert expression('"Power  Share"+Power_Share') == Binary("+", Name("power_share"), Name("power_share"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INTEG(a, 5)", Call("integ", (Name("a"), N(5)))),
        ("DELAY1(a, 5)", Call("delay", (Name("a"), N(5), Name("a"), N(1)))),
        ("DELAY1I(a, 5, 6)", Call("delay", (Name("a"), N(5), N(6), N(1)))),
        ("DELAY3(a, 5)", Call("delay", (Name("a"), N(5), Name("a"), N(3)))),
        ("DELAY3I(a, 5, 6)", Call("delay", (Name("a"), N(5), N(6), N(3)))),
        ("DELAY N(a, 5, 6, n)", Call("delay_n", (Name("a"), N(5), N(6), Name("n")))),
        ("DELAY FIXED(a, 5, 6)", Call("delay_fixed", (Name("a"), N(5), N(6)))),
        ("SMOOTH(a, 5)", Call("smooth", (Name("a"), N(5), Name("a"), N(1)))),
        ("SMOOTHI(4, 5, 0)", Call("smooth", (N(4), N(5), N(0), N(1)))),
        ("SMOOTH3(a, 5)", Call("smooth", (Name("a"), N(5), Name("a"), N(3)))),
        ("SMOOTH3I(a, 5, 6)", Call("smooth", (Name("a"), N(5), N(6), N(3)))),
        ("SMOOTH N(a, 5, 6, 7)", Call("smooth_n", (Name("a"), N(5), N(6), N(7)))),
        ("TREND(a, 5, 0.1)", Call("trend", (Name("a"), N(5), N(0.1)))),
        ("FORECAST(a, 5, 10)", Call("forecast", (Name("a"), N(5), N(10), N(0)))),
        ("SAMPLE IF TRUE(a > 1, b, 0)", Call("sample_if_true", (Binary(">", Name("a"), N(1)), Name("b"), N(0)))),
        ("INITIAL(a)", Call("initial", (Name("a"),))),
        ("ACTIVE INITIAL(a, 1)", Call("active_initial", (Name("a"), N(1)))),
        ("GAME(a + 1)", Binary("+", Name("a"), N(1))),
        ("ALLOCATE AVAILABLE(a, b, c)", Call("allocate_available", (Name("a"), Name("b"), Name("c")))),
        ("IF THEN ELSE(a, 1, 2)", Call("if_then_else", (Name("a"), N(1), N(2)))),
        ("if then else(a, 1, 2)", Call("if_then_else", (Name("a"), N(1), N(2)))),
        ("PULSE TRAIN(1, 2, 3, 4)", Call("pulse_train", (N(1), N(3), N(2), N(4)))),
        ("XIDZ(a, b, 1)", Call("xidz", (Name("a"), Name("b"), N(1)))),
        ("ELMCOUNT(region)", Call("elmcount", (Name("region"),))),
        ("MODULO(a, 2)", Call("modulo", (Name("a"), N(2)))),
        ("RANDOM 0 1()", Call("random_0_1", ())),
    ],
)
def test_calls(expression: Read, text: str, expected: Expr) -> None:
    assert expression(text) == expected


def test_lookups(expression: Read) -> None:
    assert expression("table(Time / 2)") == Lookup(Name("table"), Binary("/", Name("time"), N(2)))
    assert expression("tables[north](3)") == Lookup(Name("tables", (Subscript("north"),)), N(3))
    assert expression("WITH LOOKUP(Time, ([(0,0)-(10,1e+006)],(5,-3),(0, 1.5),(10,.5)))") == Lookup(
        Table((0.0, 5.0, 10.0), (1.5, -3.0, 0.5), Between.LINEAR), Name("time")
    )


def test_lookup_variables_may_be_used_before_they_are_defined(vensim: Callable[[str], Model]) -> None:
    model = vensim("x = Effect(3) ~~|\nEffect( [(0,0)-(2,2),(0,0),(1,1)], (0,0),(2,2)) ~~|")
    assert model.variables["x"].equations[0].expression == Lookup(Name("effect"), N(3))
    assert model.variables["effect"].equations[0].expression == Table((0.0, 2.0), (0.0, 2.0))


def test_literals(expression: Read) -> None:
    assert expression("-3") == N(-3)
    assert expression("1e3") == N(1000)
    assert expression("007") == N(7)
    assert expression("1,2,3") == Array((1.0, 2.0, 3.0))
    assert expression("1,-2;3,4;") == Array((1.0, -2.0, 3.0, 4.0))
    assert expression("TABBED ARRAY(1 2\n3 4)") == Array((1.0, 2.0, 3.0, 4.0))
    missing = expression(":NA:")
    assert isinstance(missing, Number) and math.isnan(missing.value)
    assert all(isinstance(node.value, float) for node in (expression("5"), expression("(5)")) if isinstance(node, Number))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3 + * 4", "syntax error at '+ * 4'"),
        ("(1 + 2", "syntax error"),
        ("", "syntax error"),
        ("MAX(1 2)", "comma"),
        ("MAX(1, 2,)", "comma"),
        ("5 6", "syntax error"),
        ("SMOOTH(a)", "SMOOTH does not take 1 arguments"),
        ("table(1, 2)", "takes one argument"),
        ("a[north](1)", "is no lookup"),
        ("WITH LOOKUP(Time, ((0,0),(1,1),(1,2)))", "two values, 1 and 2, at 1"),
        ("WITH LOOKUP(Time, ((0,0),(1,1e999)))", "not finite"),
        ("MAX('text', 2)", "a text stands"),
        ("1,2;3", "cannot read"),
    ],
)
def test_errors(expression: Read, text: str, said: str) -> None:
    with pytest.raises(ModelError) as caught:
        expression(text)
    (problem,) = caught.value.problems
    assert said in problem.what
    assert problem.place is not None and (problem.place.line, problem.place.key) == (4, "x")


@pytest.mark.parametrize("name", ["ARITHMETIC", "LOGIC", "REFERENCE", "CALL", "LOOKUP", "SUBSCRIPTS REF", "WITH LOOKUP"])
def test_structures_of_pysd_are_no_functions(expression: Read, name: str) -> None:
    assert expression(f"{name}(a, 2)") == Call(name.lower().replace(" ", "_"), (Name("a"), N(2)))


def test_depth_is_limited(expression: Read) -> None:
    assert isinstance(expression("*".join(["a"] * DEEPEST)), Binary)
    with pytest.raises(ModelError, match="levels deep"):
        expression("*".join(["a"] * (DEEPEST + 10)))
    assert expression("(" * 20 + "a" + ")" * 20) == Name("a")
    with pytest.raises(ModelError, match="nested too deeply"):
        expression("(" * 400 + "a" + ")" * 400)
