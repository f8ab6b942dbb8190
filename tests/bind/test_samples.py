"""The samples of a sweep -> columns of p."""

from pathlib import Path

import numpy as np
import pytest
from hand_made import case, system

from sdrun.bind import bind
from sdrun.errors import Place, ScenarioError
from sdrun.scenario import Setting, Theory
from sdrun.simulation import part
from sdrun.sweep import THEORY, Factor, Samples

HERE = Place(path=Path("s.toml"), line=3)


def samples(**factors: list[float]) -> Samples:
    """Of factors by id; `growth__CHN` is `growth[CHN]`."""
    names = [f"{base}[{element}]" if element else base for base, _, element in (name.partition("__") for name in factors)]
    named = [Factor(name=name, kind="values", place=HERE) for name in names]
    return Samples(factors=tuple(named), values=np.array(list(factors.values())))


def of(name: str, values: list[float], **fields: object) -> Samples:
    return Samples(factors=(Factor(name=name, kind="values", place=HERE, **fields),), values=np.array([values]))  # type: ignore[arg-type]


def problems(found: Samples) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        bind(case(), system(), found)
    assert all(problem.place == HERE for problem in caught.value.problems)
    return [problem.what + (f" | {problem.help}" if problem.help else "") for problem in caught.value.problems]


def test_each_sample_is_a_column() -> None:
    setting = Setting(name="growth", value={"USA": 9.0})
    setup = bind(case(parameters=(setting,)), system(), samples(free_riding=[0.0, 0.4, 0.8], Delay=[1.0, 2.0, 3.0]))
    assert setup.parameters.shape == (21, 3)
    assert setup.parameters[3].tolist() == [0, 0.4, 0.8]
    assert setup.parameters[4].tolist() == [1, 2, 3]
    assert setup.parameters[5:8].T.tolist() == [[9, 2, 3]] * 3, "what is not varied is in every column"
    assert setup.factors == ("free_riding", "delay")
    alone = part(setup, 1, 2)
    assert alone.parameters[3:5, 0].tolist() == [0.4, 2] and alone.samples is not None and alone.samples.first == 1


def test_a_parameter_with_elements_is_varied_as_a_whole_or_by_element() -> None:
    whole = bind(case(), system(), of("growth", [7.0, 8.0])).parameters[5:8]
    assert whole.T.tolist() == [[7, 7, 7], [8, 8, 8]]
    one = bind(case(), system(), of("Growth[CHN]", [7.0, 8.0]))
    assert one.parameters[5:8].T.tolist() == [[1, 7, 3], [1, 8, 3]] and one.factors == ("growth",)
    pair = bind(case(), system(), of("distance[usa, RUS]", [7.0, 8.0])).parameters[8:17]
    assert pair.T.tolist() == [[0, 1, 7, *range(3, 9)], [0, 1, 8, *range(3, 9)]]


def test_theories_lie_below_what_the_scenario_says() -> None:
    theories = {
        "a": Theory(name="a", path=None, parameters=(Setting(name="delay", value=5.0), Setting(name="Free Riding", value=0.1))),
        "b": Theory(name="b", path=None, parameters=(Setting(name="delay", value=6.0),)),
    }
    found = Samples(factors=(Factor(name=THEORY, kind="values", values=("a", "b")),), values=np.array([[1.0, 0.0, 1.0]]))
    p = bind(case(theories=theories), system(), found).parameters
    assert p[4].tolist() == [6, 5, 6] and p[3].tolist() == [0.4, 0.1, 0.4]
    own = case(theories=theories, parameters=(Setting(name="free_riding", value=0.7),))
    assert bind(own, system(), found).parameters[3].tolist() == [0.7] * 3


@pytest.mark.parametrize(
    ("found", "what"),
    [
        (of("free ridding", [0.1, 0.2]), "unknown parameter 'free ridding' | did you mean 'free riding'?"),
        (of("power", [0.1, 0.2]), "'Power' is a stock, not a constant | set where it starts under [initial]"),
        (of("TIME STEP", [0.1, 0.2]), "'TIME STEP' is no parameter | set it as [solver] step"),
        (of("free riding", [0.1, 0.9]), "'free riding' = 0.9 is outside the model's range 0 to 0.8"),
        (
            of("free riding", [0.1, 0.2], arguments={"low": -1.0, "high": 0.8}),
            "'free riding' = -1 is outside the model's range 0 to 0.8",
        ),
        (
            of("free riding", [0.1, 0.2], unit="Year"),
            "'free riding' is in 'Dmnl' in the model, not in 'Year' | convert the value to Dmnl",
        ),
        (of("growth[CHM]", [1.0, 2.0]), "unknown element 'CHM' of state, in 'growth' | did you mean 'CHN'?"),
        (of("growth[CHN, USA]", [1.0, 2.0]), "'growth' has the subscripts state, not 2"),
        (of("growth[CHN", [1.0, 2.0]), "unknown parameter 'growth[CHN' | did you mean 'growth'?"),
        (of("delay[CHN]", [1.0, 2.0]), "'delay' has no subscripts, not 1"),
        (samples(growth=[1.0, 2.0], growth__CHN=[1.0, 2.0]), "'growth[CHN]' varies what 'growth' varies already"),
    ],
)
def test_what_cannot_be_varied(found: Samples, what: str) -> None:
    assert problems(found) == [what]


def test_all_problems_come_at_once() -> None:
    assert len(problems(samples(nobody=[1.0, 2.0], free_riding=[-1.0, 2.0]))) == 3
