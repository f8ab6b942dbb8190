"""Where everything of a sector stands on its page.

Blocks stand in rows, so no two overlap.  Two blocks are exchanged, one is moved or mirrored, until nothing makes the arrows
between blocks shorter or lets them cross fewer words and each other less often; then each arrow takes the bend that touches
least.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import accumulate, combinations, islice, product

import numpy as np

from sdrun.draw.blocks import Block, Builder, Word, joined
from sdrun.draw.structure import Sector, Structure

GAP, ROW, TOP = 46, 50, 70
"""Between blocks, between rows, above all (pixels)."""
NARROWEST, WIDEST, DEEPEST = 560, 1450, 1020
AT_ONCE = 48
"""Arrangements that are judged together."""
EFFORT = 40e6
"""Pairs of arrows, and of arrows and words, that are judged from each of four starts: seconds; the flagship needs half."""
BULGES = (0.0, *(sign * bulge for bulge in (0.08, 0.16, 0.24, 0.32, 0.4, 0.5, 0.65) for sign in (1, -1)))
"""How far an arrow may bend, over its length."""
STEPS = np.linspace(0.0, 1.0, 26)[:, None]
Rows = tuple[tuple[int, ...], ...]
"""Blocks by number, counted from 1; negative: mirrored."""


@dataclass(frozen=True, kw_only=True)
class Arrow:
    """A link."""

    source: int
    target: int
    """Positions among the words."""
    bend: tuple[float, float]
    """A point that it goes through, half way."""
    initial: bool
    """It matters at the start only."""
    satellite: bool


@dataclass(frozen=True, kw_only=True)
class Pipe:
    """From the valve of a flow to a stock, or to a cloud."""

    flow: int
    stock: int | None
    fills: bool
    """The flow fills that end."""
    end: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Diagram:
    """A page, all of it placed."""

    title: str
    words: Sequence[Word]
    valves: Mapping[int, tuple[float, float]]
    """By the flow's position among the words."""
    arrows: Sequence[Arrow]
    pipes: Sequence[Pipe]
    width: float
    height: float


def diagram_of(structure: Structure, sector: Sector, effort: float = EFFORT) -> Diagram:
    """The finished page of a sector; the search for a better one ends where none is found, or after `effort`."""
    blocks = Builder(structure=structure, sector=sector).blocks()
    links = [*structure.links({id for block in blocks for id in block.own})]
    search = Search(blocks=blocks, links=links)
    _, rows = min((_improved(search, start, effort) for start in _starts(blocks)), key=lambda found: found[0])
    page = joined([block.moved(x, y, turn) for block, (turn, x, y) in zip(blocks, search.places(rows), strict=True)])
    arrows, lowest = _arrows(structure, page, [(page.own[a], page.own[b]) for a, b in links])
    return Diagram(
        title=sector.name,
        words=page.words,
        valves=page.valves,
        arrows=arrows,
        pipes=[*_pipes(structure, page)],
        width=max(page.edges[2] + GAP, NARROWEST),
        height=lowest + 24,
    )


# ── rows of blocks ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Search:
    """What arrangements are judged by."""

    blocks: Sequence[Block]
    links: Sequence[tuple[str, str]]

    @cached_property
    def boxes(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Centres in their block, halves, and the block, of all boxes."""
        owner = np.repeat(np.arange(len(self.blocks)), [len(block.at) for block in self.blocks])
        return np.concatenate([block.at for block in self.blocks]), np.concatenate([block.half for block in self.blocks]), owner

    @cached_property
    def ends(self) -> np.ndarray:
        """Of each link the two boxes."""
        first = accumulate((len(block.at) for block in self.blocks), initial=0)
        where = {id: i + n for block, n in zip(self.blocks, first, strict=False) for id, i in block.own.items()}
        return np.array([(where[a], where[b]) for a, b in self.links], dtype=int).reshape(-1, 2)

    def places(self, rows: Rows) -> list[tuple[int, float, float]]:
        """Turn and origin of each block, rows spread over the width of the widest."""
        found, y = [(1, 0.0, 0.0)] * len(self.blocks), float(TOP)
        filled = [[(number, self.blocks[abs(number) - 1]) for number in row] for row in rows if row]
        width = max(sum(block.width for _, block in row) + GAP * (len(row) + 1) for row in filled)
        for row in filled:
            gap = (width - sum(block.width for _, block in row)) / (len(row) + 1)
            x, y = gap, y + max(-block.edges[1] for _, block in row)
            for number, block in row:
                left, turn = (block.edges[0], 1) if number > 0 else (-block.edges[2], -1)
                found[abs(number) - 1] = (turn, x - left, y)
                x += block.width + gap
            y += max(block.edges[3] for _, block in row) + ROW
        return found

    def costs(self, trials: Sequence[Rows]) -> list[float]:
        """How badly each arrangement reads, with straight arrows: smaller is better."""
        inside, half, owner = self.boxes
        places = np.array([self.places(rows) for rows in trials])[:, owner]
        at = (
            np.stack([inside[:, 0] * places[:, :, 0], np.broadcast_to(inside[:, 1], places.shape[:2])], axis=2)
            + places[:, :, 1:]
        )
        start, stop = at[:, self.ends[:, 0]], at[:, self.ends[:, 1]]
        over = _touching(start, stop, at, half + 2)
        over[:, np.arange(len(self.ends))[:, None], self.ends] = False
        length, backward = np.hypot(*np.moveaxis(stop - start, 2, 0)).sum(1), np.maximum(start - stop, 0)[:, :, 0].sum(1)
        overflow = np.maximum((at + half).max(1) - (WIDEST, DEEPEST), 0).sum(1)
        crossings = _crossing(start, stop).sum((1, 2)) / 2
        cost = length / 100 + backward / 400 + 2.5 * over.sum((1, 2)) + 1.2 * crossings + overflow / 4
        return [round(float(value), 6) for value in cost]


def _starts(blocks: Sequence[Block]) -> Iterator[Rows]:
    """Blocks dealt out to rows, forwards and backwards."""
    numbers = range(1, len(blocks) + 1)
    count = int(np.ceil(sum(block.width + GAP for block in blocks) / (WIDEST - 150)))
    for rows in (count, count + 1):
        for order in (numbers, numbers[::-1]):
            yield tuple(tuple(order[i::rows]) for i in range(rows))


def _improved(search: Search, rows: Rows, effort: float) -> tuple[float, Rows]:
    """Cost and rows where no exchange, turn or move makes them better, or where the effort is spent."""
    (best,), seen, improved = search.costs([rows]), {rows}, True
    most = effort / max(1, len(search.ends) * (len(search.ends) + len(search.boxes[0])))
    while improved:
        improved, changes = False, _changes(rows)
        while len(seen) < most and (some := [*islice(changes, AT_ONCE)]):
            trials = list(dict.fromkeys(trial for change in some if (trial := change(rows)) not in seen))
            seen.update(trials)
            cost, lowest = min(zip(search.costs(trials), trials, strict=True), default=(best, rows)) if trials else (best, rows)
            if cost < best:
                rows, best, improved = lowest, cost, True
    return best, rows


def _changes(rows: Rows) -> Iterator[Callable[[Rows], Rows]]:
    numbers = sorted(abs(number) for row in rows for number in row)
    for a, b in combinations(numbers, 2):
        yield partial(_renumbered, new={a: b, b: a, -a: -b, -b: -a})
    for a in numbers:
        yield partial(_renumbered, new={a: -a, -a: a})
        for row, place in product(range(len(rows)), range(max(map(len, rows)) + 1)):
            yield partial(_moved, number=a, row=row, place=place)


def _renumbered(rows: Rows, new: Mapping[int, int]) -> Rows:
    return tuple(tuple(new.get(number, number) for number in row) for row in rows)


def _moved(rows: Rows, number: int, row: int, place: int) -> Rows:
    found = next(n for line in rows for n in line if abs(n) == number)
    left = [[n for n in line if n != found] for line in rows]
    left[row].insert(place, found)
    return tuple(map(tuple, left))


def _touching(start: np.ndarray, stop: np.ndarray, at: np.ndarray, half: np.ndarray) -> np.ndarray:
    """Which straight lines touch which boxes: no axis of a box and no line's own normal separates the two."""
    ux, uy = np.moveaxis((stop - start) / 2, -1, 0)[..., None]
    x, y = np.moveaxis((start + stop)[..., None, :] / 2 - at[..., None, :, :], -1, 0)
    (w, h), vx, vy = half.T, np.abs(ux), np.abs(uy)
    return (np.abs(x) < vx + w) & (np.abs(y) < vy + h) & (np.abs(ux * y - uy * x) < w * vy + h * vx)


def _crossing(start: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """Which straight lines cross each other, both ways."""
    x, y = np.moveaxis(start, -1, 0)
    ux, uy = np.moveaxis(stop - start, -1, 0)

    def side(px: np.ndarray, py: np.ndarray) -> np.ndarray:
        """On which side of each line the points lie."""
        return ux[..., None] * (py[..., None, :] - y[..., None]) - uy[..., None] * (px[..., None, :] - x[..., None])

    apart = side(x, y) * side(x + ux, y + uy) < -1e-6
    return apart & np.swapaxes(apart, -1, -2)


# ── arrows and pipes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def curve(start: np.ndarray, bend: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """The control point of the quadratic curve from start to stop through `bend`."""
    return 2 * bend - (start + stop) / 2


def _arrows(structure: Structure, page: Block, inner: list[tuple[int, int]]) -> tuple[list[Arrow], float]:
    """All arrows, the short ones first, and the lowest point of the page."""

    def arrow(a: int, b: int, bend: np.ndarray, satellite: bool) -> Arrow:
        initial = page.words[a].id in structure.initial.get(page.words[b].id, ())
        return Arrow(source=a, target=b, bend=(float(bend[0]), float(bend[1])), initial=initial, satellite=satellite)

    arrows, drawn = [arrow(a, b, (page.at[a] + page.at[b]) / 2, True) for a, b in page.feeds], list[np.ndarray]()
    for a, b in sorted(inner, key=lambda ends: (round(float(np.hypot(*(page.at[ends[0]] - page.at[ends[1]])))), ends)):
        bend, points = _bent(page, a, b, drawn)
        drawn.append(points)
        arrows.append(arrow(a, b, bend, False))
    return arrows, float(max([page.edges[3], *(points[:, 1].max() for points in drawn)]))


def _bent(page: Block, a: int, b: int, drawn: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The bend at which an arrow touches the fewest words and the fewest arrows drawn before it; points on its way."""
    start, stop = page.at[a], page.at[b]
    others = np.ones(len(page.at), dtype=bool)
    others[[a, b]] = False
    options = list[tuple[float, np.ndarray, np.ndarray]]()
    for bulge in BULGES:
        bend = (start + stop) / 2 + bulge * np.array([start[1] - stop[1], stop[0] - start[0]])
        points = (1 - STEPS) ** 2 * start + 2 * STEPS * (1 - STEPS) * curve(start, bend, stop) + STEPS**2 * stop
        hits = (np.abs(points[:, None] - page.at[others]) < page.half[others] + 3).all(-1).sum()
        near = sum((np.abs(points[:, None] - other).max(-1) < 9).any(1).sum() for other in drawn)
        off = ((points < (4, TOP - 24)) | (points > (page.edges[2] - 4, page.edges[3] + 40))).any()
        options.append((float(3 * hits + 0.7 * near + 4 * abs(bulge) + 20 * off), bend, points))
    return min(options, key=lambda option: option[0])[1:]


def _pipes(structure: Structure, page: Block) -> Iterator[Pipe]:
    """Pipes to the stocks of the page that a flow changes; to a cloud where it has no other end."""
    for flow, cloud in page.clouds.items():
        signs = set[int]()
        for stock, i in page.own.items():
            sign = structure.piped(stock).get(page.words[flow].id)
            if sign:
                signs.add(sign)
                word, level = page.words[i], page.valves[flow][1]
                level = level if abs(level - word.y) <= word.half[1] else word.y
                yield Pipe(flow=flow, stock=i, fills=sign > 0, end=(word.x, level))
        if len(signs) == 1:
            yield Pipe(flow=flow, stock=None, fills=signs == {-1}, end=cloud)
