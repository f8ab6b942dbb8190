"""The headline scenario, run once for all tests; `small_worlds` lies beside this file."""

import sys
from pathlib import Path

import pytest
import xarray as xr

sys.path.insert(0, str(Path(__file__).parent))

from small_worlds import MODEL, ROOT

from sdrun.model import Model
from sdrun.parse import read_model
from sdrun.pipeline import simulate


@pytest.fixture(scope="session")
def headline() -> xr.Dataset:
    """Waltz, Mearsheimer and growth only, 1992-2092."""
    return simulate(ROOT / "scenarios" / "waltz_vs_mearsheimer.toml").dataset


@pytest.fixture(scope="session")
def flagship() -> Model:
    return read_model(MODEL)
