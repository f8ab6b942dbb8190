"""What was found, in words."""

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

from sdrun.answer.answers import FEWEST, Answer
from sdrun.answer.boxes import Box
from sdrun.answer.cases import elements
from sdrun.answer.conclusions import Verdict
from sdrun.answer.factors import Varied
from sdrun.answer.tree import Node

if TYPE_CHECKING:
    import xarray as xr


WIDTH = 100
"""Columns."""

MEANINGS = "density: share of cases inside; coverage: share of all cases that lie inside; mass: share of all runs inside."


def summary(
    answers: Sequence[Answer], verdicts: Sequence[Verdict], shares: "Mapping[str, xr.DataArray]", factors: Sequence[Varied]
) -> str:
    """What was found but for trees, for the terminal."""
    blocks = ["\n".join(f"{one.conclusion.name}: {described_verdict(one)}" for one in verdicts)] if verdicts else []
    blocks += ["\n".join(_answer_lines(answer, factors)) for answer in answers]
    blocks += [MEANINGS] if any(answer.boxes for answer in answers) else []
    blocks += [_mode_text(share) for share in shares.values()]
    return "\n\n".join("\n".join(_folded(line) for line in block.splitlines()) for block in blocks)


def _folded(line: str) -> str:
    margin = " " * (len(line) - len(line.lstrip()) + 2)
    return "\n".join(wrap(line, WIDTH, subsequent_indent=margin, drop_whitespace=True, break_long_words=False))


def text(found: "xr.Dataset") -> str:
    """The summary of a dataset of `tables`, and its trees: discovery.txt."""
    trees = zip(found["question"].values, found["tree"].values, strict=True) if "tree" in found else ()
    blocks = [f"{name} as a tree\n{tree}" for name, tree in trees if tree]
    return "\n\n".join([str(found.attrs["summary"]), *blocks]) + "\n"


# ── questions ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _answer_lines(answer: Answer, factors: Sequence[Varied]) -> Iterator[str]:
    share = f"in {percent(answer.share)} of {answer.rows} runs" if answer.rows else "of no run is it known"
    yield f"{answer.question.name}: {answer.description}, {share}"
    if answer.unknown:
        yield f"  of {answer.unknown} more it is not known: they failed, or ended first"
    for number, found in enumerate(answer.boxes, start=1):
        seen = found.measures
        short = "" if seen.density >= answer.density else f" (asked for: {percent(answer.density)})"
        density, coverage, mass = (percent(share) for share in (seen.density, seen.coverage, seen.mass))
        yield f"  box {number}: density {density}{short}, coverage {coverage}, mass {mass}"
        names = {factor.name: _limits(found.box, factor) for factor in factors if factor.name in found.quasi_p}
        width = max(map(len, names))
        yield from (f"    {name:<{width}}  {limits}" for name, limits in names.items())
    if answer.tree is None:
        yield f"  no box: each half of the samples needs {FEWEST} runs that are cases, and {FEWEST} that are not"
    elif not answer.boxes:
        yield "  no box: what one half of the samples suggests the other does not bear out"


def _limits(box: Box, factor: Varied) -> str:
    """What a box says of a factor."""
    if factor.name in box.choices:
        return ", ".join(factor.labels[label] for label in sorted(box.choices[factor.name]))
    low, high = (limits.get(factor.name) for limits in (box.low, box.high))
    units = "" if factor.units in ("", "1", "Dmnl") else f" {factor.units}"
    if low is None:
        return f"up to {high:.3g}{units}"
    return f"from {low:.3g}{units}" if high is None else f"{low:.3g} to {high:.3g}{units}"


def tree_text(answer: Answer, factors: Sequence[Varied]) -> str:
    """The tree as rules, a line for each; empty where nothing parts the cases."""
    if answer.tree is None or not answer.tree.parts:
        return ""
    lines = [("", "cases", "of runs"), *_rules(answer.tree, {factor.name: factor for factor in factors}, 1)]
    width = max(len(rule) for rule, *_ in lines)
    return "\n".join(f"{rule:<{width}}  {density:>6}  {mass:>7}".rstrip() for rule, density, mass in lines)


def _rules(node: Node, factors: Mapping[str, Varied], depth: int) -> Iterator[tuple[str, str, str]]:
    for part in node.parts:
        shares = ("", "") if part.parts else (percent(part.judged.density), percent(part.judged.mass))
        yield f"{'  ' * depth}{node.factor} {_side(node, part, factors[node.factor])}", *shares
        yield from _rules(part, factors, depth + 1)


def _side(node: Node, part: Node, factor: Varied) -> str:
    """The limit that a part adds to its node."""
    name = factor.name
    if factor.labels:
        return _limits(Box(choices={name: part.box.choices[name]}), factor)
    if part.box.high.get(name) != node.box.high.get(name):
        return _limits(Box(high={name: part.box.high[name]}), factor)
    return _limits(Box(low={name: part.box.low[name]}), factor)


# ── conclusions and modes ────────────────────────────────────────────────────────────────────────────────────────────────────


def described_verdict(one: Verdict) -> str:
    """How often a conclusion holds."""
    conclusion, (less, than) = one.conclusion, one.conclusion.less
    pairs = f"{one.runs[0]} pairs of the same sample" if one.paired else f"pairs of {one.runs[0]} and {one.runs[1]} runs"
    rest = [
        f"{word} in {exact(share)}"
        for word, share in (("equal", one.equal), ("greater", one.greater), ("undecided", one.undecided))
        if share > 0
    ]
    interval = f"{exact(one.less)} ({exact(one.low)} to {exact(one.high)})"
    what = f"{conclusion.metric}{elements(conclusion.select)} is less with {less} than with {than}"
    return f"{what} in {interval} of {pairs}" + "".join(f", {part}" for part in rest)


def _mode_text(share: "xr.DataArray") -> str:
    """A line for each variant, theory and element, the most frequent modes first."""
    dims = share.dims[:-1]
    lines = list[tuple[str, str]]()
    for where in np.ndindex(share.shape[:-1]):
        values = share.values[where]
        order = [number for number in np.argsort(-values, kind="stable") if values[number] > 0]
        element = ", ".join(str(share[dim].values[position]) for dim, position in zip(dims, where, strict=True))
        told = ", ".join(f"{share['mode'].values[number]} {percent(values[number])}" for number in order)
        lines.append((element, told))
    width = max(len(element) for element, _ in lines)
    return "\n".join([str(share.attrs["long_name"]), *(f"  {element:<{width}}  {told}" for element, told in lines)])


def exact(share: float) -> str:
    """With one digit behind the point."""
    return f"{100 * share:.1f} %"


def percent(share: float) -> str:
    """With two digits that tell.

    >>> percent(0.9521), percent(0.9996), percent(0.0004), percent(1.0)
    ('95 %', '99.96 %', '0.04 %', '100 %')
    """
    rest = min(share, 1 - share)
    digits = 0 if rest == 0 or rest >= 0.01 else 2 if rest < 0.001 else 1
    return f"{100 * share:.{digits}f} %"
