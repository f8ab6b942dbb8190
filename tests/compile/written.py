"""Small Vensim models, written, compiled and run."""

from pathlib import Path

import numpy as np

from sdrun.compile import compile_model
from sdrun.errors import ModelError
from sdrun.parse import read_model
from sdrun.simulation import History, Setup
from sdrun.solve import integrate
from sdrun.system import System

CONTROL = {"INITIAL TIME": 0, "FINAL TIME": 10, "TIME STEP": 0.125, "SAVEPER": 1}


def write(folder: Path, text: str, **control: float) -> Path:
    """A model file: one entry per line of `text`, which starts in line 2; `final_time=4` changes a control."""
    entries = [line.strip() for line in text.strip().splitlines() if line.strip()]
    values = CONTROL | {name.upper().replace("_", " "): value for name, value in control.items()}
    lines = [f"{entry} ~~|" for entry in (*entries, *(f"{name} = {value}" for name, value in values.items()))]
    path = folder / "model.mdl"
    path.write_text("\n".join(["{UTF-8}", *lines]), encoding="utf-8")
    return path


def compiled(folder: Path, text: str, **control: float) -> System:
    """The system of a model that is written so."""
    return compile_model(read_model(write(folder, text, **control)))


def refused(folder: Path, text: str) -> list[tuple[str, str | None, str, int | None]]:
    """What compiling a model complains about: (what, help, variable, line)."""
    model = read_model(write(folder, text))
    try:
        compile_model(model)
    except ModelError as error:
        assert all(problem.place is not None and problem.place.path == model.path for problem in error.problems)
        return [(p.what, p.help, p.place.key, p.place.line) for p in error.problems if p.place is not None]
    raise AssertionError("the model is not refused")


def run(system: System, method: str = "euler", p: np.ndarray | None = None, **fields: object) -> History:
    """By the model's own times."""
    controls = {slot.id: float(system.defaults[slot.start, 0]) for slot in system.parameters if not slot.dims}
    start, stop, every = controls["initial_time"], controls["final_time"], controls["saveper"]
    times = start + np.arange(round((stop - start) / every) + 1) * every
    parameters = system.defaults if p is None else p
    setup = Setup(parameters=parameters, times=times, step=controls["time_step"], method=method, **fields)  # type: ignore[arg-type]
    return integrate(system, setup)


def at_start(system: System) -> dict[str, np.ndarray]:
    """Every variable at the initial time, of the one sample."""
    p = system.defaults
    t = float(p[next(slot.start for slot in system.parameters if slot.id == "initial_time"), 0])
    with np.errstate(all="ignore"):
        y, held = system.initial(t, t, 0.0, p)
        found = system.outputs(t, t, 0.0, y, system.constants(p, held))
    return {slot.name: np.broadcast_to(found[slot.name], (*slot.shape, 1))[..., 0] for slot in system.recorded}


def rows(system: System, id: str) -> slice:
    """The rows of a parameter in p."""
    slot = next(slot for slot in system.parameters if slot.id == id)
    return slice(slot.start, slot.stop)
