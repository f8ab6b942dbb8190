"""[sweep.discover], [sweep.conclusions] and modes: what is read, and what is wrong with them, all at once."""

from pathlib import Path
from typing import Any

import pytest

from sdrun.errors import ScenarioError, render
from sdrun.questions import Conclusion, Question
from sdrun.read import read_scenario

HEAD = """schema = 1
[model]
file = "m.mdl"
[variants.waltz]
[variants.mearsheimer]
[sweep]
method = "sobol"
samples = 8
modes = ["leader share"]
[sweep.parameters]
"free riding" = { low = 0, high = 1 }
[sweep.metrics]
duration = { indicator = "unipolar_duration" }
"""


def scenario(folder: Path, tables: str) -> Any:
    (folder / "m.mdl").write_text("{UTF-8}\nfree riding = 1 ~~|\n")
    path = folder / "s.toml"
    path.write_text(HEAD + tables)
    return read_scenario(path).sweep


def bare(noun: Any) -> Any:
    """Without its place."""
    from dataclasses import replace

    return replace(noun, place=None)


def test_what_is_read(tmp_path: Path) -> None:
    sweep = scenario(
        tmp_path,
        """[sweep.discover]
lasts = { metric = "duration", above = 30, index = "military", density = 0.9, mass = 0.1, peel = 0.2, boxes = 2 }
short = { metric = "duration", below = 10 }
swings = { mode = "Leader Share", is = "overshoot and decline" }
[sweep.conclusions]
waltz_shorter = { metric = "duration", less = ["waltz", "mearsheimer"], index = "military" }
""",
    )
    assert sweep.modes == ("leader share",)
    assert [bare(one) for one in sweep.questions] == [
        Question(
            name="lasts", of="duration", above=30.0, select={"index": "military"}, density=0.9, mass=0.1, peel=0.2, boxes=2
        ),
        Question(name="short", of="duration", below=10.0),
        Question(name="swings", of="Leader Share", mode="overshoot and decline"),
    ]
    wanted = Conclusion(name="waltz_shorter", metric="duration", less=("waltz", "mearsheimer"), select={"index": "military"})
    assert [bare(one) for one in sweep.conclusions] == [wanted]


@pytest.mark.parametrize(
    ("table", "what", "help_"),
    [
        ('[sweep.discover]\nq = { metric = "duratoin", above = 1 }', "unknown metric 'duratoin'", "did you mean 'duration'?"),
        (
            '[sweep.discover]\nq = { metric = "duration" }',
            "'q' does not say which cases it asks for",
            "metric with above or below",
        ),
        ('[sweep.discover]\nq = { metric = "duration", above = 1, below = 2 }', "does not say which cases", "give metric with"),
        ('[sweep.discover]\nq = { metric = "duration", is = "constant" }', "does not say which cases", "or mode with is"),
        (
            '[sweep.discover]\nq = { mode = "leader", is = "constant" }',
            "no mode of behaviour is taken of 'leader'",
            "leader share",
        ),
        ('[sweep.discover]\nq = { mode = "x", is = "constant" }', "no mode of behaviour is taken of 'x'", 'modes = ["x"]'),
        ('[sweep.discover]\nq = { mode = "leader share", is = "growth" }', "'is' must be 'constant'", "growth"),
        ('[sweep.discover]\n"a b" = { metric = "duration", above = 1 }', "'a b' cannot name a question", "letters, digits"),
        ('[sweep.discover]\nq = { metric = "duration", above = 1, mass = 0.5 }', "'mass' must be below 0.5, not 0.5", ""),
        ('[sweep.discover]\nq = { metric = "duration", above = 1, density = 2 }', "'density' must be at most 1, not 2", ""),
        ('[sweep.discover]\nq = { metric = "duration", above = 1, boxes = 0 }', "'boxes' must be at least 1, not 0", ""),
        (
            '[sweep.conclusions]\nc = { metric = "duration", less = ["walz", "mearsheimer"] }',
            "'walz' is neither a variant nor a theory of this sweep",
            "did you mean 'waltz'?",
        ),
        ('[sweep.conclusions]\nc = { metric = "duration", less = ["waltz", "waltz"] }', "'waltz' is compared with itself", ""),
        ('[sweep.conclusions]\nc = { metric = "duration", less = ["waltz"] }', "'less' must hold two names", ""),
        ('[sweep.conclusions]\nc = { less = ["waltz", "mearsheimer"] }', "'metric' is missing in 'c'", ""),
    ],
)
def test_what_is_wrong(table: str, what: str, help_: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario(tmp_path, table + "\n")
    text = render(caught.value.problems)
    assert what in text and help_ in text and f"{tmp_path / 's.toml'}:15:" in text


def test_all_problems_at_once(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario(
            tmp_path, '[sweep.discover]\nq = { metric = "x" }\n[sweep.conclusions]\nc = { metric = "y", less = ["a", "b"] }\n'
        )
    assert len(caught.value.problems) == 5
