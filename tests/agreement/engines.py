"""A model by its own settings under Euler: by sdrun, by PySD and by pysimlin; columns by one name whoever gave them.

The others run in a process of their own, one for all models: PySD writes beside the model, warns at import, and wants nothing
of our checks of shapes.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import numpy as np

from sdrun.compile import compile_model
from sdrun.model import CONTROLS, name_id
from sdrun.parse import read_model
from sdrun.simulation import History, Setup
from sdrun.solve import integrate
from sdrun.system import System

DATA = (".csv", ".tab")
"""What models read."""

PYSD = """
import pysd
def run(path):
    table = (pysd.read_vensim if path.endswith(".mdl") else pysd.read_xmile)(path).run()
    return table.index, {column: table[column].astype(float) for column in table.columns}
"""
PYSIMLIN = """
import simlin
def run(path):
    model = simlin.load(path)
    try:
        simulation = model.simulate()
        simulation.run_to_end()
    except Exception as error:
        issues = [issue.message.splitlines()[-1] for issue in model.check() if issue.severity == "error" and issue.variable]
        raise RuntimeError("; ".join(issues) or str(error)) from None
    return simulation.get_series("time"), {name: simulation.get_series(name) for name in simulation.get_var_names()}
"""
SDRUN = """
import pathlib, sys
sys.path.insert(0, HERE)
import engines
def run(path):
    ran = engines.by_sdrun(pathlib.Path(path), "numpy")
    return ran.time, ran.columns
""".replace("HERE", repr(str(Path(__file__).parent)))
SCRIPTS = {"sdrun": SDRUN, "PySD": PYSD, "pysimlin": PYSIMLIN}
WHOLE = """
import json, sys, warnings
warnings.simplefilter("ignore")
found = {}
for path in sys.argv[2:]:
    try:
        times, columns = run(path)
        found[path] = {"time": list(map(float, times)), "columns": {c: list(map(float, v)) for c, v in columns.items()}}
    except (Exception, SystemExit) as error:
        found[path] = {"error": f"{type(error).__name__}: {error}"}
with open(sys.argv[1], "w") as file:
    json.dump(found, file)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What an engine made of a model."""

    time: np.ndarray = field(default_factory=lambda: np.empty(0))
    columns: Mapping[str, np.ndarray] = field(default_factory=dict)
    """By `column_id`."""
    error: str = ""
    """Why it did not run."""


def column_id(column: str) -> str:
    """`label[element,element]` without what engines spell in their own way.

    >>> column_id('"Rate, net"[North East, b]')
    'rate,_net[north_east,b]'
    """
    label, bracket, elements = column.partition("[")
    plain = name_id(label.replace('"', "")).replace("·", ".")
    return plain + (f"[{','.join(name_id(name) for name in elements.rstrip(']').split(','))}]" if bracket else "")


def run_all(engine: str, models: Mapping[str, str], folder: Path, data: Iterable[Path] = ()) -> dict[str, Ran]:
    """What one of `SCRIPTS` makes of models, by name of the file, whose text is given."""
    for name, text in models.items():
        (folder / name).write_text(text, encoding="utf-8")
    for path in data:
        shutil.copy(path, folder)
    answer = folder / "found.json"
    paths = [str(folder / name) for name in models]
    command = [sys.executable, "-c", SCRIPTS[engine] + WHOLE, str(answer), *paths]
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    found = json.loads(answer.read_text(encoding="utf-8"))
    return {name: _ran(found[path]) for name, path in zip(models, paths, strict=True)}


def _ran(found: dict) -> Ran:
    if "error" in found:
        return Ran(error=found["error"])
    columns = {column_id(name): np.array(values) for name, values in found["columns"].items()}
    assert len(columns) == len(found["columns"]), "two columns of one name"
    return Ran(time=np.array(found["time"]), columns=columns)


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
    """Our values by `column_id`."""
    found: dict[str, np.ndarray] = {}
    for slot in system.recorded:
        labels = [system.dimensions[dim].labels for dim in slot.dims]
        for place in product(*(range(size) for size in slot.shape)):
            elements = ",".join(names[position] for names, position in zip(labels, place, strict=True))
            column = f"{slot.label}[{elements}]" if elements else slot.label
            found[column_id(column)] = history.values[slot.name][(*place, slice(None), 0)]
    return found


def by_sdrun(path: Path, engine: str) -> Ran:
    """As the others."""
    system, history = ours(path, engine)
    return Ran(time=history.time, columns=columns(system, history))
