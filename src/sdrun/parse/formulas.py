"""Formulas -> syntax trees: a Pratt parser of XMILE's expressions (section 3.3 of the standard), which knows no names.

Operators from weak to strong, all but `^` grouping to the left: OR; AND; = <>; < <= > >=; + -; * / // MOD; signs and NOT; ^.
`//` is isee's division that gives 0 where the divisor is 0.  IF binds weakest, and may stand wherever an operand may.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from sdrun.errors import ModelError
from sdrun.parse.chains import chained, levels
from sdrun.parse.hardened import shortened

DEEPEST = 100
"""Brackets, signs and IFs inside each other: Python's own stack holds no more."""

MOST_LEVELS = 150
"""Of terms that are joined by operators (`parse.expressions.DEEPEST`)."""

BINDS = {"or": 1, "and": 2} | dict.fromkeys(("=", "<>"), 3) | dict.fromkeys(("<", "<=", ">", ">="), 4)
BINDS |= dict.fromkeys("+-", 5) | dict.fromkeys(("*", "/", "//", "mod"), 6) | {"^": 8}
SIGN = 7
"""How tightly signs and NOT bind."""
WORDS = frozenset("if then else and or not mod".split())


class SyntaxFault(ModelError):
    """A formula that cannot be read, and where: a position in its text."""

    def __init__(self, what: str, position: int) -> None:
        super().__init__(what)
        self.position = position


@dataclass(frozen=True, slots=True)
class Literal:
    """A number."""

    value: float


@dataclass(frozen=True, slots=True)
class Reference:
    """A name, `a.b` in parts, as written; the first part is empty where it begins with a dot."""

    parts: tuple[str, ...]
    subscripts: "tuple[Index, ...] | None" = None
    transposed: bool = False
    """`a'`."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator of `BINDS`, a sign or `not` with one operand, or `if` with three."""

    operator: str
    operands: "tuple[Syntax, ...]"


@dataclass(frozen=True, slots=True)
class Application:
    """`f(a, b)`."""

    function: Reference
    args: "tuple[Syntax, ...]"


@dataclass(frozen=True, slots=True)
class Span:
    """`2:3` between the brackets of a name; `*` where it has no ends."""

    first: "Syntax | None" = None
    last: "Syntax | None" = None


@dataclass(frozen=True, slots=True)
class Seat:
    """`@2` between the brackets of a name: what the left side has in second place."""

    number: int


def _operation(operator: str, left: "Syntax", right: "Syntax") -> "Syntax":
    return Operation(operator, (left, right))


Syntax = Literal | Reference | Operation | Application
Index = Syntax | Span | Seat


def formula(text: str) -> Syntax:
    """The syntax tree; raises SyntaxFault."""
    parser = _Parser(text)
    tree = parser.expression(0, 0)
    if parser.next.kind != "end":
        raise parser.fault()
    return tree


def is_blank(text: str) -> bool:
    """Whether a text holds nothing but blanks and comments."""
    try:
        return _skip(text, 0) == len(text)
    except SyntaxFault:
        return False


# ── tokens ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Token(NamedTuple):
    kind: str
    """`number`, `name`, `word`, `sign` or `end`."""
    text: str
    position: int


_PART = r'(?:"(?:\\.|[^"\\])*+"|\d*+[^\W\d][\w$]*+)'
_TOKEN = re.compile(
    r"(?P<number>(?:\d++\.?+\d*+|\.\d++)(?:[eE][+-]?\d++)?+(?![\w$]))"
    rf"|(?P<name>\.?{_PART}(?:\.{_PART})*+)"
    r"|(?P<sign><=|>=|<>|//|[-+*/^()\[\],:;@'=<>])"
)
_SPACE = re.compile(r"\s*+")
_BRACE = re.compile(r"[{}]")


def _tokens(text: str) -> Iterator[_Token]:
    position = _skip(text, 0)
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _fault_at(text, position)
        kind, found = str(match.lastgroup), match[0]
        yield _Token("word" if found.lower() in WORDS else kind, found, position)
        position = _skip(text, match.end())
    yield _Token("end", "", len(text))


def _skip(text: str, position: int) -> int:
    """The position behind blanks and comments; comments may hold comments."""
    while True:
        space = _SPACE.match(text, position)
        assert space is not None
        position = space.end()
        if not text.startswith("{", position):
            return position
        depth, start = 0, position
        for brace in _BRACE.finditer(text, start):
            depth += 1 if brace[0] == "{" else -1
            if depth == 0:
                position = brace.end()
                break
        else:
            raise SyntaxFault("a { is never closed", start)


def _fault_at(text: str, position: int) -> SyntaxFault:
    where = f"at '{shortened(text[position:], 30)}'" if text[position:].strip() else "at the end"
    return SyntaxFault(f"syntax error {where} of '{shortened(text)}'", position)


def names_of(name: str) -> tuple[str, ...]:
    """The parts of a name with dots, without quotes.

    >>> names_of('hares."birth.rate"'), names_of(".area")
    (('hares', 'birth.rate'), ('', 'area'))
    """
    parts = re.findall(rf"(?:^|(?<=\.)){_PART}", name)
    return ("", *map(unquoted, parts)) if name.startswith(".") else tuple(map(unquoted, parts))


def unquoted(name: str) -> str:
    """What a name with quotes and escapes says: `"in\\nflow"` is in flow.

    >>> unquoted(r'"wom \\"x\\"\\nmultiplier"')
    'wom "x" multiplier'
    """
    inner = name[1:-1] if len(name) > 1 and name[0] == name[-1] == '"' else name
    return re.sub(r"\\(.)", lambda escape: {"n": " "}.get(escape[1], escape[1]), inner)


# ── the parser ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


_Item = TypeVar("_Item")


class _Parser:
    """Where the reading of one formula stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tuple(_tokens(text))
        self.at = 0

    @property
    def next(self) -> _Token:
        """What comes next."""
        return self.tokens[self.at]

    def fault(self) -> SyntaxFault:
        """What comes next should not be there."""
        return _fault_at(self.text, self.next.position)

    def _is(self, *texts: str) -> bool:
        return self.next.kind in ("sign", "word") and self.next.text.lower() in texts

    def _take(self, *texts: str) -> str:
        """The next token, which is one of `texts`."""
        if not self._is(*texts):
            raise self.fault()
        self.at += 1
        return self.tokens[self.at - 1].text.lower()

    def expression(self, binds: int, depth: int) -> Syntax:
        """What stands up to the next operator that binds no tighter than `binds`."""
        if depth > DEEPEST:
            raise SyntaxFault(f"the equation is nested more than {DEEPEST} levels deep", self.next.position)
        first, rest, below = self._operand(depth), list[tuple[str, Syntax]](), 0
        while self._is(*BINDS) and BINDS[self.next.text.lower()] > binds:
            operator = self._take(*BINDS)
            if rest and BINDS[rest[0][0]] != BINDS[operator]:
                first, rest, below = self._joined(first, rest, below), [], below + levels(rest)
            behind = SIGN if operator == "^" else BINDS[operator]
            rest.append((operator, self.expression(behind, depth + 1)))
        return self._joined(first, rest, below)

    def _joined(self, first: Syntax, rest: list[tuple[str, Syntax]], below: int) -> Syntax:
        """A chain, whose first term is so many levels deep."""
        if below + levels(rest) > MOST_LEVELS:
            raise SyntaxFault("the equation joins too many terms: split it into several variables", self.next.position)
        return chained(first, rest, _operation)

    def _operand(self, depth: int) -> Syntax:
        token = self.next
        if token.kind == "number":
            self.at += 1
            return Literal(float(token.text))
        if token.kind == "name" or (self._is("mod") and self.tokens[self.at + 1].text == "("):
            return self._name(depth)
        if self._is("-", "+", "not"):
            return Operation(self._take("-", "+", "not"), (self.expression(SIGN, depth + 1),))
        if self._is("if"):
            return self._condition(depth)
        self._take("(")
        inner = self.expression(0, depth + 1)
        self._take(")")
        return inner

    def _condition(self, depth: int) -> Syntax:
        operands = []
        for word in ("if", "then", "else"):
            self._take(word)
            operands.append(self.expression(0, depth + 1))
        return Operation("if", tuple(operands))

    def _name(self, depth: int) -> Syntax:
        parts = self._parts()
        subscripts = self._listed("[", "]", self._index, depth) if self._is("[") else None
        if self._is("("):
            args = self._listed("(", ")", lambda depth: self.expression(0, depth), depth)
            return Application(Reference(parts, subscripts), args)
        reference = Reference(parts, subscripts)
        while self._is("'"):
            self._take("'")
            reference = Reference(parts, subscripts, not reference.transposed)
        return reference

    def _parts(self) -> tuple[str, ...]:
        """A name; several words are one where a bracket follows them: `VECTOR SORT ORDER(`."""
        end = self.at + 1
        while self.tokens[end].kind == "name":
            end += 1
        words = [token.text for token in self.tokens[self.at : end]]
        if len(words) > 1 and self.tokens[end].text == "(" and not any("." in word or '"' in word for word in words):
            self.at = end
            return (" ".join(words),)
        self.at += 1
        return names_of(words[0])

    def _listed(self, opening: str, closing: str, item: "Callable[[int], _Item]", depth: int) -> "tuple[_Item, ...]":
        found: list[_Item] = []
        self._take(opening)
        while not (self._is(closing) and not found):
            found.append(item(depth + 1))
            if not self._is(","):
                break
            self._take(",")
        self._take(closing)
        return tuple(found)

    def _index(self, depth: int) -> Index:
        if self._is("*"):
            self._take("*")
            return Span()
        if self._is("@"):
            self._take("@")
            token = self.next
            if token.kind != "number" or not token.text.isdecimal():
                raise self.fault()
            self.at += 1
            return Seat(int(token.text))
        first = self.expression(0, depth)
        if not self._is(":"):
            return first
        self._take(":")
        return Span(first, self.expression(0, depth))
