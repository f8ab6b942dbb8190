"""A model -> its stock-and-flow diagram as SVG.

    structure    (Model, System, sectors) -> what acts on what, which flows are pipes
    sectors      the groups of the model file, or what hangs together most -> what is drawn together
    blocks       a sector -> variables with their satellites, stocks with their flows
    layout       blocks -> where everything stands, and how the arrows bend
    picture      a diagram -> SVG
    poster       the diagrams of all sectors -> one SVG

Nothing is random: the same model gives the same bytes.  No other program is needed, and names from the model are only text.
"""

from collections.abc import Callable

from sdrun.draw.layout import EFFORT, diagram_of
from sdrun.draw.picture import Signs, svg_of
from sdrun.draw.poster import poster
from sdrun.draw.sectors import sectors_of
from sdrun.draw.structure import Structure, structure_of
from sdrun.model import Model
from sdrun.system import System

ALL = 120e6
"""Of `EFFORT`, for all sectors of a model: half a minute."""

__all__ = ["Signs", "Structure", "draw", "sectors_of", "structure_of"]


def draw(
    model: Model,
    system: System,
    signs: Signs | None,
    group: str | None = None,
    told: Callable[[str], None] = lambda _name: None,
) -> str:
    """The diagram of a model, or of one of its sectors; with the signs of links where they are known.

    `told` hears the name of each sector before it is laid out.
    """
    structure = structure_of(model, system, sectors_of(model, system))
    chosen = [sector for sector in structure.sectors if group in (None, sector.name)]
    diagrams = []
    for sector in chosen:
        told(sector.name)
        diagrams.append(diagram_of(structure, sector, min(EFFORT, ALL / len(chosen))))
    return svg_of(diagrams[0], signs) if len(diagrams) == 1 else poster(model.path.stem, structure, diagrams, signs)
