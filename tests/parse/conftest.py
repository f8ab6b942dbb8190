"""Models written on the spot."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sdrun.model import Expr, Model
from sdrun.parse import read_model

CONTROLS = """
INITIAL TIME = 0 ~ year ~ |
FINAL TIME = 10 ~ year ~ |
TIME STEP = 1 ~ year ~ |
SAVEPER = TIME STEP ~ year ~ |
"""

XMILE = """<?xml version="1.0" encoding="utf-8"?>
<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">
<sim_specs time_units="year"><start>0</start><stop>10</stop><dt>0.5</dt></sim_specs>
{dimensions}
<model><variables>
{variables}
</variables></model>
</xmile>
"""


@pytest.fixture
def vensim(tmp_path: Path) -> Callable[[str], Model]:
    """Reads a Vensim model given as text."""

    def read(text: str) -> Model:
        path = tmp_path / "model.mdl"
        path.write_text(text, encoding="utf-8")
        return read_model(path)

    return read


@pytest.fixture
def xmile(tmp_path: Path) -> Callable[..., Model]:
    """Reads an XMILE model given as its variables and dimensions."""

    def read(variables: str, dimensions: str = "") -> Model:
        path = tmp_path / "model.xmile"
        path.write_text(XMILE.format(variables=variables, dimensions=dimensions), encoding="utf-8")
        return read_model(path)

    return read


@pytest.fixture
def expression(vensim: Callable[[str], Model]) -> Callable[[str], Expr]:
    """The right side of `x = ...` in a model with ranges, a lookup and nothing else."""

    def read(text: str) -> Expr:
        model = vensim(f"region: north, south ~~|\ntable((0,0),(1,10)) ~~|\ntables[region]((0,0),(1,10)) ~~|\nx = {text} ~~|")
        return model.variables["x"].equations[0].expression

    return read
