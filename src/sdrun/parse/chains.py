"""What an equation joins by operators of one strength, as a tree that is no deeper than whoever walks through it can go."""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import TypeVar

Term = TypeVar("Term")
Chain = Sequence[tuple[str, Term]]
"""Operators, each with the term behind it."""

LONG, GROUP = 100, 50
"""A sum of more terms than this, and so many at a time."""

GROUPED = ({"+", "-"}, {"and"}, {"or"})
"""Operators of chains that may be cut into groups."""
BEHIND_MINUS = {"+": "-", "-": "+"}


def chained(first: Term, rest: Chain[Term], join: Callable[[str, Term, Term], Term]) -> Term:
    """`first op term op term ...` from the left; a long sum is a sum of sums, which may change its last digit.

    >>> chained("a", [("-", "b"), ("+", "c")], lambda operator, left, right: f"({left} {operator} {right})")
    '((a - b) + c)'
    """
    if not _is_grouped(rest):
        return _from_the_left(first, rest, join)
    found = _from_the_left(first, rest[:GROUP], join)
    for start in range(GROUP, len(rest), GROUP):
        (operator, head), *tail = rest[start : start + GROUP]
        inner = [(BEHIND_MINUS[sign], term) for sign, term in tail] if operator == "-" else tail
        found = join(operator, found, _from_the_left(head, inner, join))
    return found


def levels(rest: Chain[Term]) -> int:
    """How deep `chained` makes it."""
    return GROUP + -(-len(rest) // GROUP) if _is_grouped(rest) else len(rest)


def _is_grouped(rest: Chain[Term]) -> bool:
    return len(rest) > LONG and any({operator for operator, _ in rest} <= operators for operators in GROUPED)


def _from_the_left(first: Term, rest: Chain[Term], join: Callable[[str, Term, Term], Term]) -> Term:
    return reduce(lambda left, step: join(step[0], left, step[1]), rest, first)
