"""All files of a run, written into a folder that is then moved into place."""

import json
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdrun.report.folder import MANIFEST, contents, fingerprint, staged, written
from sdrun.report.resolved import identity, resolved_toml, sha256
from sdrun.scenario import Case, Scenario
from sdrun.system import System

if TYPE_CHECKING:
    import xarray as xr

_LIBRARIES = ("sdrun", "numpy", "scipy", "xarray", "netCDF4", "pysd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What only the one who ran it knows."""

    command: str = ""
    """As typed."""
    started: str = ""
    """ISO 8601."""
    timings: Mapping[str, float] = field(default_factory=dict)
    """Seconds by stage."""
    warnings: Sequence[str] = ()
    theories: Sequence[str] = ()
    """Names of the theories that were merged in."""
    log: str = ""
    """The text of run.log."""
    status: str = "complete"


def write_all(
    ds: "xr.Dataset",
    scenario: Scenario,
    systems: Sequence[System],
    inputs: Mapping[Path, bytes],
    out: Path,
    record: Record,
    writers: "Mapping[str, Callable[[xr.Dataset, Path], None]]",
) -> list[Path]:
    """Write the results by `writers`, and what makes them repeatable; the paths in `out`."""
    run_id = identity(scenario, inputs)
    with staged(out, run_id) as folder:
        for name, write in writers.items():
            write(ds, folder / name)
        for name, content in _texts(scenario, systems, inputs, record).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        outputs = {file.as_posix(): fingerprint(folder / file) for file in contents(folder)}
        manifest = _manifest(run_id, scenario, inputs, record, outputs)
        text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
        (folder / MANIFEST).write_text(text, encoding="utf-8", errors="backslashreplace")  # names of files need not be text
    return list(written(out))


def _texts(scenario: Scenario, systems: Sequence[System], inputs: Mapping[Path, bytes], record: Record) -> dict[str, bytes]:
    """All files but the results and the manifest, by their path in the folder."""
    models = model_files(scenario)
    others = _distinct([path for path in scenario.files if path != scenario.path], "inputs")
    texts = {name: inputs[path] for places in (*models.values(), others) for path, name in places.items()}
    if scenario.path is not None and scenario.path in inputs:
        texts["scenario.toml"] = inputs[scenario.path]
    sources = list(dict.fromkeys(system.source for system in systems))
    names = ["model/model.py"] if len(sources) == 1 else [f"model/model-{i}.py" for i in range(1, len(sources) + 1)]
    texts |= {name: source.encode() for name, source in zip(names, sources, strict=True)}
    stated = {source: [places[path] for path in source] for source, places in models.items()}
    texts["resolved.toml"] = resolved_toml(scenario, stated, record.theories).encode()
    texts["run.log"] = record.log.encode()
    return texts


def model_files(scenario: Scenario) -> dict[tuple[Path, ...], dict[Path, str]]:
    """Where the models go in the folder, by `Case.source`, each with its data beside it as it lay before."""
    found: dict[tuple[Path, ...], dict[Path, str]] = {}
    taken: dict[str, Path] = {}
    for case in scenario.cases:
        names = _names_beside(case)
        folders = ("model", *(f"model/{i}" for i in range(2, len(scenario.cases) + 2)))
        for folder in folders:
            places = {path: f"{folder}/{name}" for path, name in names.items()}
            if all(taken.get(place, path) == path for path, place in places.items()):
                break
        taken |= {place: path for path, place in places.items()}
        found[case.source] = places
    return found


def _names_beside(case: Case) -> dict[Path, str]:
    """The names of a model, of the data that it names, as it finds them from its folder, and of the data that it is given."""
    names = {case.model: case.model.name}
    names |= {path: path.relative_to(case.model.parent).as_posix() for path in case.data_files if path not in case.data}
    for path in dict.fromkeys(case.data):
        choices = (path.name, *(f"{i}/{path.name}" for i in range(2, len(names) + 3)))
        names[path] = next(choice for choice in choices if choice not in names.values())
    return names


def _distinct(paths: Sequence[Path], folder: str) -> dict[Path, str]:
    """Each path's place in `folder`; files of the same name go into numbered folders."""
    places: dict[Path, str] = {}
    for path in dict.fromkeys(paths):
        choices = [f"{folder}/{path.name}", *(f"{folder}/{i}/{path.name}" for i in range(2, len(paths) + 2))]
        places[path] = next(choice for choice in choices if choice not in places.values())
    return places


def _manifest(
    run_id: str, scenario: Scenario, inputs: Mapping[Path, bytes], record: Record, outputs: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "status": record.status,
        "title": scenario.title,
        "command": record.command,
        "started": record.started,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "timings": {stage: round(seconds, 4) for stage, seconds in record.timings.items()},
        "warnings": list(record.warnings),
        "theories": list(record.theories),
        "versions": {"python": platform.python_version(), **{library: version(library) for library in _LIBRARIES}},
        "platform": platform.platform(),
        "inputs": {str(path): {"sha256": sha256(content), "bytes": len(content)} for path, content in inputs.items()},
        "outputs": outputs,
    }
