"""A diagram as SVG.  Names come from models: control characters are dropped, and what XML reserves is escaped."""

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape

import numpy as np

from sdrun.draw.blocks import LINE, Word
from sdrun.draw.layout import Arrow, Diagram, curve
from sdrun.draw.pipes import head, pipes
from sdrun.errors import printable

Signs = Mapping[tuple[str, str], int]
"""Of links, by the ids of their ends: 1 the same direction, -1 the opposite, 0 now the one, now the other."""

INKS = ("#1f4e79", "#9c3d10", "#2e6b2e", "#6a3d9a", "#8a6d00", "#006d77", "#a3195b", "#4a4a4a")
"""Arrows from one variable have one colour."""
STYLE = (
    "text{font-family:Arial,Helvetica,sans-serif;font-size:11px;text-anchor:middle;fill:#111}"
    ".ghost{fill:#8a8a8a}.constant{fill:#4d6b8a}.title{font-size:17px;font-weight:bold;text-anchor:start}"
    ".key{font-size:10px;text-anchor:start;fill:#666}"
    "path{fill:none;stroke-width:1.2}.initial{stroke-dasharray:3 2}"
    ".box{fill:#fdf6e3;stroke:#333}.pipe{stroke:#333;stroke-width:5}.hollow{stroke:#fff;stroke-width:3}"
)
SIGN_STYLE = ".sign{font-size:13px;font-weight:bold;stroke:#fff;stroke-width:3;paint-order:stroke}"
MARKS = {1: "+", -1: "−", 0: "±"}
SIGN_KEY = "\n+, −, ±: pushes the same way, the opposite way, now this and now that way"
KEY = "box: stock · double line: flow · blue: constant · <grey>: stated elsewhere · dashed: at the start only"


def svg_of(diagram: Diagram, signs: Signs | None = None) -> str:
    """The text of the picture; with `signs` each link that has one bears it at its head."""
    width, height = round(diagram.width), round(diagram.height)
    style, key = (STYLE, KEY) if signs is None else (STYLE + SIGN_STYLE, KEY + SIGN_KEY)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
            f"<title>{text(diagram.title)}</title><style>{style}</style>",
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            *panel(diagram, key, signs or {}),
            "</svg>\n",
        ]
    )


def text(words: str) -> str:
    """Words that are safe in XML."""
    return escape(printable(words))


def panel(diagram: Diagram, key: str, signs: Signs) -> Iterator[str]:
    """All elements of a diagram, its title and `key` above."""
    sources = sorted({arrow.source for arrow in diagram.arrows if not arrow.satellite})
    inks = {source: INKS[i % len(INKS)] for i, source in enumerate(sources)}
    yield f'<text class="title" x="16" y="26">{text(diagram.title)}</text>'
    for number, line in enumerate(filter(None, key.split("\n"))):
        yield f'<text class="key" x="16" y="{42 + 14 * number}">{text(line)}</text>'
    marks = []
    for arrow in diagram.arrows:
        sign = signs.get((diagram.words[arrow.source].id, diagram.words[arrow.target].id))
        drawn, mark = _arrow(diagram, arrow, inks, sign)
        yield drawn
        marks.append(mark)
    yield from pipes(diagram)
    yield from (_word(word) for word in diagram.words)
    yield from filter(None, marks)


def _word(word: Word) -> str:
    style = "ghost" if word.ghost else word.kind.value
    top = word.y - (len(word.lines) - 1) * LINE / 2 + 4
    lines = [
        f'<text class="{style}" x="{word.x:.0f}" y="{top + i * LINE:.0f}">{text(line)}</text>'
        for i, line in enumerate(word.lines)
    ]
    (w, h), x, y = word.half, word.x, word.y
    box = (
        f'<rect class="box" x="{x - w:.0f}" y="{y - h:.0f}" width="{2 * w:.0f}" height="{2 * h:.0f}"/>' if word.is_stock else ""
    )
    return box + "".join(lines)


def _arrow(diagram: Diagram, arrow: Arrow, inks: Mapping[int, str], sign: int | None) -> tuple[str, str]:
    """The part of the curve that lies outside both words, and the sign beside its head."""
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
    drawn = shaft + head(u, v, u - cx, v - cy, 6 if arrow.satellite else 8, ink)
    if sign is None:
        return drawn, ""
    # beside the head; of a satellite on its tail, for the heads of satellites are close together
    ahead = np.array((cx - x, cy - y) if arrow.satellite else (u - cx, v - cy))
    dx, dy = ahead / (np.hypot(*ahead) or 1)
    px, py = (x + 4 * dx, y + 4 * dy) if arrow.satellite else (u - 10 * dx + 9 * dy, v - 10 * dy - 9 * dx)
    size = ' style="font-size:11px;fill:#5b7894"' if arrow.satellite else f' style="fill:{ink}"'
    return drawn, f'<text class="sign" x="{px:.1f}" y="{py + 4:.1f}"{size}>{MARKS[sign]}</text>'


def _within(word: Word, point: np.ndarray, margin: float) -> bool:
    (w, h), (x, y) = word.half, point
    return bool(abs(x - word.x) < w + margin and abs(y - word.y) < h + margin)
