"""A sector in blocks: each variable with its satellites about it, each stock with its flows.

A satellite is a constant, or a variable of another sector, that feeds the variable.  A constant is stated beside the first
variable that it feeds and stands beside the others as a ghost: so no arrow from a constant crosses the page.
"""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate

import numpy as np

from sdrun.draw.structure import Sector, Structure
from sdrun.system import Kind

LETTER, LINE = 6.3, 13
"""Width and height of a letter in pixels, in Vensim and in the picture."""
PIPE = 58
"""From a valve to its cloud."""


@dataclass(frozen=True, kw_only=True)
class Word:
    """A variable on the page."""

    id: str
    lines: tuple[str, ...]
    kind: Kind
    ghost: bool = False
    """It is stated elsewhere."""
    x: float = 0.0
    y: float = 0.0
    """Of its centre, as everywhere."""
    tall: float = 0.0
    """What a stock has in half height beyond its name, so that all its pipes run level."""

    @property
    def is_stock(self) -> bool:
        """Whether it is drawn as a box."""
        return self.kind is Kind.STOCK and not self.ghost

    @property
    def half(self) -> tuple[float, float]:
        """Half of its width and height."""
        margin = (10, 8) if self.is_stock else (5, 2)
        return max(map(len, self.lines)) * LETTER / 2 + margin[0], len(self.lines) * LINE / 2 + margin[1] + self.tall


@dataclass(frozen=True, kw_only=True)
class Block:
    """Words about a centre line, where y is 0."""

    words: Sequence[Word] = ()
    feeds: Sequence[tuple[int, int]] = ()
    """Satellite, variable: positions among the words."""
    own: Mapping[str, int] = field(default_factory=dict)
    """The variables that are no satellites."""
    valves: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    """By flow, as are the clouds."""
    clouds: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    bars: Sequence[tuple[float, float, float, float]] = ()
    """Pipes, as boxes that arrows keep clear of: centre, half of width and height."""

    @cached_property
    def at(self) -> np.ndarray:
        """Centres of all boxes, words first."""
        return np.array([(word.x, word.y) for word in self.words] + [bar[:2] for bar in self.bars])

    @cached_property
    def half(self) -> np.ndarray:
        """Half of their widths and heights."""
        return np.array([word.half for word in self.words] + [bar[2:] for bar in self.bars])

    @cached_property
    def edges(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return (*(self.at - self.half).min(0).tolist(), *(self.at + self.half).max(0).tolist())

    @cached_property
    def width(self) -> float:
        """From the left to the right edge."""
        return self.edges[2] - self.edges[0]

    def moved(self, x: float, y: float, turn: int = 1) -> "Block":
        """Elsewhere, or mirrored (-1)."""
        return Block(
            words=[replace(word, x=turn * word.x + x, y=word.y + y) for word in self.words],
            feeds=self.feeds,
            own=self.own,
            valves={i: (turn * vx + x, vy + y) for i, (vx, vy) in self.valves.items()},
            clouds={i: (turn * cx + x, cy + y) for i, (cx, cy) in self.clouds.items()},
            bars=[(turn * bx + x, by + y, w, h) for bx, by, w, h in self.bars],
        )


def joined(blocks: Sequence[Block]) -> Block:
    """One block of several, where they stand."""
    counted = list(zip(blocks, accumulate((len(block.words) for block in blocks), initial=0), strict=False))
    return Block(
        words=[word for block in blocks for word in block.words],
        feeds=[(a + n, b + n) for block, n in counted for a, b in block.feeds],
        own={id: i + n for block, n in counted for id, i in block.own.items()},
        valves={i + n: valve for block, n in counted for i, valve in block.valves.items()},
        clouds={i + n: cloud for block, n in counted for i, cloud in block.clouds.items()},
        bars=[bar for block in blocks for bar in block.bars],
    )


@dataclass(frozen=True, kw_only=True)
class Builder:
    """Makes the blocks of a sector, in the file's order."""

    structure: Structure
    sector: Sector
    stated: set[str] = field(default_factory=set)
    """Constants that stand on the page already."""

    def blocks(self) -> list[Block]:
        """All of them."""
        own = [id for id in self.sector.variables if self.structure.slots[id].kind is not Kind.CONSTANT]
        flows, taken = dict[str, dict[str, int]](), set[str]()
        for id in own:
            flows[id] = {flow: sign for flow, sign in self.structure.piped(id).items() if flow in own and flow not in taken}
            taken |= {*flows[id]}
        blocks = [self.chain(id, flows[id]) for id in own if id not in taken]
        idle = [id for id in self.sector.variables if id not in own and id not in self.stated]
        return blocks + [self.idle(idle[i : i + 8]) for i in range(0, len(idle), 8)]

    def word(self, id: str, ghost: bool, columns: int) -> Word:
        """A variable's name in lines of so many letters."""
        slot = self.structure.slots[id]
        label = f"<{slot.label}>" if ghost else slot.label
        return Word(id=id, lines=tuple(textwrap.wrap(label, columns, break_long_words=False)), kind=slot.kind, ghost=ghost)

    def satellite(self, id: str) -> Word:
        """What feeds a variable: itself where it is stated first, then a ghost."""
        ghost = id not in self.sector.variables or id in self.stated
        self.stated.add(id)
        return self.word(id, ghost, 24)

    def feeding(self, id: str) -> list[Word]:
        """Satellites of a variable."""
        slots, own = self.structure.slots, self.sector.variables
        return [self.satellite(i) for i in slots[id].inputs if i not in own or slots[i].kind is Kind.CONSTANT]

    def part(self, id: str, flow: int, hanging: bool) -> Block:
        """A variable with its satellites about it; below it where pipes run along the centre line (`hanging`)."""
        satellites, node = self.feeding(id), self.word(id, False, 18)
        node = replace(node, y=LINE + node.half[1] if flow else 0.0)
        first = satellites[: -(-len(satellites) // (2 if len(satellites) > (4 if hanging else 8) else 1))]
        words, outer = list[Word](), 1 if flow < 0 else -1
        for side, column in ((outer, first), (-outer, satellites[len(first) :])):
            up = 0 if hanging else -(-len(column) // 2)
            words += [*_fanned(node, column[:up], side, -1, 8), *_fanned(node, column[up:], side, 1, -2 if flow else 8)]
        last = len(words)
        return Block(
            words=[*words, node],
            feeds=[(i, last) for i in range(last)],
            own={id: last},
            valves={last: (0.0, 0.0)} if flow else {},
            clouds={last: (-PIPE * flow, 0.0)} if flow else {},
            bars=[(-PIPE * flow / 2, 0.0, PIPE / 2 + 18, 12)] if flow else [],
        )

    def chain(self, id: str, flows: Mapping[str, int]) -> Block:
        """Inflows, stock, outflows; a variable without flows alone."""
        columns = {side: self.stack([flow for flow, sign in flows.items() if sign == side], side) for side in (1, -1)}
        lowest = max((y for stack in columns.values() for part in stack for _, y in part.valves.values()), default=0.0)
        columns[0] = [_stretched(self.part(id, 0, bool(flows)), id, lowest)]
        parts, right = list[Block](), 0.0
        for side in (1, 0, -1):
            parts += [part.moved(right - part.edges[0], 0.0) for part in columns[side]]
            right = max((part.edges[2] for part in parts), default=-30.0) + 30
        block = joined(parts)
        stock = block.words[block.own[id]]
        pipes = [((x + stock.x) / 2, y, abs(x - stock.x) / 2, 5) for x, y in block.valves.values()]
        return replace(block, bars=[*block.bars, *pipes])

    def stack(self, flows: Sequence[str], side: int) -> list[Block]:
        """Flows on one side of a stock, below each other."""
        parts, y = list[Block](), 0.0
        for part in (self.part(flow, side, True) for flow in flows):
            y += parts[-1].edges[3] - y - part.edges[1] + 14 if parts else 0.0
            parts.append(part.moved(0.0, y))
        return parts

    def idle(self, ids: list[str]) -> Block:
        """Constants that only other sectors use, below each other."""
        words, y = list[Word](), 0.0
        for word in map(self.satellite, ids):
            words.append(replace(word, y=y + word.half[1]))
            y += 2 * word.half[1]
        return Block(words=words).moved(0, -y / 2)


def _stretched(part: Block, id: str, lowest: float) -> Block:
    """The block of a stock whose box reaches down to its lowest pipe; what hangs below it moves down."""
    own = part.own[id]
    words = [replace(word, y=word.y + lowest * (word.y > 0)) for word in part.words]
    words[own] = replace(words[own], y=lowest / 2, tall=lowest / 2)
    return replace(part, words=words)


def _fanned(node: Word, words: list[Word], side: int, down: int, start: float) -> Iterator[Word]:
    """Words above each other at one side of a node, the farther the closer, so that no arrow runs over another's word."""
    near = far = node.half[0] + 36 + 26 * min(max(len(words) - 2, 0), 4)
    y = start
    for before, word in zip([None, *words], words, strict=False):
        inner = y - 0.4 * before.half[1] if before else 0.0
        y += word.half[1] + 1
        near = min(far, near * y / inner - word.half[0]) if before else far
        yield replace(word, x=node.x + side * (near + word.half[0]), y=node.y + down * y)
        y += word.half[1] + 1
