from fractions import Fraction

import pytest

from sdrun.units import divide, multiply, parse_unit, power, same_unit


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("1/Year", "years^-1"),
        ("1/Year", "fraction/yr"),
        ("people/(Year*$)", "person / year / dollars"),
        ("Dmnl", "1"),
        ("Dmnl", "person/people"),
        ("(m/s)^2", "m*m/s**2"),
        ("m^(1/2)*m^0.5", "m"),
        ("Degrees  Fahrenheit/Minute", "degrees_fahrenheit/min"),
        ("1000 people", "1e3 person"),
        ("a/b/c", "a/(b*c)"),
    ],
)
def test_same(a: str, b: str) -> None:
    assert same_unit(a, b)


@pytest.mark.parametrize(
    ("a", "b"), [("year", "month"), ("1/year", "year"), ("people", "1000 people"), ("a/b*c", "a/(b*c)"), ("percent", "dmnl")]
)
def test_different(a: str, b: str) -> None:
    assert not same_unit(a, b)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "is empty"),
        ("a*", "ends too early"),
        ("a//b", "a name must stand before '/'"),
        ("(a", "a parenthesis is not closed"),
        ("a)", "unexpected ')'"),
        ("a^b", "a number must follow '^'"),
        ("m^(1/0)", "division by zero"),
        ("0 m", "no sensible number"),
        ("1e999999999 m", "no sensible number"),
        ("m^1000", "out of reason"),
        ("((((1e29^20)^20)^20)^20)", "out of reason"),
        ("(" * 400 + "a", "too many parentheses"),
        ("a" * 501, "longer than 500"),
    ],
)
def test_malformed(text: str, what: str) -> None:
    with pytest.raises(ValueError, match=what.replace("(", r"\(").replace(")", r"\)").replace("^", r"\^")):
        parse_unit(text)


@pytest.mark.parametrize(
    "text", ["1/year", "person/(dollar*year)", "m^2", "1/m^2", "m^(1/2)", "1000 person/year", "dmnl", "kg*m/s^2"]
)
def test_text_of_a_unit_parses_to_it(text: str) -> None:
    assert str(parse_unit(text)) == text


def test_arithmetic() -> None:
    speed, time = parse_unit("1000 m/s"), parse_unit("s")
    assert multiply(speed, time) == parse_unit("1000 m")
    assert divide(speed, time) == parse_unit("1000 m/s^2")
    assert power(speed, Fraction(-2)) == parse_unit("s^2/(1000000*m^2)")
    assert power(time, Fraction(1, 2)) == parse_unit("s^(1/2)")
    with pytest.raises(ValueError, match="no exact power"):
        power(speed, Fraction(1, 2))
