"""Subscript ranges."""

from collections.abc import Callable

import pytest

from sdrun.errors import ModelError
from sdrun.model import Model, Range

Read = Callable[[str], Model]


def ranges(vensim: Read, text: str) -> dict[str, Range]:
    return dict(vensim(f"{text}\nx = 1 ~~|").ranges)


def test_elements_keep_their_words(vensim: Read) -> None:
    (found,) = ranges(vensim, 'Great Power: USA, "People\'s  Republic", Soviet_Union ~~|').values()
    assert found == Range(
        id="great_power",
        label="Great Power",
        elements=("usa", "people's_republic", "soviet_union"),
        labels=("USA", "People's Republic", "Soviet_Union"),
        line=1,
    )


def test_nested_and_numeric_ranges_are_flattened(vensim: Read) -> None:
    found = ranges(vensim, "all: coast, inland, (p1-p3) ~~|\ncoast: a, b ~~|\ninland: c, b ~~|")
    assert found["all"].elements == ("a", "b", "c", "p1", "p2", "p3")


def test_aliases(vensim: Read) -> None:
    found = ranges(vensim, "another <-> other ~~|\nother <-> state ~~|\nstate: A, B ~~|\nmixed: other, C ~~|")
    assert [found[id].alias_of for id in found] == ["state", "state", None, None]
    assert found["another"].labels == found["other"].labels == ("A", "B")
    assert found["mixed"].elements == ("a", "b", "c")


def test_mappings(vensim: Read) -> None:
    found = ranges(
        vensim, "a: a1, a2 -> b, (c: c1, c2), (d: half, d2) ~~|\nb: b1, b2 ~~|\nc: c1, c2 ~~|\nd: d1, d2 ~~|\nhalf: d1 ~~|"
    )
    assert found["a"].maps_to == {"b": None, "c": (("c1",), ("c2",)), "d": (("d1",), ("d2",))}
    assert found["a"].elements == ("a1", "a2")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: a1, a2 -> (b: b1, b9) ~~|\nb: b1, b2 ~~|", "the mapping to 'b' lists 'b9', which is none of its elements"),
        ("a: a1, a2 -> (b: b1, b1) ~~|\nb: b1, b2 ~~|", "the mapping to 'b' lists 'b1' twice"),
        ("a: a1, a2 -> (b: b1) ~~|\nb: b1, b2 ~~|", "the mapping to 'b' lists 1 elements, not 2"),
        ("a: a1 -> bb ~~|\nb: b1 ~~|", "unknown range 'bb'"),
        ("a <-> b ~~|", "unknown range 'b'"),
        ("a <-> b ~~|\nb <-> a ~~|", "alias of itself"),
        ("a: b ~~|\nb: a ~~|", "contains itself"),
        ("a: a1, A1 ~~|", "'A1' twice"),
        ("a: a1 ~~|\nA : a2 ~~|", "defined twice, first in line 1"),
        ("x: a1 ~~|", "also the name of the range"),
        ("a: (a3-a1) ~~|", "cannot read"),
        ("a: GET XLS SUBSCRIPT('f.xls', 's', 'A1', 'A9', '') ~~|", "no data file 'f.xls'"),
    ],
)
def test_errors(vensim: Read, text: str, said: str) -> None:
    with pytest.raises(ModelError) as caught:
        ranges(vensim, text)
    assert said in caught.value.problems[0].what
    assert caught.value.problems[0].place is not None and caught.value.problems[0].place.line is not None
