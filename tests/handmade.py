"""Runs made by hand: states whose economies grow at constant rates, with no parser, compiler or solver behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sdrun.scenario import Case, Scenario, Setting
from sdrun.simulation import History, Run, Setup
from sdrun.system import Dimension, Kind, Slot, System

STATES = ("USA", "CHN", "RUS")


def _unused(*_: object) -> Any:
    raise AssertionError("a hand-made system is never integrated")


def system(states: Sequence[str] = STATES, **changes: Any) -> System:
    """Two stocks by state, a dyad, constants, an auxiliary; `limit` is a range whose name is that of a variable, too."""
    labels = tuple(states)
    ids = tuple(label.lower() for label in labels)
    by_state = {"dims": ("state",), "shape": (len(labels),)}
    slots = {
        "initial_time": Slot(id="initial_time", name="initial_time", label="INITIAL TIME", kind=Kind.CONSTANT, units="Year"),
        "economy": Slot(
            id="economy",
            name="economy",
            label="economy",
            kind=Kind.STOCK,
            units="tn dollar",
            equation="INTEG(growth, 1)",
            **by_state,
        ),
        "military_capability": Slot(
            id="military_capability",
            name="military_capability",
            label="Military Capability",
            start=len(labels),
            kind=Kind.STOCK,
            units="dollars",
            description="what was bought\nand is not yet scrap",
            **by_state,
        ),
        "population": Slot(
            id="population", name="population", label="population", kind=Kind.CONSTANT, units="person", **by_state
        ),
        "growth_rate": Slot(
            id="growth_rate", name="growth_rate", label="growth rate", kind=Kind.CONSTANT, units="1/Year", **by_state
        ),
        "free_riding": Slot(
            id="free_riding", name="free_riding", label="free riding", start=len(labels), kind=Kind.CONSTANT, units="Dmnl"
        ),
        "threat": Slot(
            id="threat", name="threat", label="threat", dims=("state", "other"), shape=(len(labels),) * 2, units="days"
        ),
        "war_hazard": Slot(id="war_hazard", name="war_hazard", label="war hazard", units="1/Year"),
        "state": Slot(id="state", name="state", label="state", units="", description="a variable that has a range's name"),
    }
    dimensions = {
        "state": Dimension(id="state", name="state", elements=ids, labels=labels),
        "other": Dimension(id="other", name="other", elements=ids, labels=labels),
        "unused": Dimension(id="unused", name="unused", elements=("a",), labels=("a",)),
    }
    made = System(
        stocks=(slots["economy"], slots["military_capability"]),
        parameters=(slots["growth_rate"], slots["free_riding"]),
        initials=(replace(slots["economy"], start=len(labels) + 1),),
        recorded=tuple(slots.values()),
        dimensions=dimensions,
        defaults=np.zeros((2 * len(labels) + 1, 1)),
        non_negative=(),
        source="def rhs(t, y):\n    return growth * y\n",
        constants=_unused,
        initial=_unused,
        rhs=_unused,
        outputs=_unused,
        breaks=_unused,
    )
    return replace(made, **changes)


def run(
    case: Case | None = None,
    *,
    states: Sequence[str] = STATES,
    growth: Sequence[float] = (0.02, 0.06, 0.0),
    free_riding: Sequence[float] = (0.3,),
    times: Sequence[float] = tuple(range(1992, 2013)),
    made: System | None = None,
    values: Mapping[str, Any] | None = None,
) -> Run:
    """Economies from 3, 2 and 1 at the rates `growth`; as many samples as `free_riding` has values."""
    made, t = made or system(states), np.asarray(times, dtype=float)
    n, samples = len(states), len(free_riding)
    rates, start = np.asarray(growth, dtype=float)[:n], np.arange(n, 0, -1, dtype=float)

    def constant(array: Any) -> np.ndarray:
        return np.broadcast_to(np.asarray(array, dtype=float)[..., None, None], (*np.shape(array), len(t), samples))

    economy = start[:, None, None] * np.exp(rates[:, None, None] * (t - t[0])[:, None]) * np.ones(samples)
    history = {
        "initial_time": constant(t[0]),
        "economy": economy,
        "military_capability": economy * (1 - np.asarray(free_riding)),
        "population": constant(np.full(n, 100.0)),
        "growth_rate": constant(rates),
        "free_riding": np.broadcast_to(np.asarray(free_riding, dtype=float), (len(t), samples)),
        "threat": economy[:, None] / economy[None, :],
        "war_hazard": np.full((len(t), samples), 0.01),
        "state": np.full((len(t), samples), 7.0),
    }
    p = np.concatenate([np.tile(rates[:, None], samples), [free_riding], np.tile(start[:, None], samples)])
    return Run(
        case=case or Case(name="growth", model=Path("models/growth.mdl")),
        system=made,
        setup=Setup(parameters=p, times=t, step=0.125),
        history=History(time=t, values=history | dict(values or {}), evaluations=1),
    )


def scenario(*cases: Case, **changes: Any) -> Scenario:
    """A scenario of these variants; of a single case without variants where none are given."""
    single = Case(name="growth", model=Path("models/growth.mdl"), parameters=(Setting(name="Free Riding", value=0.3),))
    return replace(
        Scenario(path=None, stem="growth", title="Growth", cases=cases or (single,), has_variants=bool(cases)), **changes
    )
