"""The diagrams of all sectors on one sheet, and above them who acts on whom."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sdrun.draw.layout import Diagram
from sdrun.draw.picture import KEY, SIGN_KEY, SIGN_STYLE, STYLE, Signs, panel, text
from sdrun.draw.structure import Structure

GAP, HEAD = 40, 96
"""Between sheets, and above the first (pixels)."""
CELL, ROW = 46, 24
"""Of the table of sectors."""
SHAPE = 1.5
"""Width of the poster over its height, about."""
TRIED = 60
"""Widths."""
MORE_STYLE = (
    ".heading{font-size:34px;font-weight:bold;text-anchor:start}.legend{font-size:15px;text-anchor:start;fill:#555}"
    ".cell{font-size:12px}.row{font-size:13px;text-anchor:end}.column{font-size:12px;fill:#555}"
)


def poster(title: str, structure: Structure, diagrams: Sequence[Diagram], signs: Signs | None) -> str:
    """The text of the sheet."""
    sheet = _arranged(diagrams)
    table = list(_table(structure, 16, HEAD + 14))
    top = HEAD + 14 + ROW * (len(structure.sectors) + 1) + GAP
    marks = {} if signs is None else signs
    key = KEY if signs is None else KEY + SIGN_KEY
    body = [
        f'<text class="heading" x="16" y="46">{text(title)}</text>',
        f'<text class="legend" x="16" y="74">{text(key.replace(chr(10), " · "))}</text>',
        *table,
    ]
    for diagram, (x, y) in zip(diagrams, sheet.places, strict=True):
        body.append(f'<g transform="translate({x:.0f} {y + top:.0f})">')
        body.append(f'<rect width="{diagram.width:.0f}" height="{diagram.height:.0f}" fill="#fff" stroke="#ccc"/>')
        body += [*panel(diagram, "", marks), "</g>"]
    width, height = round(max(sheet.width, 900)), round(sheet.height + top)
    style = STYLE + SIGN_STYLE + MORE_STYLE
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
    ground = f'<rect width="{width}" height="{height}" fill="#fff"/>'
    return "\n".join([head, f"<title>{text(title)}</title><style>{style}</style>", ground, *body, "</svg>\n"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Where each diagram stands."""

    places: Sequence[tuple[float, float]]
    width: float
    height: float

    @property
    def cost(self) -> float:
        """Room that it takes, more where it is too wide or too tall."""
        return self.width * self.height * (1 + abs(np.log(self.width / self.height / SHAPE)))


def _arranged(diagrams: Sequence[Diagram]) -> Sheet:
    """The diagrams in rows, in the order given, as wide as makes the best sheet."""
    widths = [diagram.width + GAP for diagram in diagrams]
    return min(
        (_in_rows(diagrams, widest) for widest in np.linspace(max(widths), sum(widths), TRIED)), key=lambda sheet: sheet.cost
    )


def _in_rows(diagrams: Sequence[Diagram], widest: float) -> Sheet:
    places, x, y, tall, width = list[tuple[float, float]](), 0.0, 0.0, 0.0, 0.0
    for diagram in diagrams:
        if x > 0 and x + diagram.width + GAP > widest + 1:
            x, y, tall = 0.0, y + tall + GAP, 0.0
        places.append((x + GAP, y))
        x, tall = x + diagram.width + GAP, max(tall, diagram.height)
        width = max(width, x)
    return Sheet(places=places, width=width + GAP, height=y + tall + GAP)


def _table(structure: Structure, left: float, top: float) -> Iterator[str]:
    """How many links lead from the sector of a row to that of a column."""
    sectors = structure.sectors
    home = {id: number for number, sector in enumerate(sectors) for id in sector.variables}
    count = Counter(
        (home[source], home[id]) for id, slot in structure.slots.items() for source in slot.inputs if {source, id} <= {*home}
    )
    names = max(len(sector.name) for sector in sectors) * 7.2 + 30
    most = max([number for (a, b), number in count.items() if a != b], default=1)
    yield f'<text class="column" x="{left:.0f}" y="{top:.0f}" style="text-anchor:start">links from the row to the column</text>'
    for a, sector in enumerate(sectors):
        y = top + ROW * (a + 1)
        yield f'<text class="row" x="{left + names - 10:.0f}" y="{y + 16:.0f}">{text(f"{a + 1} {sector.name}")}</text>'
        yield f'<text class="column" x="{left + names + CELL * (a + 0.5):.0f}" y="{top + ROW - 8:.0f}">{a + 1}</text>'
        for b in range(len(sectors)):
            number, x = count[a, b], left + names + CELL * b
            ink = "#e8e8e8" if a == b else f"rgba(31,78,121,{0.75 * number / most:.2f})"
            words = "" if not number else str(number)
            dark = a != b and number > 0.5 * most
            yield f'<rect x="{x:.0f}" y="{y:.0f}" width="{CELL}" height="{ROW}" fill="{ink}" stroke="#fff"/>'
            ink = "#fff" if dark else "#333"
            yield f'<text class="cell" x="{x + CELL / 2:.0f}" y="{y + 16:.0f}" style="fill:{ink}">{words}</text>'
