"""Trees: split points that are known, the weakest links of scikit-learn, and nothing where there is nothing."""

import sys

import numpy as np
import pytest
from sklearn.tree import DecisionTreeRegressor
from test_prim import varied

from sdrun.answer.cases import halves
from sdrun.answer.tree import MOST_LEAVES, Node, _gain, _weakest, _without, grown, leaves
from sdrun.errors import InputError


def test_split_points_are_found() -> None:
    rng = np.random.default_rng(1)
    x = dict(zip("abcd", rng.random((4, 4000)), strict=True)) | {"theory": rng.choice(["p", "q", "r", "s"], 4000)}
    cases = (x["a"] > 0.2) & (x["a"] < 0.6) & (x["b"] > 0.5) & np.isin(x["theory"], ["p", "r"])
    tree = grown(varied(x), cases, *halves(np.arange(4000), 1))
    sure = [leaf for leaf in leaves(tree) if leaf.judged.density > 0.9]
    (leaf,) = sure
    assert leaf.box.low["a"] == pytest.approx(0.2, abs=0.01) and leaf.box.high["a"] == pytest.approx(0.6, abs=0.01)
    assert leaf.box.low["b"] == pytest.approx(0.5, abs=0.01) and leaf.box.choices["theory"] == {0, 2}
    assert {"c", "d"}.isdisjoint(leaf.box.low.keys() | leaf.box.high.keys())
    assert leaf.judged.coverage > 0.97
    assert sum(end.judged.rows for end in leaves(tree)) == 2000 and sum(end.looked.rows for end in leaves(tree)) == 2000


def test_of_noise_nothing_is_left_but_the_root() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        tree = grown(
            varied(dict(zip("abcdef", rng.random((6, 600)), strict=True))), rng.random(600) < 0.4, *halves(np.arange(600), seed)
        )
        assert tree.parts == (), seed


def test_weakest_links_are_those_of_scikit_learn() -> None:
    """The gains at which links are cut are its `ccp_alphas`, times the rows."""
    rng = np.random.default_rng(3)
    x = dict(zip("abc", rng.random((3, 2000)), strict=True))
    cases = (x["a"] + x["b"] ** 2 > 0.9) ^ (rng.random(2000) < 0.1)
    looking = np.ones(2000, dtype=bool)
    whole = grown(varied(x), cases, looking, looking)  # judged by the rows it grew on it is not cut back far
    settings = {"max_leaf_nodes": MOST_LEAVES, "min_samples_leaf": 20, "random_state": 0}
    scaled = np.column_stack([(row - row.min()) / np.ptp(row) for row in x.values()])
    alphas = DecisionTreeRegressor(**settings).cost_complexity_pruning_path(scaled, cases).ccp_alphas
    gains, tree = list[float](), whole
    while tree.parts:
        link = _weakest(tree)
        gains.append(_gain(link) / 2000)
        tree = _without(tree, link)
    assert len(gains) > 3
    np.testing.assert_allclose(gains, alphas[-len(gains) :], rtol=1e-6)


def test_a_text_that_one_half_lacks_goes_somewhere() -> None:
    x = {"a": np.linspace(0, 1, 400), "theory": np.array(["p", "q"] * 199 + ["r", "r"])}
    looking = np.arange(400) < 398
    tree = grown(varied(x), x["theory"] == "p", looking, np.ones(400, dtype=bool))
    assert sum(end.judged.rows for end in leaves(tree)) == 400


def test_where_scikit_learn_is_lacking_the_pip_line_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(InputError) as told:
        grown(varied({"a": np.linspace(0, 1, 50)}), np.arange(50) > 20, *halves(np.arange(50), 0))
    assert told.value.problems[0].help == 'pip install "sdrun[discovery]"'


def test_leaves_are_from_left_to_right() -> None:
    rng = np.random.default_rng(5)
    a = rng.random(1000)
    tree: Node = grown(varied({"a": a}), a > 0.5, *halves(np.arange(1000), 0))
    assert [round(leaf.judged.density) for leaf in leaves(tree)] == [0, 1]
