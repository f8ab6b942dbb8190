"""Units of measurement as powers of base units: `people/Year` and `person*years^-1` are the same.

The spellings are those of Vensim and XMILE models.  A base unit is any name that stands in no alias; blanks inside a name
belong to it (`degrees Fahrenheit`), only a number multiplies what follows it (`1000 people`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

ALIASES = {
    "": ("dmnl", "dimensionless", "unitless", "fraction", "fractions", "ratio", "no units", "1", "radian", "radians", "rad"),
    "year": ("years", "yr", "yrs"),
    "quarter": ("quarters", "qtr"),
    "month": ("months", "mo"),
    "week": ("weeks", "wk"),
    "day": ("days",),
    "hour": ("hours", "hr", "hrs"),
    "minute": ("minutes", "min", "mins"),
    "second": ("seconds", "sec", "secs"),
    "person": ("people", "persons"),
    "dollar": ("dollars", "$"),
    "unit": ("units",),
    "state": ("states",),
    "country": ("countries",),
    "kg": ("kilogram", "kilograms", "kgs"),
    "km": ("kilometer", "kilometers", "kilometre", "kilometres"),
    "meter": ("meters", "metre", "metres"),
    "percent": ("%", "percentage"),
}
"""Canonical name -> other spellings, in lower case; the empty name is dimensionless."""

_CANONICAL = {spelling: name for name, spellings in ALIASES.items() for spelling in spellings}
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?(?!\w))|(?P<operator>\*\*|[*/^()])|(?P<name>[^*/^()\s][^*/^()]*))"
)
_EXPONENT = re.compile(r"\s*(?:(?P<plain>[+-]?\d+(?:\.\d+)?)|\(\s*(?P<inside>[+-]?\d+(?:\.\d+)?(?:\s*/\s*\d+)?)\s*\))")
_DEEPEST = 20
_LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit in canonical form; equal units are equal objects."""

    powers: tuple[tuple[str, Fraction], ...] = ()
    """Base units by name, none with power 0; none at all is dimensionless."""
    scale: Fraction = Fraction(1)
    """Number before it: 1000 in `1000 people`."""

    def __str__(self) -> str:
        """The unit as a modeller would write it."""
        over = "*".join(_power(name, power) for name, power in self.powers if power > 0)
        under = "*".join(_power(name, -power) for name, power in self.powers if power < 0)
        scale = "" if self.scale == 1 else f"{float(self.scale):g}"
        head = " ".join(part for part in (scale, over) if part)
        if not under:
            return head or "dmnl"
        return f"{head or '1'}/({under})" if "*" in under else f"{head or '1'}/{under}"


def _power(name: str, power: Fraction) -> str:
    if power == 1:
        return name
    return f"{name}^{power}" if power.denominator == 1 else f"{name}^({power})"


def parse_unit(text: str) -> Unit:
    """The canonical form of a unit string; ValueError says what is wrong with a malformed one.

    >>> str(parse_unit("People/(Years*$)"))
    'person/(dollar*year)'
    """
    if not text.strip():
        raise ValueError("a unit is empty")
    if len(text) > _LONGEST:
        raise ValueError(f"a unit is longer than {_LONGEST} characters")
    unit, at = _product(text, 0, 0)
    if text[at:].strip():
        raise ValueError(f"unit '{text}': unexpected '{text[at:].strip()}'")
    return unit


def same_unit(a: str, b: str) -> bool:
    """Whether two unit strings mean the same; ValueError if one is malformed.

    >>> same_unit("1/Year", "years^-1"), same_unit("year", "month")
    (True, False)
    """
    return parse_unit(a) == parse_unit(b)


def multiply(a: Unit, b: Unit) -> Unit:
    """`a * b`."""
    powers = dict(a.powers)
    for name, exponent in b.powers:
        powers[name] = powers.get(name, Fraction(0)) + exponent
    return _unit(powers, a.scale * b.scale)


def divide(a: Unit, b: Unit) -> Unit:
    """`a / b`."""
    return multiply(a, power(b, Fraction(-1)))


def power(a: Unit, exponent: Fraction) -> Unit:
    """`a ^ exponent`; ValueError for a root of a scaled unit, and beyond powers of 20."""
    if a.scale != 1 and exponent.denominator != 1:
        raise ValueError(f"unit '{a}' has no exact power {exponent}")
    if abs(exponent) > 20 or a.scale.numerator.bit_length() + a.scale.denominator.bit_length() > 300:
        raise ValueError(f"power {exponent} of a unit is out of reason")
    return _unit({name: old * exponent for name, old in a.powers}, a.scale ** int(exponent) if a.scale != 1 else a.scale)


def renamed(unit: Unit, names: Mapping[str, str]) -> Unit:
    """The unit with other names for its bases.

    >>> str(renamed(parse_unit("widget/week"), {"widget": "gadget"}))
    'gadget/week'
    """
    powers: dict[str, Fraction] = {}
    for name, exponent in unit.powers:
        powers[names.get(name, name)] = powers.get(names.get(name, name), Fraction(0)) + exponent
    return _unit(powers, unit.scale)


def _unit(powers: dict[str, Fraction], scale: Fraction) -> Unit:
    return Unit(powers=tuple(sorted((name, exponent) for name, exponent in powers.items() if exponent)), scale=scale)


def _product(text: str, at: int, depth: int) -> tuple[Unit, int]:
    """factor { (* | /) factor }, from position `at`; also the position after it."""
    unit, at = _factor(text, at, depth)
    while True:
        token = _TOKEN.match(text, at)
        if token is None or token["operator"] not in ("*", "/"):
            return unit, at
        right, at = _factor(text, token.end(), depth)
        unit = multiply(unit, right) if token["operator"] == "*" else divide(unit, right)


def _factor(text: str, at: int, depth: int) -> tuple[Unit, int]:
    """A name, a number (times the name after it) or a parenthesis, and its power."""
    unit, at = _atom(text, at, depth)
    token = _TOKEN.match(text, at)
    if token is None or token["operator"] not in ("^", "**"):
        return unit, at
    exponent = _EXPONENT.match(text, token.end())
    if exponent is None:
        raise ValueError(f"unit '{text}': a number must follow '{token['operator']}'")
    try:
        return power(unit, Fraction((exponent["plain"] or exponent["inside"]).replace(" ", ""))), exponent.end()
    except ZeroDivisionError:
        raise ValueError(f"unit '{text}': division by zero") from None


def _atom(text: str, at: int, depth: int) -> tuple[Unit, int]:
    token = _TOKEN.match(text, at)
    if depth > _DEEPEST:
        raise ValueError("a unit has too many parentheses")
    if token is None:
        raise ValueError(f"unit '{text}' ends too early")
    if token["operator"] == "(":
        unit, at = _product(text, token.end(), depth + 1)
        closing = _TOKEN.match(text, at)
        if closing is None or closing["operator"] != ")":
            raise ValueError(f"unit '{text}': a parenthesis is not closed")
        return unit, closing.end()
    if token["operator"]:
        raise ValueError(f"unit '{text}': a name must stand before '{token['operator']}'")
    return _scaled(text, token) if token["number"] else (_named(token["name"]), token.end())


def _scaled(text: str, token: re.Match[str]) -> tuple[Unit, int]:
    number = token["number"]
    if not 1e-30 < float(number) < 1e30:
        raise ValueError(f"unit '{text}': {number} is no sensible number in a unit")
    scale = _unit({}, Fraction(str(float(number))))
    following = _TOKEN.match(text, token.end())
    if following is None or following["name"] is None:
        return scale, token.end()
    return multiply(scale, _named(following["name"])), following.end()


def _named(name: str) -> Unit:
    folded = re.sub(r"[\s_]+", " ", name.strip()).lower()
    canonical = _CANONICAL.get(folded, folded)
    return _unit({canonical: Fraction(1)} if canonical else {}, Fraction(1))
