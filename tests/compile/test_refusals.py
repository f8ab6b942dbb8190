"""Every model that cannot be compiled is refused in words: what, which variable, which line, the way out."""

from itertools import pairwise
from pathlib import Path
from string import ascii_lowercase

import pytest
from written import refused

from sdrun.compile import compile_model
from sdrun.errors import SHOWN_AT_MOST, ModelError
from sdrun.functions import UNSPOKEN, known
from sdrun.model import Call, Equation, Model, Name, Number, Variable

RANGES = "state: a, b, c\nother <-> state\npair: a, b\nsector: x, y"

CASES = {
    "unsupported function": (
        "v = VECTOR LOOK(1, 2)",
        "'v' uses VECTOR LOOK, which is not supported",
        "did you mean 'vector lookup'?",
    ),
    "almost a function": ("v = MAXI(1, 2)", "'v' uses MAXI, which is not supported", "did you mean 'max'?"),
    "too many arguments": ("v = MAX(1, 2, 3)", "'v' gives MAX 3 arguments; it takes 2", None),
    "too few arguments": ("v = ZIDZ(1)", "'v' gives ZIDZ 1 arguments; it takes 2", None),
    "undefined name": (
        "v = brith rate\nbirth rate = 1",
        "'v' uses 'brith_rate', which is not defined",
        "did you mean 'birth rate'?",
    ),
    "a table without an argument": (
        "v = 2 * effect\neffect((0,0),(1,1))",
        "'v' uses the lookup 'effect' without an argument",
        None,
    ),
    "a clock": ("time = 3", "'time' is the name of the clock; a variable needs another", None),
    "division by zero": ("v = 3 + 1/0", "'v': 1 / 0 is no finite number", None),
    "root of a negative number": ("v = (-8)^0.5", "'v': (-8) ^ 0.5 is no finite number", None),
    "too large": ("v = 10^400", "'v': 10 ^ 400 is no finite number", None),
    "subscript that does not match": (
        "v[state] = w[sector]\nw[sector] = 1, 2",
        "'v': subscript 'sector' on the right does not match the left side (state)",
        None,
    ),
    "subscripts of a scalar": (
        "v = w[sector]\nw[sector] = 1, 2",
        "'v': subscript 'sector' on the right does not match the left side (no subscript)",
        None,
    ),
    "too few subscripts": (
        "v[state] = w[state]\nw[state,other] = 1",
        "'v': 'w' is used with 1 subscripts; it has 2 (state, other)",
        None,
    ),
    "an element of another range": (
        "v = w[x]\nw[state] = 1, 2, 3",
        "'v': 'x' is not an element of 'state'",
        None,
    ),
    "an unknown subscript": (
        "v = w[sectr]\nw[sector] = 1, 2",
        "'v': subscript 'sectr' is not defined",
        "did you mean 'sector'?",
    ),
    "subscripts of the time": ("v[state] = Time[state]", "'v': 'time' is no variable: it takes no subscripts", None),
    "too short an array": (
        "v[state] = 1, 2",
        "'v': 2 numbers are given for state (3)",
        "give it in [parameters] of the scenario",
    ),
    "too long a matrix": (
        "v[pair,sector] = 1, 2, 3; 4, 5, 6;",
        "'v': 6 numbers are given for pair (2) x sector (2)",
        "give it in [parameters] of the scenario",
    ),
    "a range twice": (
        "v[state,state] = 1",
        "'v': the same range stands twice on the left side",
        "use an alias: other <-> state",
    ),
    "different numbers of subscripts": (
        "v[pair] = 1\nv[c,x] = 2",
        "'v': its equations have different numbers of subscripts",
        None,
    ),
    "elements of no one range": ("v[a] = 1\nv[x] = 2", "'v': no subscript range holds all of a, x", None),
    "a lookup for some elements": (
        "v[pair]((0,0),(1,1))\nv[c] = 3",
        "'v' is a lookup for some elements and not for others",
        None,
    ),
    "elements of a number": ("v = ELMCOUNT(3)", "'v': ELMCOUNT takes a subscript range", None),
    "elements of a variable": ("v = ELMCOUNT(w)\nw = 3", "'v': ELMCOUNT takes a subscript range", None),
    "no order": ("v = SMOOTH N(Time, 3, 0, 0.5)", "'v': the order of a delay must be a number from 1 to 100, not 0.5", None),
    "an order that rests on a stock": (
        "v = DELAY N(Time, 3, 0, S)\nS = INTEG(1, 2)",
        "'v': the order of a delay decides how many stocks it has: it must follow from constants and the time alone, without "
        "subscripts",
        None,
    ),
    "memory in a sum": (
        "v = SUM(SMOOTH(w[state!], 3))\nw[state] = 1",
        "'v': SMOOTH inside SUM is not supported",
        "give it a variable of its own",
    ),
    "a start in a sum": (
        "v = VMAX(INITIAL(w[state!]))\nw[state] = 1",
        "'v': INITIAL inside VMAX is not supported",
        "give it a variable of its own",
    ),
    "a sum over nothing": ("v = SUM(w[a])\nw[state] = 1", "'v': SUM needs a subscript marked with '!'", None),
    "a sum over an element": ("v = SUM(w[a!])\nw[state] = 1", "'v': SUM runs over a subscript range; 'a' is one element", None),
    "a mark without a sum": ("v = w[state!]\nw[state] = 1", "'v': 'state!' stands outside SUM, PROD, VMIN, VMAX", None),
    "two equations for one element": (
        "v[state] = 1\nv[b] = 2",
        "'v' has 2 equations for [b]",
        "leave it out of one by :EXCEPT:",
    ),
    "an element without an equation": (
        "v[state] = w[state]\nw[a] = 1\nw[c] = 2",
        "'v' uses 'w' for [b], where it has no equation",
        None,
    ),
    "an element that :EXCEPT: leaves out": (
        "v = SUM(w[state!,x])\nw[state,sector] :EXCEPT: [c,x] = Time",
        "'v' uses 'w' for [c, x], where it has no equation",
        None,
    ),
    "a stock with a hole": (
        "v[a] = INTEG(1, 0)\nv[c] = INTEG(1, 0)",
        "the stock 'v' has no equation for [b]",
        None,
    ),
    "a short :EXCEPT:": (
        "v[state,sector] :EXCEPT: [a] = 1",
        ":EXCEPT: of 'v' has 1 subscripts, its left side 2",
        None,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_refused(tmp_path: Path, case: str) -> None:
    """One problem, at the variable's line."""
    text, what, help = CASES[case]
    variable = text.split("=")[0].split("(")[0].split("[")[0].strip()
    assert refused(tmp_path, f"{RANGES}\n{text}") == [(what, help, variable, 6)]


def test_circle_is_spelled_out(tmp_path: Path) -> None:
    """Every variable of it, in the order in which they act on each other; a variable beside it is not named."""
    [(what, help, variable, line)] = refused(tmp_path, "free = 1\nA = B + free\nB = 2 * C\nC = A - 1\naside = A")
    assert what.startswith("variables depend on each other in a circle with no stock in it: ")
    spelled = what.rpartition(": ")[2].split(" -> ")
    assert spelled[0] == spelled[-1] == f"'{variable}'" and len(spelled) == 4
    acts_on = {"'B'": "'A'", "'C'": "'B'", "'A'": "'C'"}
    assert all(acts_on[one] == other for one, other in pairwise(spelled))
    assert line == {"A": 3, "B": 4, "C": 5}[variable]
    assert help == "put a stock or a delay into the circle, or use ACTIVE INITIAL"


def test_circle_of_initial_values(tmp_path: Path) -> None:
    """Stocks that start from each other."""
    [(what, _, variable, line)] = refused(tmp_path, "S = INTEG(1, R * 2)\nR = INTEG(S, held)\nheld = S + 1")
    assert what.startswith("initial values depend on each other in a circle: ")
    assert {*what.rpartition(": ")[2].split(" -> ")} == {"'S'", "'R'", "'held'"}
    assert (variable, line) in [("S", 2), ("R", 3), ("held", 4)]


def test_circle_through_a_smooth(tmp_path: Path) -> None:
    """SMOOTH starts from its input, so its own output may not stand in it at the start."""
    [(what, *_)] = refused(tmp_path, "x = SMOOTH(x + 1, 3)")
    assert what == "initial values depend on each other in a circle: 'x' -> 'SMOOTH in x, stock 1' -> 'x'" or what == (
        "initial values depend on each other in a circle: 'SMOOTH in x, stock 1' -> 'x' -> 'SMOOTH in x, stock 1'"
    )


def test_all_at_once(tmp_path: Path) -> None:
    """What one pass finds is told together, each at its line."""
    found = refused(tmp_path, "u = nowhere\nv = MAX(1)\nw = SIN(Time)\nx = FOO(u) + nothing")
    assert [(variable, line) for _, _, variable, line in found] == [("u", 2), ("v", 3), ("x", 5), ("x", 5)]


@pytest.mark.parametrize(("used", "close"), [("nowhere {}", "n nowhere {}"), ("RANDOM UNIFORM {}(0, 1)", "random uniform")])
def test_nearest_names_come_with_as_many_problems_as_are_shown(tmp_path: Path, used: str, close: str) -> None:
    """Each is looked for among all names, which takes long where thousands are wrong."""
    found = refused(tmp_path, "\n".join(f"n nowhere {letter} = {used.format(letter)}" for letter in ascii_lowercase))
    helps = [f"did you mean '{close.format(letter)}'?" for letter in ascii_lowercase[:SHOWN_AT_MOST]]
    assert [help for _, help, *_ in found] == helps + [None] * (26 - SHOWN_AT_MOST)


def test_all_at_once_in_resolve(tmp_path: Path) -> None:
    found = refused(tmp_path, f"{RANGES}\nu[state] = 1, 2\nv = SUM(u[a])\nw = u[state]")
    assert [(variable, line) for _, _, variable, line in found] == [("u", 6), ("v", 7), ("w", 8)]


def test_too_deep(tmp_path: Path) -> None:
    """Python reads 200 brackets in brackets: more is our error, not Python's."""
    expr = Name("time")
    for _ in range(120):
        expr = Call("if_then_else", (Number(1.0), Call("max", (expr, Number(0.0))), Number(0.0)))
    model = Model(path=Path("deep.mdl"), variables={"v": Variable(id="v", label="v", equations=(Equation(expression=expr),))})
    with pytest.raises(ModelError, match="'v': an equation is nested too deeply"):
        compile_model(model)


@pytest.mark.parametrize("equations", ["v[big, huge] = 1", "w[huge] = 2\nv[big] = SUM(w[huge!])"])
def test_arrays_that_no_memory_holds_are_refused(tmp_path: Path, equations: str) -> None:
    """Those of a variable, and those that a sum runs over."""
    ((what, _, label, _),) = refused(tmp_path, f"big: (b1-b1500)\nhuge: (h1-h2000)\n{equations}")
    assert what == "'v': it takes 1500 x 2000 = 3000000 numbers; at most 2000000 are allowed"
    assert label == "v"


@pytest.mark.parametrize("function", UNSPOKEN)
def test_a_function_that_is_refused_has_a_way_out(tmp_path: Path, function: str) -> None:
    spelled = function.upper().replace("_", " ")
    ((what, help_, *_),) = refused(tmp_path, f"v = 2 + {spelled}(w, 3)\nw = 1")
    assert (what, help_) == (f"'v' uses {spelled}, which is not supported", UNSPOKEN[function])
    assert function not in known()
