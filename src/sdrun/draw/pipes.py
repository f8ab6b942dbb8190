"""Pipes as SVG: from the valve of a flow to a stock, or to a cloud; level, or with elbows that keep clear of words."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from sdrun.draw.layout import Diagram, Pipe

PUFFS = ((-8, 2, 7), (0, -4, 8), (8, 1, 7), (1, 5, 7))
"""Circles of a cloud."""
LEVEL = 2
"""Pixels by which the ends of a level pipe may differ."""
ELBOWS = 9
"""Places that are tried for the upright part of a pipe."""
Point = tuple[float, float]


def pipes(diagram: Diagram) -> Iterator[str]:
    """All pipes, clouds and valves."""
    for pipe in diagram.pipes:
        points = _route(diagram, pipe)
        line = "M" + " L".join(f"{x:.0f},{y:.0f}" for x, y in points)
        yield f'<path class="pipe" d="{line}"/><path class="hollow" d="{line}"/>'
        (x, y), (u, v) = points[-2:]
        if pipe.stock is None:
            circles = [f'<circle cx="{u + dx:.0f}" cy="{v + dy:.0f}" r="{r}" ' for dx, dy, r in PUFFS]
            yield "".join(f'{circle}stroke="#555" stroke-width="2"/>' for circle in circles)
            yield "".join(f'{circle}fill="#fff"/>' for circle in circles)
        elif pipe.fills:
            way = 1 if x < u else -1
            yield head(u + 8 * way, v, u - x, v - y, 13, "#333")
    for x, y in diagram.valves.values():
        yield f'<path d="M{x - 7:.0f},{y - 8:.0f} h14 L{x - 7:.0f},{y + 8:.0f} h14 z" style="fill:#fff;stroke:#333"/>'


def head(x: float, y: float, dx: float, dy: float, size: float, ink: str) -> str:
    """The head of an arrow whose tip is at (x, y), as wide as 0.8 of its length."""
    dx, dy = np.array((dx, dy)) / (np.hypot(dx, dy) or 1) * size
    corners = ((x, y), (x - dx - 0.4 * dy, y - dy + 0.4 * dx), (x - dx + 0.4 * dy, y - dy - 0.4 * dx))
    return f'<path style="fill:{ink}" d="M' + " L".join(f"{a:.1f},{b:.1f}" for a, b in corners) + ' z"/>'


def _route(diagram: Diagram, pipe: Pipe) -> Sequence[Point]:
    """The way of a pipe, that enters a stock from the side: of all elbows the one that runs over the fewest words."""
    (x, y), (u, v) = diagram.valves[pipe.flow], pipe.end
    if pipe.stock is None:
        return (x, y), (u, v)
    half = diagram.words[pipe.stock].half[0] + (8 if pipe.fills else 0)
    if abs(y - v) <= LEVEL:
        return (x, y), (u - half if x < u else u + half, v)
    edges = np.array([(word.x, word.y, *word.half) for i, word in enumerate(diagram.words) if i != pipe.stock])
    routes = [
        ((x, y), (elbow, y), (elbow, v), (end, v))
        for side, end in ((1, u - half), (-1, u + half))
        for elbow in (x, *np.linspace(end - side * 130, end - side * 24, ELBOWS))
        if side * (end - elbow) >= 20
    ]
    return min(routes, key=lambda route: _cost(route, edges)) if routes else ((x, y), (u - half if x < u else u + half, v))


def _cost(route: Sequence[Point], edges: np.ndarray) -> float:
    """Length, and a long way for each word that is run over."""
    total = 0.0
    for (x, y), (u, v) in pairwise(route):
        over = (np.abs(edges[:, 0] - (x + u) / 2) < edges[:, 2] + abs(x - u) / 2 + 4) & (
            np.abs(edges[:, 1] - (y + v) / 2) < edges[:, 3] + abs(y - v) / 2 + 4
        )
        total += abs(x - u) + abs(y - v) + 400 * float(over.sum())
    return total
