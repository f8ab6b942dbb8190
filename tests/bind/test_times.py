"""[time] and [solver]: the grid, the model's control constants, events."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hand_made import PARAMETERS, RECORDED, case, system

from sdrun.bind import bind
from sdrun.errors import ScenarioError
from sdrun.scenario import Event, Solver, TimeSpan
from sdrun.simulation import Jump


def told(given: Any = None, **fields: Any) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        bind(case(**fields), given or system())
    return [f"{problem.what}; {problem.help}" for problem in caught.value.problems]


def test_the_model_says_what_the_scenario_leaves_out() -> None:
    setup = bind(case(), system())
    assert setup.times.tolist() == list(range(11)) and setup.step == 0.5
    assert bind(case(solver=Solver(step=1.0)), system()).times.tolist() == [0, 2, 4, 6, 8, 10]


def test_the_scenario_sets_the_models_control_constants() -> None:
    setup = bind(
        case(time=TimeSpan(start=1992.0, stop=1994.0, save_every=0.5), solver=Solver(method="euler", step=0.125)), system()
    )
    assert setup.parameters[:3, 0].tolist() == [1992, 1994, 0.125]
    assert setup.times.tolist() == [1992, 1992.5, 1993, 1993.5, 1994] and setup.step == 0.125


@pytest.mark.parametrize(
    ("stop", "save_every", "last", "count"),
    [(1.0, 0.1, 1.0, 11), (0.3, 0.1, 0.3, 4), (1.0, 0.3, 0.9, 4), (100.0, 1 / 3, 100.0, 301)],
)
def test_the_stop_is_saved_where_a_multiple_hits_it(stop: float, save_every: float, last: float, count: int) -> None:
    times = bind(case(time=TimeSpan(stop=stop, save_every=save_every)), system()).times
    assert len(times) == count and times[-1] == pytest.approx(last, rel=1e-12) and np.all(np.diff(times) > 0)
    assert (times[-1] == stop) == (last == stop)


def test_fixed_steps_must_fit_what_is_saved() -> None:
    solver = Solver(method="rk4", step=0.3)
    assert told(time=TimeSpan(save_every=1.0), solver=solver) == [
        "results are saved every 1, no multiple of the step 0.3; choose [time] save_every and [solver] step so that they fit"
    ]
    assert bind(case(time=TimeSpan(save_every=0.9), solver=solver), system()).step == 0.3
    bind(case(time=TimeSpan(save_every=1.0), solver=replace(solver, method="LSODA")), system())


def test_times_that_do_not_fit() -> None:
    assert told(time=TimeSpan(stop=-1.0)) == ["the run stops at -1, but starts at 0; [time] stop must be after start"]
    assert told(time=TimeSpan(save_every=11.0)) == ["results are saved every 11, in a run of 10; None"]
    assert told(time=TimeSpan(save_every=1e-9)) == ["a run of 10 in steps of 1e-09 has more than 10,000,000 steps; None"]


def test_a_model_that_does_not_say_when_it_runs() -> None:
    bare = system(parameters=PARAMETERS[3:], recorded=RECORDED[3:9])
    assert told(bare) == [
        "the model has no number for INITIAL TIME; give [time] start",
        "the model has no number for FINAL TIME; give [time] stop",
        "the model has no number for SAVEPER; give [time] save_every",
    ]
    assert told(bare, time=TimeSpan(start=0.0, stop=1.0), solver=Solver(method="euler")) == [
        "the model has no number for TIME STEP; give [solver] step"
    ]
    assert bind(case(time=TimeSpan(start=0.0, stop=1.0, save_every=0.5)), bare).times.tolist() == [0, 0.5, 1]


def test_a_control_that_changes_in_time_is_no_number() -> None:
    moving = replace(RECORDED[9], inputs=("time_step", "threat"))
    given = system(recorded=(*RECORDED[:9], moving, RECORDED[10]))
    assert bind(case(), given).times.tolist() == [0.5 * i for i in range(21)]


def event(**fields: Any) -> Event:
    return Event(**{"at": 3.0, "target": "growth", "operation": "value", "amount": 7.0, **fields})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            event(until=4.0, label="war"),
            Jump(
                at=3.0, vector="parameters", rows=(5, 6, 7), operation="value", amounts=(7.0, 7.0, 7.0), until=4.0, label="war"
            ),
        ),
        (event(actor="CHN"), Jump(at=3.0, vector="parameters", rows=(6,), operation="value", amounts=(7.0,))),
        (
            event(amount={"RUS": 1.0, "USA": 2.0}),
            Jump(at=3.0, vector="parameters", rows=(5, 7), operation="value", amounts=(2.0, 1.0)),
        ),
        (
            event(target="Power", operation="multiply", actor="rus"),
            Jump(at=3.0, vector="stocks", rows=(2,), operation="multiply", amounts=(7.0,)),
        ),
        (event(target="size", operation="add"), Jump(at=3.0, vector="stocks", rows=(3,), operation="add", amounts=(7.0,))),
        (
            event(target="distance", actor="CHN", amount={"*": 0.0, "RUS": 1.0}),
            Jump(at=3.0, vector="parameters", rows=(11, 12, 13), operation="value", amounts=(0.0, 0.0, 1.0)),
        ),
    ],
)
def test_events_become_rows(given: Event, expected: Jump) -> None:
    assert bind(case(events=(given,)), system()).jumps == (expected,)


def test_events_come_in_order_and_end_with_the_run() -> None:
    events = (event(at=9.0), event(at=11.0), event(at=1.0), event(at=10.0))
    assert [jump.at for jump in bind(case(events=events), system()).jumps] == [1, 9, 10]


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (event(target="growht"), "unknown target 'growht'; did you mean 'growth'?"),
        (event(target="powr"), "unknown target 'powr'; did you mean 'Power'?"),
        (event(target="threat"), "'threat' is an auxiliary, not a constant; constants in its equation: free riding"),
        (event(target="TIME STEP"), "'TIME STEP' is no parameter; set it as [solver] step"),
        (event(target="Power", until=4.0), "'Power' is a stock: it has no value to return to; leave out until"),
        (event(actor="CHM"), "unknown element 'CHM' of state; did you mean 'CHN'?"),
        (event(target="delay", actor="CHN"), "'delay' has no elements, so no actor; leave out actor"),
        (event(target="free riding"), "'free riding' = 7 is outside the model's range 0 to 0.8; None"),
        (event(at=-1.0), "an event at -1 lies before the start at 0; set where the run starts under [parameters] or [initial]"),
    ],
)
def test_events_that_do_not_fit(given: Event, what: str) -> None:
    assert told(events=(given,)) == [what]
