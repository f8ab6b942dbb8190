"""A diagram as SVG."""

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape

import numpy as np

from drawing.blocks import LINE, Word
from drawing.layout import Arrow, Diagram, curve

INKS = ("#1f4e79", "#9c3d10", "#2e6b2e", "#6a3d9a", "#8a6d00", "#006d77", "#a3195b", "#4a4a4a")
"""Arrows from one variable have one colour."""
PUFFS = ((-8, 2, 7), (0, -4, 8), (8, 1, 7), (1, 5, 7))
"""Circles of a cloud."""
STYLE = (
    "text{font-family:Arial,Helvetica,sans-serif;font-size:11px;text-anchor:middle;fill:#111}"
    ".ghost{fill:#8a8a8a}.constant{fill:#4d6b8a}.title{font-size:17px;font-weight:bold;text-anchor:start}"
    ".key{font-size:10px;text-anchor:start;fill:#666}"
    "path{fill:none;stroke-width:1.2}.initial{stroke-dasharray:3 2}"
    ".box{fill:#fdf6e3;stroke:#333}.pipe{stroke:#333;stroke-width:5}.hollow{stroke:#fff;stroke-width:3}"
)
KEY = "box: stock · double line: flow · blue: constant · <grey>: stated elsewhere · dashed: at the start only"


def svg_of(diagram: Diagram) -> str:
    """The text of the picture."""
    width, height = round(diagram.width), round(diagram.height)
    sources = sorted({arrow.source for arrow in diagram.arrows if not arrow.satellite})
    inks = {source: INKS[i % len(INKS)] for i, source in enumerate(sources)}
    body = [
        *(_arrow(diagram, arrow, inks) for arrow in diagram.arrows),
        *_pipes(diagram),
        *(_word(word) for word in diagram.words),
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
            f"<title>{escape(diagram.title)}</title><style>{STYLE}</style>",
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            f'<text class="title" x="16" y="26">{escape(diagram.title)}</text>',
            f'<text class="key" x="16" y="42">{escape(KEY)}</text>',
            *body,
            "</svg>\n",
        ]
    )


def _word(word: Word) -> str:
    style = "ghost" if word.ghost else word.kind.value
    top = word.y - (len(word.lines) - 1) * LINE / 2 + 4
    lines = [
        f'<text class="{style}" x="{word.x:.0f}" y="{top + i * LINE:.0f}">{escape(line)}</text>'
        for i, line in enumerate(word.lines)
    ]
    (w, h), x, y = word.half, word.x, word.y
    box = (
        f'<rect class="box" x="{x - w:.0f}" y="{y - h:.0f}" width="{2 * w:.0f}" height="{2 * h:.0f}"/>' if word.is_stock else ""
    )
    return box + "".join(lines)


def _arrow(diagram: Diagram, arrow: Arrow, inks: Mapping[int, str]) -> str:
    """The part of the curve that lies outside both words."""
    a, b = diagram.words[arrow.source], diagram.words[arrow.target]
    start, stop = np.array((a.x, a.y)), np.array((b.x, b.y))
    control = curve(start, np.array(arrow.bend), stop)

    def at(s: float, t: float) -> np.ndarray:
        """The curve's blossom: its points at s = t, and the control point of the part from s to t."""
        return (1 - s) * ((1 - t) * start + t * control) + s * ((1 - t) * control + t * stop)

    steps = np.linspace(0, 1, 241)
    outside = [t for t in steps if not _within(a, at(t, t), 1) and not _within(b, at(t, t), 2)]
    first, last = (outside[0], outside[-1]) if outside else (0.0, 1.0)
    (x, y), (cx, cy), (u, v) = at(first, first), at(first, last), at(last, last)
    ink = "#9db2c6" if arrow.satellite else inks[arrow.source]
    style = f'style="stroke:{ink}"' + (' class="initial"' if arrow.initial else "")
    shaft = f'<path {style} d="M{x:.1f},{y:.1f} Q{cx:.1f},{cy:.1f} {u:.1f},{v:.1f}"/>'
    return shaft + _head(u, v, u - cx, v - cy, 6 if arrow.satellite else 8, ink)


def _head(x: float, y: float, dx: float, dy: float, size: float, ink: str) -> str:
    """The head of an arrow whose tip is at (x, y), as wide as 0.8 of its length."""
    dx, dy = np.array((dx, dy)) / (np.hypot(dx, dy) or 1) * size
    corners = ((x, y), (x - dx - 0.4 * dy, y - dy + 0.4 * dx), (x - dx + 0.4 * dy, y - dy - 0.4 * dx))
    return f'<path style="fill:{ink}" d="M' + " L".join(f"{a:.1f},{b:.1f}" for a, b in corners) + ' z"/>'


def _within(word: Word, point: np.ndarray, margin: float) -> bool:
    (w, h), (x, y) = word.half, point
    return bool(abs(x - word.x) < w + margin and abs(y - word.y) < h + margin)


def _pipes(diagram: Diagram) -> Iterator[str]:
    for pipe in diagram.pipes:
        (x, y), (u, v) = diagram.valves[pipe.flow], pipe.end
        way = 1 if x < u else -1
        if pipe.stock is not None:
            u -= way * (diagram.words[pipe.stock].half[0] + (8 if pipe.fills else 0))
        line = f"M{x:.0f},{y:.0f} L{u:.0f},{v:.0f}"
        yield f'<path class="pipe" d="{line}"/><path class="hollow" d="{line}"/>'
        if pipe.stock is None:
            circles = [f'<circle cx="{u + dx:.0f}" cy="{v + dy:.0f}" r="{r}" ' for dx, dy, r in PUFFS]
            yield "".join(f'{circle}stroke="#555" stroke-width="2"/>' for circle in circles)
            yield "".join(f'{circle}fill="#fff"/>' for circle in circles)
        elif pipe.fills:
            yield _head(u + 8 * way, v, u - x, v - y, 13, "#333")
    for x, y in diagram.valves.values():
        yield f'<path d="M{x - 7:.0f},{y - 8:.0f} h14 L{x - 7:.0f},{y + 8:.0f} h14 z" style="fill:#fff;stroke:#333"/>'
