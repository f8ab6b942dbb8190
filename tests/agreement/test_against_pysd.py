"""Every model here, run by our Euler and by PySD: all columns, all rows, to 1e-12.

PySD runs in a process of its own: it writes beside the model, warns at import, and wants nothing of our checks of shapes.
"""

import json
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from sdrun.compile import compile_model
from sdrun.model import CONTROLS
from sdrun.parse import read_model
from sdrun.simulation import History, Setup
from sdrun.solve import integrate
from sdrun.system import System

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
SHIPPED = [ROOT / "models" / name for name in ("teacup.mdl", "predator_prey.mdl", "richardson.mdl")]
WRITTEN = sorted(path for path in (HERE / "models").iterdir() if path.suffix in (".mdl", ".xmile"))
MODELS = {path.name: path for path in (*WRITTEN, *SHIPPED)}
RENAMED = {"richardson.mdl": ("other", "target")}
"""PySD cannot use `state` as a number where an alias of it comes first in the alphabet."""

PYSD = """
import json, sys, warnings
warnings.simplefilter("ignore")
import pysd
found = {}
for path in sys.argv[2:]:
    try:
        read = pysd.read_vensim if path.endswith(".mdl") else pysd.read_xmile
        table = read(path).run()
        found[path] = {"time": table.index.tolist(), "columns": {c: table[c].astype(float).tolist() for c in table.columns}}
    except Exception as error:
        found[path] = {"error": repr(error)}
with open(sys.argv[1], "w") as file:
    json.dump(found, file)
"""


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """What PySD makes of each model: times, and values by column."""
    folder = tmp_path_factory.mktemp("pysd")
    for name, path in MODELS.items():
        (folder / name).write_text(_text(name, path), encoding="utf-8")
    for data in (HERE / "models").glob("*.csv"):
        shutil.copy(data, folder)
    answer = folder / "found.json"
    models = [str(folder / name) for name in MODELS]
    subprocess.run([sys.executable, "-c", PYSD, str(answer), *models], check=True, capture_output=True, cwd=folder)
    found = json.loads(answer.read_text(encoding="utf-8"))
    return {name: found[str(folder / name)] for name in MODELS}


def _text(name: str, path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return text.replace(*RENAMED[name]) if name in RENAMED else text


def ours(path: Path, engine: str) -> tuple[System, History]:
    """The model by its own settings."""
    system = compile_model(read_model(path))
    y, held = system.initial(0.0, 0.0, 0.0, system.defaults)
    first = system.outputs(0.0, 0.0, 0.0, y, system.constants(system.defaults, held))
    controls = {id: float(np.ravel(first[id])[0]) for id in CONTROLS}
    start, stop, every = controls["initial_time"], controls["final_time"], controls["saveper"]
    times = start + np.arange(round((stop - start) / every) + 1) * every
    setup = Setup(parameters=system.defaults, times=times, step=controls["time_step"], method="euler", engine=engine)
    return system, integrate(system, setup)


def columns(system: System, history: History) -> dict[str, np.ndarray]:
    """Our values as PySD names its columns: `label[element,element]`."""
    found: dict[str, np.ndarray] = {}
    for slot in system.recorded:
        labels = [system.dimensions[dim].labels for dim in slot.dims]
        for place in product(*(range(size) for size in slot.shape)):
            elements = ",".join(names[position] for names, position in zip(labels, place, strict=True))
            column = f"{slot.label}[{elements}]" if elements else slot.label
            found[_plain(column)] = history.values[slot.name][(*place, slice(None), 0)]
    return found


def _plain(column: str) -> str:
    return column.replace('"', "").replace(", ", ",").casefold()


def test_there_are_models_enough() -> None:
    """The glob has not run dry, and ten actors are among them."""
    assert len(MODELS) >= 14
    assert len(next(iter(read_model(MODELS["arms.mdl"]).ranges.values())).elements) == 10


@pytest.mark.parametrize("engine", ["numpy", "llvm"])
@pytest.mark.parametrize("name", MODELS)
def test_every_column_of_pysd(name: str, engine: str, theirs: dict[str, dict]) -> None:
    """Same times, same columns but for what PySD leaves out, same numbers."""
    assert "error" not in theirs[name], theirs[name]["error"]
    system, history = ours(MODELS[name], engine)
    assert history.engine == engine
    np.testing.assert_allclose(theirs[name]["time"], history.time, rtol=1e-12)
    found, wanted = columns(system, history), {_plain(c): v for c, v in theirs[name]["columns"].items()}
    assert len(wanted) == len(theirs[name]["columns"])
    assert found.keys() == wanted.keys()
    compared = 0
    for column, values in wanted.items():
        assert found[column].shape == (len(history.time),)
        np.testing.assert_allclose(found[column], values, rtol=1e-12, atol=1e-14, err_msg=column)
        compared += len(values)
    assert compared == sum(slot.size for slot in system.recorded) * len(history.time) > 0
