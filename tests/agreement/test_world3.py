"""World3, 2004 edition, by the file's own settings: every column against Vensim's own output, and against pysimlin's.

`SDRUN_WORLD3` names a folder that holds Vensim's sample model `wrld3-03.mdl` and its output `SCEN01.VDF`, which are not ours to
pass on; https://github.com/bpowers/simlin has them in `test/metasd/WRLD3-03`.
"""

import os
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from engines import Ran, column_id, columns, ours, run_all

from sdrun.simulation import History
from sdrun.system import System

FOLDER = Path(os.environ.get("SDRUN_WORLD3", ""))
MODEL, OUTPUT = FOLDER / "wrld3-03.mdl", FOLDER / "SCEN01.VDF"
WITH_PYSIMLIN = find_spec("simlin") is not None

pytestmark = [
    pytest.mark.skipif(
        "SDRUN_WORLD3" not in os.environ or not (MODEL.is_file() and OUTPUT.is_file()),
        reason="SDRUN_WORLD3 names no folder with wrld3-03.mdl and SCEN01.VDF",
    ),
    pytest.mark.skipif(not WITH_PYSIMLIN, reason="pysimlin, which reads Vensim's output, has no wheels for this system"),
    pytest.mark.xdist_group("world3"),
]

NEAR = 1e-5
"""Of a column's largest size, and of each number."""
AS_SINGLE = 10.0
"""How many times further than single precision moves our own equations a number of Vensim's may be off, where it is not `NEAR`:
both round, at different places."""
OF_THE_RUN = {"time_step", "saveper"}
"""pysimlin has them under other names."""


@pytest.fixture(scope="module")
def run() -> tuple[System, History]:
    return ours(MODEL, "numpy")


@pytest.fixture(scope="module")
def found(run: tuple[System, History]) -> dict[str, np.ndarray]:
    return columns(*run)


@pytest.fixture(scope="module")
def vensim(run: tuple[System, History]) -> dict[str, np.ndarray]:
    """Vensim's columns, but for its own stocks in smooths and delays."""
    import simlin

    table = simlin.load_vdf(OUTPUT)
    np.testing.assert_array_equal(table.index, run[1].time)
    return {column_id(name): table[name].to_numpy() for name in table.columns if name[0] != "#"}


@pytest.fixture(scope="module")
def pysimlin(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return run_all("pysimlin", {MODEL.name: MODEL.read_text(encoding="utf-8")}, tmp_path_factory.mktemp("world3"))[MODEL.name]


def in_single_precision(system: System, history: History) -> dict[str, np.ndarray]:
    """Our equations by Euler with parameters, time and stocks in 32 bits, as Vensim computes."""
    p, dt = system.defaults.astype(np.float32), np.float32(history.time[1] - history.time[0])
    y, held = system.initial(np.float32(history.time[0]), np.float32(history.time[0]), dt, p)
    y, constants = y.astype(np.float32), system.constants(p, held.astype(np.float32))
    rows = []
    for time in history.time.astype(np.float32):
        row = system.outputs(time, time, dt, y, constants)
        rows.append({slot.name: float(np.ravel(row[slot.name])[0]) for slot in system.recorded})
        y = (y + dt * system.rhs(time, time, dt, y, constants)).astype(np.float32)
    return {column_id(slot.label): np.array([row[slot.name] for row in rows]) for slot in system.recorded}


def test_every_column_is_vensims(found: dict[str, np.ndarray], vensim: dict[str, np.ndarray]) -> None:
    """All columns at all times: no one is left out, and none is off by more than `NEAR` of its size."""
    assert found.keys() == vensim.keys() and len(found) == 260
    off = {name: np.abs(found[name] - wanted).max() / max(np.abs(wanted).max(), 1e-300) for name, wanted in vensim.items()}
    assert {name: error for name, error in off.items() if not error <= NEAR} == {}


def test_numbers_further_off_are_single_precision(
    run: tuple[System, History], found: dict[str, np.ndarray], vensim: dict[str, np.ndarray]
) -> None:
    """Number by number six columns are further off, where they are small differences of large numbers: single precision alone
    moves them as far."""
    single, further = in_single_precision(*run), []
    for name, wanted in vensim.items():
        apart = np.abs(found[name] - wanted)
        if not (apart <= NEAR * np.abs(wanted)).all():
            further.append(name)
            moved = np.abs(single[name] - found[name]).max()
            assert apart[apart > NEAR * np.abs(wanted)].max() <= AS_SINGLE * moved, name
            assert moved < NEAR * np.abs(wanted).max(), name
    assert set(further) == {
        "crowding_multiplier_from_industry",
        "family_income_expectation",
        "jobs_per_hectare",
        "land_fertility_regeneration",
        "land_removal_for_urban_and_industrial_use",
        "potential_jobs_agricultural_sector",
    }


def test_every_column_is_pysimlins(run: tuple[System, History], found: dict[str, np.ndarray], pysimlin: Ran) -> None:
    """In double precision, as we compute: to the last digits."""
    assert not pysimlin.error, pysimlin.error
    np.testing.assert_array_equal(pysimlin.time, run[1].time)
    assert found.keys() - pysimlin.columns.keys() == OF_THE_RUN
    for name in found.keys() - OF_THE_RUN:
        scale = np.abs(found[name]).max()
        np.testing.assert_allclose(pysimlin.columns[name], found[name], rtol=0, atol=1e-13 * scale, err_msg=name)
