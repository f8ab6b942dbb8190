"""Units of equations: every rule by one equation that balances and one that does not."""

from pathlib import Path

import pytest

from sdrun.parse import read_model
from sdrun.validate import check_units

MODELS = sorted((Path(__file__).parents[2] / "models").glob("*.mdl"))

HEAD = """{UTF-8}
money= 5 ~ dollar ~ |
more money= 6 ~ $ ~ |
people= 3 ~ people ~ |
delay= 2 ~ Year ~ |
rate= 0.1 ~ 1/Year ~ |
share= 0.5 ~ Dmnl ~ |
nothing said= 4 ~ ~ |
table( (0,0),(1,1) ) ~ people ~ |
row[element]= 1, 2 ~ people ~ |
element: e1, e2 ~ ~ |
"""
TAIL = """
INITIAL TIME = 0 ~ Year ~ |
FINAL TIME = 10 ~ Year ~ |
TIME STEP = 1 ~ Year ~ |
SAVEPER = 1 ~ Year ~ |
"""


def faults(tmp_path: Path, equation: str, unit: str) -> list[str]:
    """What is found in `x= equation`."""
    path = tmp_path / "model.mdl"
    path.write_text(f"{HEAD}x= {equation} ~ {unit} ~ |\n{TAIL}")
    problems = check_units(read_model(path))
    assert all(problem.place is not None and problem.place.line == 12 for problem in problems)
    return [problem.what for problem in problems]


@pytest.mark.parametrize(
    ("equation", "unit"),
    [
        ("money + more money", "dollars"),
        ("money/people*share", "$/person"),
        ("money*rate", "dollar/Year"),
        ("money^2", "dollar*dollar"),
        ("SQRT(money*money)", "dollar"),
        ("MAX(money, 0)", "dollar"),
        ("IF THEN ELSE(Time > delay, money, more money)", "dollar"),
        ("INTEG(money*rate, money)", "dollar"),
        ("SMOOTH(money, delay)", "dollar"),
        ("DELAY3I(money, delay, 0)", "dollar"),
        ("INTEG(money*rate, 90)", "dollar"),
        ("SMOOTHI(money, 3, 90)", "dollar"),
        ("TREND(money, delay, 0)", "1/Year"),
        ("EXP(-rate*Time)", "Dmnl"),
        ("ZIDZ(money, people)", "dollar/person"),
        ("STEP(money, 5)", "dollar"),
        ("RAMP(money, 2, 5)", "dollar*Year"),
        ("money*PULSE(2, 3)", "dollar"),
        ("table(share)", "person"),
        ("LOOKUP FORWARD(table, share)", "person"),
        ("LOOKUP SLOPE(table, share, 0)", "person"),
        ("LOOKUP AREA(table, 0, money)", "person*dollar"),
        ("VECTOR LOOKUP(row[e1], money, 0, more money, 0)", "person"),
        ("VECTOR LOOKUP(row[e1], money, 0, more money, 1)", "person*dollar"),
        ("VECTOR LOOKUP(row[e1], people, 0, more money, 5)", "dollar"),
        ("VECTOR LOOKUP(row[e1], money, 0, more money, 9)", "person/dollar"),
        ("VECTOR LOOKUP(row[e1], money, 0, more money, share)", "furlong"),
        ("nothing said + money", "dollar"),
        ("7", "furlong"),
    ],
)
def test_balances(tmp_path: Path, equation: str, unit: str) -> None:
    assert faults(tmp_path, equation, unit) == []


@pytest.mark.parametrize(
    ("equation", "unit", "fault"),
    [
        ("money + people", "dollar", "'x': '+' joins dollar and person"),
        ("money*rate", "dollar", "'x': its equation is in dollar/year, its unit is dollar"),
        ("money + 1", "dollar", "'x': '+' joins dollar and dmnl"),
        ("MIN(money, people)", "dollar", "'x': MIN joins dollar and person"),
        ("IF THEN ELSE(money > people, 1, 0)", "Dmnl", "'x': '>' compares dollar and person"),
        ("IF THEN ELSE(1, money, people)", "dollar", "'x': IF THEN ELSE chooses between dollar and person"),
        ("INTEG(money, money)", "dollar", "'x': the flow times time, and the initial value, are dollar*year and dollar"),
        ("DELAY FIXED(money, people, 0)", "dollar", "'x': the delay of DELAY FIXED and the time are person and year"),
        (
            "DELAY MATERIAL(money, 2, people, money)",
            "dollar",
            "'x': input and other values of DELAY MATERIAL are dollar and person",
        ),
        (
            "SAMPLE IF TRUE(money > 0, money, people)",
            "dollar",
            "'x': input and initial value of SAMPLE IF TRUE are dollar and person",
        ),
        ("RANDOM NORMAL(money, money, people, money, 1)", "dollar", "'x': RANDOM NORMAL is given dollar and person"),
        ("SMOOTH(money, people)", "dollar", "'x': the delay of SMOOTH and the time are person and year"),
        ("EXP(money)", "Dmnl", "'x': EXP is taken of dollar and dmnl"),
        ("2^money", "Dmnl", "'x': an exponent is in dollar and dmnl"),
        ("money^share", "dollar", "'x': dollar is raised to a power that may change"),
        ("LOOKUP BACKWARD(table, share)", "dollar", "'x': its equation is in person, its unit is dollar"),
        ("LOOKUP AREA(table, delay, money)", "person", "'x': LOOKUP AREA goes from one to the other of year and dollar"),
        ("VECTOR LOOKUP(row[e1], people, 0, money, 0)", "person", "'x': VECTOR LOOKUP goes along person and dollar"),
        ("VECTOR LOOKUP(row[e1], money, 0, money, 5)", "dollar", "'x': VECTOR LOOKUP looks among values for person and dollar"),
        ("money", "dollar^^2", "'x': unit 'dollar^^2' cannot be read"),
    ],
)
def test_fault(tmp_path: Path, equation: str, unit: str, fault: str) -> None:
    assert faults(tmp_path, equation, unit) == [fault]


def test_data(tmp_path: Path) -> None:
    """A data variable has the unit that it states, whatever function reads it; :NA: fits everything."""
    (tmp_path / "d.csv").write_text("0,1\n1,2\n")
    good = """
    sales := GET DIRECT DATA('d.csv', ',', 'A', 'B1') ~ dollars ~|
    twice := 2 * sales ~ dollar ~|
    then = GET DATA BETWEEN TIMES(sales, Time, 0) ~ dollar ~|
    first = GET DATA FIRST TIME(sales) ~ Year ~|
    most = GET DATA MAX(sales, first, Time) ~ dollar ~|
    known = IF THEN ELSE(sales = :NA:, 0, 1) ~ dmnl ~|
    """
    path = tmp_path / "model.mdl"
    path.write_text(good + TAIL)
    assert check_units(read_model(path)) == []
    path.write_text(good.replace("first = GET DATA FIRST TIME(sales) ~ Year", "first = sales ~ Year") + TAIL)
    (found,) = check_units(read_model(path))
    assert found.what == "'first': its equation is in dollar, its unit is year"


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_shipped_models_balance(path: Path) -> None:
    """Every variable of a shipped model states a unit, and every equation balances."""
    model = read_model(path)
    assert [variable.label for variable in model.variables.values() if not variable.units] == []
    assert [problem.what for problem in check_units(model)] == []
