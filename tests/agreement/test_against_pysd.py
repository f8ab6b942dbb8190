"""Every model here, run by our Euler and by PySD: all columns, all rows, to 1e-12."""

from pathlib import Path

import numpy as np
import pytest
from engines import Ran, columns, ours, run_all

from sdrun.parse import read_model

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
SHIPPED = [ROOT / "models" / name for name in ("teacup.mdl", "predator_prey.mdl", "richardson.mdl")]
WRITTEN = sorted(path for path in (HERE / "models").iterdir() if path.suffix in (".mdl", ".xmile"))
MODELS = {path.name: path for path in (*WRITTEN, *SHIPPED)}
SEARCHED = {"joint.mdl": 1e-9}
"""PySD searches for the price of ALLOCATE AVAILABLE, to some ten digits; we halve to the last."""
BY_NUMPY_ALONE = ("joint.mdl",)
"""What has no machine code."""
RENAMED = {"richardson.mdl": ("other", "target")}
"""PySD cannot use `state` as a number where an alias of it comes first in the alphabet."""


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    """What PySD makes of each model."""
    texts = {name: _text(name, path) for name, path in MODELS.items()}
    return run_all("PySD", texts, tmp_path_factory.mktemp("pysd"), (HERE / "models").glob("*.csv"))


def _text(name: str, path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return text.replace(*RENAMED[name]) if name in RENAMED else text


def test_there_are_models_enough() -> None:
    """The glob has not run dry, and ten actors are among them."""
    assert len(MODELS) >= 18
    assert len(next(iter(read_model(MODELS["arms.mdl"]).ranges.values())).elements) == 10


@pytest.mark.parametrize("engine", ["numpy", "llvm"])
@pytest.mark.parametrize("name", MODELS)
def test_every_column_of_pysd(name: str, engine: str, theirs: dict[str, Ran]) -> None:
    """Same times, same columns but for what PySD leaves out, same numbers."""
    assert not theirs[name].error, theirs[name].error
    if engine == "llvm" and name in BY_NUMPY_ALONE:
        pytest.skip("has no machine code")
    system, history = ours(MODELS[name], engine)
    assert history.engine == engine
    np.testing.assert_allclose(theirs[name].time, history.time, rtol=1e-12)
    found, wanted = columns(system, history), theirs[name].columns
    assert found.keys() == wanted.keys()
    compared, rtol = 0, SEARCHED.get(name, 1e-12)
    for column, values in wanted.items():
        assert found[column].shape == (len(history.time),)
        np.testing.assert_allclose(found[column], values, rtol=rtol, atol=1e-14, err_msg=column)
        compared += len(values)
    assert compared == sum(slot.size for slot in system.recorded) * len(history.time) > 0
