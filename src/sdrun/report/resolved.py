"""The scenario with every choice made: what resolved.toml says, and what a run's identity is.

Theories are merged into the parameters, data files into values, and the model's own times stated; so it needs no other file but
the model beside it.  Two scenarios that resolve to the same, with models of the same content, are the same run, wherever they
lie.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from sdrun.attributes import factor_label, references, variant_title
from sdrun.errors import DataError, Problem
from sdrun.model import name_id
from sdrun.questions import Question
from sdrun.scenario import FIXED_STEP_METHODS, ByElement, Case, DataColumn, Event, Scenario, Setting, Solver, Theory, TimeSpan
from sdrun.simulation import Setup
from sdrun.sweep import RANDOM_DESIGNS, Correlation, Metric, Sweep, stated
from sdrun.system import Slot, System, by_name


def read_inputs(scenario: Scenario) -> Mapping[Path, bytes]:
    """The bytes of every file that the run depends on: scenario files, theories, models, data."""
    settings = [setting for case in scenario.cases for setting in (*case.parameters, *case.initial)]
    data = [setting.value.file for setting in settings if isinstance(setting.value, DataColumn)]
    read = {path: digest for case in scenario.cases for path, digest in case.data_files.items()}
    paths = dict.fromkeys([*scenario.files, *(case.model for case in scenario.cases), *data, *read])
    try:
        inputs = {path: path.read_bytes() for path in paths}
    except OSError as error:
        raise DataError(Problem(what=f"cannot read {error.filename}: {error.strerror}")) from error
    changed = [path for path, digest in read.items() if sha256(inputs[path]) != digest]
    if changed:
        raise DataError(*(Problem(what=f"'{path}' changed while it was read", help="run again") for path in changed))
    return inputs


def complete(scenario: Scenario, systems: Sequence[System], setups: Sequence[Setup]) -> Scenario:
    """The scenario with data files, theories and the model's own times replaced by their values; a system and a setup per case.

    Complete in turn: `complete(complete(s)) == complete(s)`.
    """
    cases = [_complete_case(*bound) for bound in zip(scenario.cases, systems, setups, strict=True)]
    sweep = _complete_sweep(scenario.sweep, systems[0]) if scenario.sweep is not None else None
    title = scenario.title or scenario.stem
    return replace(scenario, title=title, cite="; ".join(references(scenario)), cases=tuple(cases), sweep=sweep)


def _complete_case(case: Case, system: System, setup: Setup) -> Case:
    return replace(
        case,
        title=variant_title(case),
        theory=None,
        parameters=_settings(case.parameters, system.parameters, system, setup),
        initial=_settings(case.initial, system.initials, system, setup),
        events=tuple(replace(event, target=_label(event.target, system)) for event in case.events),
        theories={name: _complete_theory(theory, system, setup) for name, theory in case.theories.items()},
        time=_complete_time(case.time, _stop(system, setup), setup),
        solver=replace(
            case.solver,
            method=case.solver.method or setup.method,
            step=case.solver.step if "time_step" in setup.moving else setup.step,
        ),
    )


def _complete_sweep(sweep: Sweep, system: System) -> Sweep:
    """With the names of its factors as the model writes them."""
    labels = {factor.name: factor_label(factor.name, system) for factor in sweep.factors}
    between = [tuple(labels[name] for name in correlation.between) for correlation in sweep.correlations]
    return replace(
        sweep,
        factors=tuple(replace(factor, name=labels[factor.name]) for factor in sweep.factors),
        correlations=tuple(replace(one, between=names) for one, names in zip(sweep.correlations, between, strict=True)),
    )


def _complete_theory(theory: Theory, system: System, setup: Setup) -> Theory:
    """As the scenario can state it; what it refers to, the scenario cites."""
    return replace(theory, references=(), path=None, parameters=_settings(theory.parameters, system.parameters, system, setup))


def _settings(settings: Iterable[Setting], slots: Sequence[Slot], system: System, setup: Setup) -> tuple[Setting, ...]:
    """Each name once and as the model writes it, the last that was given, with numbers for data files."""
    rows = by_name(slots)
    given = {rows[name_id(setting.name)].label: setting for setting in settings}
    return tuple(
        replace(
            setting,
            name=label,
            value=_values(rows[name_id(label)], system, setup) if isinstance(setting.value, DataColumn) else setting.value,
        )
        for label, setting in given.items()
    )


def _label(name: str, system: System) -> str:
    """A variable's name as the model writes it, so that spelling is no part of the identity."""
    return by_name((*system.parameters, *system.stocks))[name_id(name)].label


def _values(slot: Slot, system: System, setup: Setup) -> float | ByElement:
    """What was bound to a variable, by the labels of its elements."""
    values = setup.parameters[slot.start : slot.stop, 0].reshape(slot.shape)
    return _by_element(values, [system.dimensions[dim].labels for dim in slot.dims])


def _by_element(values: np.ndarray, labels: Sequence[Sequence[str]]) -> float | ByElement:
    if not labels:
        return float(values)
    given = [(label, part) for label, part in zip(labels[0], values, strict=True) if not np.isnan(part).all()]
    return {label: _by_element(np.asarray(part), labels[1:]) for label, part in given}


def _stop(system: System, setup: Setup) -> float:
    """FINAL TIME as the model sees it: it may lie behind the last saved time, and equations may name it."""
    rows = [slot.start for slot in system.parameters if slot.id == "final_time"]
    return float(setup.parameters[rows[0], 0]) if rows else float(setup.times[-1])


_CONTROLS = {"start": "initial_time", "stop": "final_time", "save_every": "saveper"}
"""Of each key of [time] the model's own control variable."""


def _complete_time(span: TimeSpan, stop: float, setup: Setup) -> TimeSpan:
    """Start and stop, unless the model moves them; the interval only where it gives these very times back."""
    times = setup.times
    every = float(f"{times[1] - times[0]:.12g}") if len(times) > 1 else None
    exact = every is not None and np.array_equal(times[0] + every * np.arange(len(times) - 1), times[:-1])
    moving = {key for key, id in _CONTROLS.items() if id in setup.moving}
    return replace(
        span,
        start=span.start if "start" in moving else float(times[0]),
        stop=span.stop if span.stop is not None or "stop" in moving else stop,
        save_every=span.save_every or (every if exact and "save_every" not in moving else None),
    )


def identity(scenario: Scenario, inputs: Mapping[Path, bytes]) -> str:
    """Hash, 16 hex digits, of what decides the results: the completed scenario, its models and their data, our version."""
    models = {case.source: _digests(case, inputs) for case in scenario.cases}
    order = [case.name for case in scenario.cases] if scenario.has_variants else []
    content = {"sdrun": version("sdrun"), "order": order, **resolved(scenario, models)}
    return sha256(json.dumps(content, sort_keys=True).encode())[:16]


def _digests(case: Case, inputs: Mapping[Path, bytes]) -> list[str]:
    """Of the model with the files that it names, and of the data that it is given, in their order."""
    named = sorted(digest for path, digest in case.data_files.items() if path not in case.data)
    model = " ".join([case.model.name, sha256(inputs[case.model]), *named])
    return [model, *(case.data_files[path] for path in case.data)]


def sweep_identity(scenario: Scenario, inputs: Mapping[Path, bytes], grows: bool) -> str:
    """The identity of what chunks hold: of all sizes of a sweep where its design `grows`, whatever is asked of the samples
    afterwards, and in whichever format."""
    sweep = scenario.sweep
    assert sweep is not None, "only sweeps have chunks"
    runs = replace(sweep, questions=(), conclusions=(), samples=None if grows else sweep.samples)
    return identity(replace(scenario, sweep=runs, output=replace(scenario.output, formats=())), inputs)


def sha256(content: bytes) -> str:
    """In hex."""
    return hashlib.sha256(content).hexdigest()


Sources = Mapping[tuple[Path, ...], Sequence[str]]
"""Where a case's model file lies, and the data that it is given, seen from resolved.toml: by `Case.source`, in its order."""


def resolved_toml(scenario: Scenario, models: Sources, theories: Iterable[str] = ()) -> str:
    """The text of resolved.toml."""
    import tomli_w

    lines = [f"# All choices of this run, as sdrun {version('sdrun')} made them: `sdrun resolved.toml` repeats it."]
    lines += [f"# The parameters of the theory {theory} are merged in." for theory in theories]
    return "\n".join(lines) + "\n" + tomli_w.dumps(resolved(scenario, models))


def resolved(scenario: Scenario, models: Sources) -> dict[str, Any]:
    """The tables of a completed scenario; what all variants share stands at the top, once."""
    tables = [_case_tables(case, models) for case in scenario.cases]
    shared = {key: table for key, table in tables[0].items() if all(other.get(key) == table for other in tables)}
    for key in ("parameters", "initial"):
        shared[key] = _shared_entries([table.get(key, {}) for table in tables])
    shared.setdefault("model", tables[0]["model"])
    top = {
        "title": scenario.title,
        "description": scenario.description,
        "authors": list(scenario.authors),
        "cite": scenario.cite,
    }
    variants = {
        case.name: {"title": case.title, **_difference(table, shared)}
        for case, table in zip(scenario.cases, tables, strict=True)
    }
    whole = {"schema": 1, "scenario": _given(top), **_given(shared), "variants": variants if scenario.has_variants else {}}
    return _given({**whole, "sweep": _sweep_table(scenario), "output": _output_table(scenario)})


def _case_tables(case: Case, models: Sources) -> dict[str, Any]:
    file, *data = models[case.source]
    given = any(len(source) > 1 for source in models)  # an empty list takes away what another variant is given
    return _given(
        {
            "model": {"file": file, "data": data} if given else {"file": file},
            "subscripts": {name: list(elements) for name, elements in case.subscripts.items()},
            "time": _time_table(case.time),
            "solver": _solver_table(case.solver),
            "parameters": {setting.name: _setting_table(setting) for setting in case.parameters},
            "initial": {setting.name: _setting_table(setting) for setting in case.initial},
            "events": [_event_table(event) for event in case.events],
        }
    )


def _shared_entries(tables: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {name: entry for name, entry in tables[0].items() if all(table.get(name) == entry for table in tables)}


def _difference(table: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """What a variant's tables add to the shared ones."""
    merged = {key: table[key] for key in ("parameters", "initial") if key in table}
    own = {key: {name: entry for name, entry in part.items() if name not in shared[key]} for key, part in merged.items()}
    others = {key: part for key, part in table.items() if key not in merged and shared.get(key) != part}
    return _given({**others, **own})


def _time_table(span: TimeSpan) -> dict[str, Any]:
    return _given({"start": span.start, "stop": span.stop, "unit": span.unit, "save_every": span.save_every})


def _solver_table(solver: Solver) -> dict[str, Any]:
    engine = solver.engine if solver.engine != "auto" else None
    if solver.method in FIXED_STEP_METHODS:
        return _given({"method": solver.method, "engine": engine, "step": solver.step})
    tolerances = {"rtol": solver.rtol, "atol": solver.atol, "max_step": solver.max_step}
    return _given({"method": solver.method, "engine": engine, **tolerances, "step": solver.step})


def _setting_table(setting: Setting) -> dict[str, Any]:
    assert not isinstance(setting.value, DataColumn), "the scenario comes from `complete`"
    bounds = list(setting.range) if setting.range else None
    return _given({"value": _number(setting.value), "unit": setting.unit, "source": setting.source, "range": bounds})


def _event_table(event: Event) -> dict[str, Any]:
    table = {"at": event.at, "target": event.target, event.operation: _number(event.amount), "until": event.until}
    return _given({**table, "actor": event.actor, "label": event.label})


def _sweep_table(scenario: Scenario) -> dict[str, Any]:
    sweep = scenario.sweep
    if sweep is None:
        return {}
    drawn = {"samples": sweep.samples, "seed": sweep.seed} if sweep.method in RANDOM_DESIGNS else {}
    theories = {name: theory for case in scenario.cases for name, theory in case.theories.items()}
    return _given(
        {
            "method": sweep.method,
            **drawn,
            "parameters": {factor.name: stated(factor) for factor in sweep.factors},
            "correlations": [_correlation_table(correlation) for correlation in sweep.correlations],
            "metrics": {metric.name: _metric_table(metric) for metric in sweep.metrics},
            "modes": list(sweep.modes),
            "discover": {question.name: _question_table(question) for question in sweep.questions},
            "conclusions": {
                one.name: {"metric": one.metric, "less": list(one.less), **one.select} for one in sweep.conclusions
            },
            "theories": {name: _theory_table(theory) for name, theory in theories.items()},
        }
    )


def _correlation_table(correlation: Correlation) -> dict[str, Any]:
    return {"between": list(correlation.between), "value": correlation.value}


def _metric_table(metric: Metric) -> dict[str, Any]:
    return _given({"indicator" if metric.is_indicator else "variable": metric.of, "at": metric.at, **metric.select})


def _question_table(question: Question) -> dict[str, Any]:
    cases = {"above": question.above, "below": question.below, "is": question.mode}
    settings = {key: getattr(question, key) for key in ("density", "mass", "peel", "boxes")}
    return _given({"mode" if question.mode is not None else "metric": question.of, **cases, **settings, **question.select})


def _theory_table(theory: Theory) -> dict[str, Any]:
    parameters = {setting.name: _setting_table(setting) for setting in theory.parameters}
    return _given({"title": theory.title, "parameters": parameters})


def _output_table(scenario: Scenario) -> dict[str, Any]:
    output = scenario.output
    variables = list(output.variables) if output.variables is not None else None
    return _given({"variables": variables, "formats": list(output.formats), "precision": output.precision})


def _number(value: float | ByElement) -> Any:
    if isinstance(value, Mapping):
        return {label: _number(part) for label, part in value.items()}
    return float(value)


def _given(table: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is empty; zero is something."""
    return {key: value for key, value in table.items() if value not in (None, "", [], {}, ())}
