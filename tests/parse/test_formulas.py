"""The parser of formulas against Python's own, whose arithmetic binds as XMILE's does; and against anything at all."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdrun.parse.formulas import (
    DEEPEST,
    Application,
    Literal,
    Operation,
    Reference,
    Seat,
    Span,
    Syntax,
    SyntaxFault,
    formula,
    names_of,
    unquoted,
)

ARITHMETIC = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "mod": lambda a, b: a % b,
    "^": lambda a, b: a**b,
}
ATOMS = st.sampled_from(["2", "3.5", ".25", "7.", "1e1", "12E-1"])


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    joined = st.tuples(inner, st.sampled_from([" + ", "-", " * ", "/", " MOD ", "^"]), inner).map("".join)
    return joined | inner.map(lambda text: f"({text})") | st.tuples(st.sampled_from(["-", "+", "- "]), inner).map("".join)


def value(tree: Syntax) -> float:
    match tree:
        case Literal(number):
            return number
        case Operation("-", (operand,)):
            return -value(operand)
        case Operation("+", (operand,)):
            return value(operand)
        case Operation(operator, (left, right)):
            return ARITHMETIC[operator](value(left), value(right))
    raise AssertionError(tree)


@given(st.recursive(ATOMS, grown, max_leaves=12))
@settings(max_examples=400, deadline=None, derandomize=True)
def test_arithmetic_binds_as_in_python(text: str) -> None:
    try:
        wanted = eval(text.replace("^", "**").replace("MOD", "%"))  # our own text
    except (ZeroDivisionError, OverflowError):
        return
    if not isinstance(wanted, complex):
        assert value(formula(text)) == wanted or math.isnan(wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a < b = c AND NOT d OR e", "(or (and (= (< a b) c) (not d)) e)"),
        ("not a = b", "(= (not a) b)"),
        ("a // b * c", "(* (// a b) c)"),
        ("IF a THEN b ELSE c + d", "(if a b (+ c d))"),
        ("1 + if a then b else if c then d else e", "(+ 1 (if a b (if c d e)))"),
        ("(IF a THEN b ELSE c) * 2", "(* (if a b c) 2)"),
        ("f(a, g(), -b[1])", "f(a, g(), (- b[1]))"),
        ("MOD(a, 2) mod b", "(mod MOD(a, 2) b)"),
        ("A[*, 2:c, @1, i + 1]'", "A[*, 2:c, @1, (+ i 1)]'"),
        ("tables[A](x)", "tables[A](x)"),
        ("VECTOR SORT ORDER(x, 1)", "VECTOR SORT ORDER(x, 1)"),
        ('Hares."birth rate" + .area', "(+ Hares/birth rate /area)"),
        ("{x {y} z} 1 {t}", "1"),
        ('"a {b}" - 3D', "(- a {b} 3D)"),
        ("größe_2", "größe_2"),
    ],
)
def test_trees(text: str, wanted: str) -> None:
    assert shown(formula(text)) == wanted


def shown(tree: object) -> str:
    """A tree on one line: operators first, parts of names between slashes."""
    match tree:
        case Literal(number):
            return f"{number:g}"
        case Reference(parts, subscripts, transposed):
            brackets = "" if subscripts is None else f"[{', '.join(map(shown, subscripts))}]"
            return "/".join(parts) + brackets + "'" * transposed
        case Operation(operator, operands):
            return f"({' '.join([operator, *map(shown, operands)])})"
        case Application(function, args):
            return f"{shown(function)}({', '.join(map(shown, args))})"
        case Span(None, None):
            return "*"
        case Span(first, last):
            return f"{shown(first)}:{shown(last)}"
        case Seat(number):
            return f"@{number}"
    raise AssertionError(tree)


@pytest.mark.parametrize(
    ("text", "what", "position"),
    [
        ("1 +", "syntax error at the end of '1 +'", 3),
        ("a b", "syntax error at 'b' of 'a b'", 2),
        ("f(1,)", "syntax error at ')' of 'f(1,)'", 4),
        ("f(,1)", "syntax error at ',1)' of 'f(,1)'", 2),
        ("1.5x", "syntax error at '1.5x' of '1.5x'", 0),
        ("x @ y", "syntax error at '@ y' of 'x @ y'", 2),
        ("a[@b]", "syntax error at 'b]' of 'a[@b]'", 3),
        ('2 * "abc', "syntax error at '\"abc' of '2 * \"abc'", 4),
        ("1 + {a {b}", "a { is never closed", 4),
        ("IF a THEN b", "syntax error at the end of 'IF a THEN b'", 11),
        ("a..b", "syntax error at '..b' of 'a..b'", 1),
        ("", "syntax error at the end of ''", 0),
        ("x not", "syntax error at 'not' of 'x not'", 2),
        ("-" * 5000 + "1", f"the equation is nested more than {DEEPEST} levels deep", DEEPEST + 1),
        ("f(" * 5000, f"the equation is nested more than {DEEPEST} levels deep", 2 * (DEEPEST + 1)),
    ],
)
def test_faults(text: str, what: str, position: int) -> None:
    with pytest.raises(SyntaxFault) as caught:
        formula(text)
    assert (str(caught.value), caught.value.position) == (what, position)


def test_names() -> None:
    assert names_of('hares."birth.rate"') == ("hares", "birth.rate") and names_of(".area") == ("", "area")
    assert names_of("") == () and unquoted(r'"wom \"x\"\nmultiplier"') == 'wom "x" multiplier'


@given(st.text(alphabet="ab12.e+-*/^()[]{}\"'\\,:;@<>=$ _\nifthenelsmodñ", max_size=60))
@settings(max_examples=500, deadline=None, derandomize=True)
def test_any_text_is_a_formula_or_a_fault(text: str) -> None:
    try:
        assert formula(text) is not None
    except SyntaxFault as fault:
        assert 0 <= fault.position <= len(text) and str(fault)


@pytest.mark.parametrize("text", ["1" * 50_000 + "a", "{}" * 25_000, "a." * 25_000, '"' * 50_000, "a " * 25_000, "(" * 50_000])
def test_long_texts_take_no_longer_than_they_are(text: str) -> None:
    """Each would take minutes if it took the square of its length."""
    try:
        formula(text)
    except SyntaxFault as fault:
        assert len(str(fault)) < 200
