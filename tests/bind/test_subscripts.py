"""[subscripts] against the model's ranges."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hand_made import case, model

from sdrun.bind import check_case, with_subscripts
from sdrun.errors import Place, ScenarioError, render
from sdrun.model import Array, Model, Range

NAN = float("nan")


def without(given: Model, *ids: str) -> Model:
    return replace(
        given,
        ranges={id_: range_ for id_, range_ in given.ranges.items() if id_ not in ids},
        variables={id_: variable for id_, variable in given.variables.items() if id_ not in ids},
    )


def told(given: Model, **fields: Any) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        check_case(case(**fields), given)
    return [f"{problem.what}; {problem.help}" for problem in caught.value.problems]


def numbers(given: Model, id_: str) -> tuple[float, ...]:
    array = given.variables[id_].equations[0].expression
    assert isinstance(array, Array)
    return array.values


def test_nothing_to_replace() -> None:
    check_case(case(), model())
    assert with_subscripts(model(), case()) == model()


def test_aliases_follow_and_numbers_stay_with_their_elements() -> None:
    given = case(subscripts={"state": ("RUS", "USA", "CHN")})
    check_case(given, model())
    found = with_subscripts(model(), given)
    assert found.ranges["state"].elements == found.ranges["other"].elements == ("rus", "usa", "chn")
    assert found.ranges["state"].labels == ("RUS", "USA", "CHN") and found.ranges["east"] == model().ranges["east"]
    assert numbers(found, "growth") == (3, 1, 2)
    assert np.array_equal(np.reshape(numbers(found, "distance"), (3, 3)), [[8, 6, 7], [2, 0, 1], [5, 3, 4]])
    assert found.variables["scale"] == model().variables["scale"]


def test_new_elements_have_no_numbers_until_they_are_set() -> None:
    base = without(model(), "east", "leader")
    subscripts = {"STATE": ("USA", "New Land")}
    assert told(base, subscripts=subscripts) == [
        "'growth' has no numbers for the new elements; set 'growth' under [parameters]",
        "'distance' has no numbers for the new elements; set 'distance' under [parameters]",
    ]
    given = case(subscripts=subscripts, parameters={"Growth": 1.0, "distance": 1.0})
    check_case(given, base)
    found = with_subscripts(base, given)
    assert found.ranges["state"].elements == ("usa", "new_land")
    assert np.array_equal(numbers(found, "growth"), (1, NAN), equal_nan=True)
    assert np.array_equal(numbers(found, "distance"), (0, NAN, NAN, NAN), equal_nan=True)


def test_an_unknown_range(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text('[subscripts]\nstates = ["A"]\n')
    place = Place(path=path, line=2, column=1, width=6, key="subscripts")
    with pytest.raises(ScenarioError) as caught:
        check_case(case(subscripts={"states": ("A",)}, subscript_places={"states": place}), model())
    assert render(caught.value.problems).replace(str(tmp_path), "scenarios") == (
        "error: unknown range 'states'\n --> scenarios/bad.toml:2:1   (subscripts)\n  |\n"
        "2 | states = [\"A\"]\n  | ^^^^^^\n  = help: did you mean 'State'?"
    )


def test_lists_that_are_wrong_by_themselves() -> None:
    assert told(model(), subscripts={"state": (), "other": ("USA",)}) == [
        "'state' has no elements; None",
        "'other' is another name of 'State'; set State; other follows",
    ]
    assert told(model(), subscripts={"state": ("USA", "usa", "growth", " ", "Index")}) == [
        "'usa' stands twice in 'state'; None",
        "'growth' of 'state' is a variable of the model too; None",
        "an element of 'state' has no name; None",
        "'Index' of 'state' is a range of the model too; None",
    ]


def test_a_subrange_and_an_equation_that_still_name_what_is_gone() -> None:
    given = {"subscripts": {"state": ("CHN", "BRA")}, "parameters": {"growth": 1.0, "distance": 1.0}}
    assert told(model(), **given) == [
        "the range 'east' still has RUS; set 'east' under [subscripts] too",
        "'leader' is defined by the element 'usa', which [subscripts] leaves out; "
        "keep the element, or use a model that names no single elements",
    ]
    with pytest.raises(ScenarioError) as caught:
        check_case(case(**given), model())
    place = caught.value.problems[1].place
    assert place is not None and (place.path, place.line, place.key) == (Path("m.mdl"), 6, "leader")


def test_ranges_that_are_mapped_stay_equally_long() -> None:
    base = without(model(), "east", "leader", "growth", "distance")
    twin = Range(id="twin", label="twin", elements=("a", "b", "c"), labels=("a", "b", "c"), maps_to={"state": None})
    base = replace(base, ranges={**base.ranges, "twin": twin})
    assert told(base, subscripts={"state": ("USA", "CHN")}) == [
        "'State' has 2 elements, 'twin', mapped to it, 3; set 'twin' under [subscripts] too"
    ]
    check_case(case(subscripts={"state": ("USA", "CHN"), "twin": ("a", "b")}), base)
