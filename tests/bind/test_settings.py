"""[parameters] and [initial]: which rows of p they set, and what is told where they cannot."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hand_made import case, system

from sdrun.bind import bind
from sdrun.errors import Place, ScenarioError, render
from sdrun.scenario import ADAPTIVE_METHODS, Setting


def p_of(**fields: Any) -> np.ndarray:
    return bind(case(**fields), system()).parameters[:, 0]


def told(*settings: Setting, **fields: Any) -> list[tuple[str, str | None]]:
    if settings:
        fields["parameters"] = settings
    with pytest.raises(ScenarioError) as caught:
        bind(case(**fields), system())
    return [(problem.what, problem.help) for problem in caught.value.problems]


def test_defaults_stay_and_are_not_written_to() -> None:
    given = system()
    before = given.defaults.copy()
    found = bind(case(parameters={"delay": 7.0}), given).parameters
    assert np.array_equal(given.defaults, before, equal_nan=True)
    assert found.shape == before.shape and found[4, 0] == 7 and found[3, 0] == 0.4


def test_names_are_compared_as_the_model_does() -> None:
    assert p_of(parameters={'"Free  Riding"': 0.3})[3] == 0.3
    assert p_of(parameters={"FREE_RIDING": 0.3})[3] == 0.3


def test_tables_by_element() -> None:
    assert list(p_of(parameters={"growth": {"CHN": 9.0}})[5:8]) == [1, 9, 3]
    assert list(p_of(parameters={"growth": {"*": 0.0, "chn": 9.0}})[5:8]) == [0, 9, 0]
    assert list(p_of(parameters={"growth": 4.0})[5:8]) == [4, 4, 4]
    found = p_of(parameters={"distance": {"*": {"*": 1.0, "CHN": 2.0}, "RUS": {"USA": 5.0}}})[8:17]
    assert found.reshape(3, 3).tolist() == [[1, 2, 1], [1, 2, 1], [5, 2, 1]]
    assert set(p_of(parameters={"distance": {"*": 1.0}})[8:17]) == {1.0}


def test_initial_values_leave_the_rest_to_the_model() -> None:
    found = p_of(initial={"power": {"CHN": 5.0}, "size": 2.0})
    assert np.array_equal(found[17:], [np.nan, 5, np.nan, 2], equal_nan=True)


@pytest.mark.parametrize(
    ("parameters", "what", "help_"),
    [
        ({"free ridding": 0.4}, "unknown parameter 'free ridding'", "did you mean 'free riding'?"),
        ({"power": 1.0}, "'Power' is a stock, not a constant", "set where it starts under [initial]"),
        ({"threat": 1.0}, "'threat' is an auxiliary, not a constant", "constants in its equation: free riding"),
        ({"double delay": 1.0}, "'double delay' is computed from other constants", "constants in its equation: delay"),
        ({"final time": 1.0}, "'final time' is no parameter", "set it as [time] stop"),
        ({"SAVEPER": 1.0}, "'SAVEPER' is no parameter", "set it as [time] save_every"),
        ({"growth": {"CHM": 1.0}}, "unknown element 'CHM' of state, in 'growth'", "did you mean 'CHN'?"),
        ({"growth": {"X": 1.0}}, "unknown element 'X' of state, in 'growth'", "elements: USA, CHN, RUS"),
        ({"growth": {"CHN": 1.0, "chn": 2.0}}, "'growth' names chn twice", None),
        ({"delay": {"CHN": 1.0}}, "'delay' has no subscript left for CHN", "give a number there"),
        ({"growth": {"CHN": {"USA": 1.0}}}, "'growth' has no subscript left for USA", "give a number there"),
        (
            {"distance": {"CHN": 1.0}},
            "'distance' has more subscripts than state: CHN needs a table by other",
            'for one number: CHN = { "*" = 1 }',
        ),
        ({"free riding": 0.9}, "'free riding' = 0.9 is outside the model's range 0 to 0.8", None),
        ({"delay": float("inf")}, "'delay' is infinite", None),
    ],
)
def test_parameters_that_do_not_fit(parameters: dict[str, Any], what: str, help_: str | None) -> None:
    assert told(parameters=parameters) == [(what, help_)]


@pytest.mark.parametrize(
    ("initial", "what", "help_"),
    [
        ({"powr": 1.0}, "unknown stock 'powr'", "did you mean 'Power'?"),
        ({"delay": 1.0}, "'delay' is a constant, not a stock: it has no initial value", "set it under [parameters]"),
        ({"threat": 1.0}, "'threat' is an auxiliary, not a stock: it has no initial value", None),
        ({"power": {"CHN": -1.0}}, "'Power[CHN]' = -1 is outside the model's range from 0 up", None),
    ],
)
def test_initial_values_that_do_not_fit(initial: dict[str, Any], what: str, help_: str | None) -> None:
    assert told(initial=initial) == [(what, help_)]


def test_units() -> None:
    assert told(Setting(name="delay", value=3.0, unit="month")) == [
        ("'delay' is in 'Year' in the model, not in 'month'", "convert the value to Year")
    ]
    assert told(Setting(name="delay", value=3.0, unit="a//b")) == [("unit 'a//b': a name must stand before '/'", None)]
    same = (Setting(name="delay", value=3.0, unit="years"), Setting(name="free riding", value=0.1, unit="fraction"))
    unknown = (Setting(name="distance", value=3.0, unit="km"), Setting(name="growth", value=3.0, unit=""))
    bind(case(parameters=(*same, *unknown)), system())


def test_all_problems_at_once_with_their_places(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text('[parameters]\n"free ridding" = 0.4\ndelay = { value = 3, unit = "month" }\n')
    settings = (
        Setting(name="free ridding", value=0.4, place=Place(path=path, line=2, column=1, width=14, key="parameters")),
        Setting(name="delay", value=3.0, unit="month", place=Place(path=path, line=3, column=1, width=5, key="parameters")),
    )
    with pytest.raises(ScenarioError) as caught:
        bind(case(parameters=settings), system())
    assert render(caught.value.problems).replace(str(tmp_path), "scenarios") == (
        "error: unknown parameter 'free ridding'\n"
        " --> scenarios/bad.toml:2:1   (parameters)\n"
        "  |\n"
        '2 | "free ridding" = 0.4\n'
        "  | ^^^^^^^^^^^^^^\n"
        "  = help: did you mean 'free riding'?\n"
        "\n"
        "error: 'delay' is in 'Year' in the model, not in 'month'\n"
        " --> scenarios/bad.toml:3:1   (parameters)\n"
        "  |\n"
        '3 | delay = { value = 3, unit = "month" }\n'
        "  | ^^^^^\n"
        "  = help: convert the value to Year"
    )


def test_a_constant_that_nothing_sets() -> None:
    given = system()
    given.defaults[6] = np.nan
    with pytest.raises(ScenarioError, match=r"'growth\[CHN\]' has no value"):
        bind(case(), given)
    assert bind(case(parameters={"growth": {"CHN": 1.0}}), given).parameters[6, 0] == 1


def test_the_solver_is_handed_over() -> None:
    from sdrun.scenario import Solver

    setup = bind(case(solver=Solver(method=ADAPTIVE_METHODS[1], rtol=1e-3, atol=1e-4, max_step=0.1)), system())
    assert (setup.method, setup.rtol, setup.atol, setup.max_step, setup.step) == ("RK45", 1e-3, 1e-4, 0.1, 0.5)
