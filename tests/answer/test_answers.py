"""Questions from a result to boxes: what is known, what is claimed, and what is not."""

import json

import numpy as np
import pytest
import xarray as xr
from made import result, uniform

import sdrun
from sdrun.answer import checked, discover, problems, text
from sdrun.answer.answers import answer
from sdrun.answer.cases import halves, told
from sdrun.errors import InputError
from sdrun.questions import MODES, Conclusion, Question
from sdrun.sample import draw
from sdrun.sweep import BLOCKS, Factor, Sweep

SELF = Conclusion(name="self", metric="years", less=("walt", "waltz"))
LASTS = Question(name="lasts", of="years", above=30)


def known_box(size: int = 4000, seed: int = 1) -> xr.Dataset:
    """Above 30 years exactly where 0.2 < a < 0.6, b > 0.5 and the theory is waltz or walt."""
    x = uniform(size, seed)
    theory = np.random.default_rng(seed).choice(["gilpin", "walt", "waltz", "wohlforth"], size)
    cases = (x["a"] > 0.2) & (x["a"] < 0.6) & (x["b"] > 0.5) & np.isin(theory, ["walt", "waltz"])
    years = np.where(cases, 50.0, 10.0) + x["d"]
    years[:7] = np.nan
    ds = result(x, {"years": years})
    return ds.assign_coords(theory=("sample", theory, {"long_name": "theory", "role": "parameter"}))


def test_a_known_box_is_claimed_by_question_in_scenario_order() -> None:
    ds = known_box()
    (found,) = answer(ds, LASTS, 1).boxes
    assert found.box.low == {"a": pytest.approx(0.2, abs=0.02), "b": pytest.approx(0.5, abs=0.02)}
    assert found.box.high == {"a": pytest.approx(0.6, abs=0.02)}
    assert found.box.choices == {"model.theory": {1, 2}}
    assert found.measures.density > 0.93 and found.measures.coverage > 0.93
    assert set(found.quasi_p) == {"a", "b", "model.theory"} and max(found.quasi_p.values()) < 1e-10


def test_the_judging_half_is_what_is_told() -> None:
    """Coverage, density and mass by hand, on the samples that had no part in finding the box."""
    ds = known_box()
    found = discover(ds, [LASTS], seed=1)
    assert found is not None
    kept = ds.isel(sample=slice(7, None))
    _, judging = halves(ds["sample"].values, 1)
    half = kept.isel(sample=np.flatnonzero(judging[7:]))
    box = found.isel(box=0).set_index(parameter="parameter")
    inside = np.isin(half["theory"], str(box["choices"].sel(parameter="model.theory").values).split(", "))
    for name in ("a", "b"):
        inside &= ~(half[name].values < float(box["low"].sel(parameter=name)))
        inside &= ~(half[name].values > float(box["high"].sel(parameter=name)))
    cases = half["years"].values > 30
    assert float(box["density"]) == pytest.approx(cases[inside].mean())
    assert float(box["coverage"]) == pytest.approx(cases[inside].sum() / cases.sum())
    assert float(box["mass"]) == pytest.approx(inside.mean())
    assert np.isnan(box["low"].sel(parameter="c")) and box["choices"].sel(parameter="a") == ""
    assert found["unknown"].item() == 7 and found["rows"].item() == 3993


def test_halves_are_of_samples_drawn_at_random() -> None:
    looking, judging = halves(np.tile(np.arange(101), 3), 5)
    assert (looking == ~judging).all() and looking[:101].sum() == 50
    assert (looking.reshape(3, 101) == looking[:101]).all(), "the same under all variants"
    assert 15 < looking[:101:2].sum() < 36, "neither the even nor the odd ones"


def test_a_null_claims_nothing() -> None:
    """The outcome is drawn apart from the factors: a box may seem to be there in one of twenty sweeps, and is in fewer."""
    claimed = 0
    for seed in range(60):
        x = uniform(400, seed, "abcdef")
        ds = result(x, {"years": np.random.default_rng(1000 + seed).uniform(0, 50, 400)})
        seen = answer(ds, LASTS, seed)
        claimed += bool(seen.boxes)
        assert seen.tree is not None and seen.tree.parts == ()
    assert claimed <= 2


@pytest.mark.parametrize("design", ["morris", "saltelli"])
def test_samples_that_share_coordinates_count_once(design: str) -> None:
    """Noise that is the same for the same `a` would be borne out by the other half, which holds the very same `a`."""
    factors = tuple(Factor(name=name, kind="uniform", arguments={"low": 0.0, "high": 1.0}) for name in "abcd")
    block = BLOCKS[design](4)
    x = draw(Sweep(method=design, samples=256 * block, seed=3, factors=factors)).values
    noise = np.random.default_rng(4).random(len(np.unique(x[0])))[np.unique(x[0], return_inverse=True)[1]]
    ds = result(dict(zip("abcd", x, strict=True)), {"years": 60 * noise})
    ds = ds.assign_attrs(design=design, factors=json.dumps([*"abcd"]))
    first = ds.isel(sample=slice(None, None, block)).assign_attrs(design="random")
    found, alone = checked(ds, [LASTS]), checked(first, [LASTS])
    assert found["rows"].item() == 256
    xr.testing.assert_equal(found, alone)


def test_too_few_cases_claim_nothing() -> None:
    x = uniform(200, 3)
    few = answer(result(x, {"years": np.where(x["a"] > 0.95, 50.0, 1.0)}), LASTS, 0)
    none = answer(result(x, {"years": np.ones(200)}), LASTS, 0)
    unknown = answer(result(x, {"years": np.full(200, np.nan)}), LASTS, 0)
    assert (unknown.rows, unknown.unknown, unknown.boxes, unknown.tree) == (0, 200, (), None)
    assert few.boxes == none.boxes == () and few.tree is none.tree is None and none.share == 0
    said = discover(result(x, {"years": np.ones(200)}), [LASTS])
    assert said is not None and "each half of the samples needs 10 runs that are cases, and 10 that are not" in text(said)


def test_what_the_run_ended_first_is_known_only_where_it_does_not_matter() -> None:
    years, flags = np.array([50.0, 50, 20, 20, np.nan]), [0, 1, 0, 1, 0]
    ds = result({"a": np.arange(5.0)}, {"years": (years, flags)})
    cases, known = told(ds, LASTS)
    assert cases[known].tolist() == [True, True, False] and known.tolist() == [True, True, True, False, False]
    cases, known = told(ds, Question(name="q", of="years", below=30))
    assert cases[known].tolist() == [False, False, True] and known.tolist() == [True, True, True, False, False]
    cases, known = told(ds, Question(name="q", of="years", below=50))
    assert cases[known].tolist() == [False, False, True] and known.tolist() == [True, True, True, False, False]


def test_variants_are_a_factor_and_stay_in_one_half_with_their_sample() -> None:
    x = uniform(1500, 4)
    years = np.array([np.where(x["a"] > 0.5, 50.0, 10.0), np.full(1500, 10.0)])
    seen = answer(result(x, {"years": years}, ("quick", "slow")), LASTS, 0)
    (found,) = seen.boxes
    assert found.box.choices == {"variant": {0}} and found.box.low["a"] == pytest.approx(0.5, abs=0.05)
    assert seen.rows == 3000


def test_several_boxes_and_density_asked() -> None:
    """Two corners: the first box takes one, the second the other; of the third nothing is left."""
    x = uniform(6000, 5)
    cases = ((x["a"] > 0.7) & (x["b"] > 0.7)) | ((x["c"] < 0.25) & (x["d"] < 0.25))
    ds = result(x, {"years": np.where(cases, 50.0, 10.0)})
    seen = answer(ds, LASTS, 1)
    assert len(seen.boxes) == 2 and {frozenset(one.quasi_p) for one in seen.boxes} == {frozenset("ab"), frozenset("cd")}
    assert sum(one.measures.coverage for one in seen.boxes) > 0.8
    alone = answer(ds, Question(name="q", of="years", above=30, boxes=1, mass=0.03, peel=0.1, density=0.99), 1)
    assert len(alone.boxes) == 1 and alone.density == 0.99 and alone.boxes[0].measures.density > 0.95
    most = answer(result(x, {"years": np.where(cases, 10.0, 50.0)}), LASTS, 1)
    assert most.density == pytest.approx((1 + most.share) / 2), "more than what all samples have"


def test_modes_can_be_asked_for() -> None:
    x = uniform(1000, 6)
    ds = result(x, {})
    modes = np.where(x["b"] < 0.3, MODES.index("oscillation"), MODES.index("constant")).astype(np.int8)
    ds["s_mode"] = ("sample", modes, {"role": "mode", "long_name": "mode of S"})
    found = discover(ds, [Question(name="swings", of="S", mode="oscillation")])
    assert found is not None and float(found["high"].sel(parameter="b")[0]) == pytest.approx(0.3, abs=0.02)
    share = found["s_mode_share"]
    assert share.dims == ("mode",) and float(share.sel(mode="oscillation")) == pytest.approx((x["b"] < 0.3).mean())
    assert float(share.sum()) == pytest.approx(1)
    assert "swings: mode of S is oscillation, in" in found.attrs["summary"] and "mode of S\n" in found.attrs["summary"]


def test_shares_of_modes_by_variant_theory_and_element() -> None:
    modes = np.array([[[1, 14], [1, 14], [1, 2], [12, 2]], [[1, 1]] * 4], dtype=np.int8)
    ds = xr.Dataset(
        {"p_mode": (("variant", "sample", "state"), modes, {"role": "mode", "long_name": "mode of P"})},
        coords={"variant": ["x", "y"], "sample": range(4), "state": ["A", "B"], "theory": ("sample", ["t", "s", "t", "s"])},
    )
    found = discover(ds)
    assert found is not None
    share = found["p_mode_share"]
    assert share.dims == ("variant", "theory", "state", "mode")
    assert share.sel(variant="x", state="A", mode="overshoot and decline").values.tolist() == [0.5, 0.0]
    assert share.sel(variant="x", theory="t", state="B", mode="oscillation").item() == 0.5
    assert "  x, s, A  constant 50 %, overshoot and decline 50 %" in found.attrs["summary"]
    assert discover(ds.drop_vars("p_mode")) is None, "nothing asked, nothing told"


def test_the_file_is_plain_xarray_also_where_nothing_is_found(tmp_path) -> None:
    x = uniform(300, 8)
    noise = np.random.default_rng(5).uniform(0, 60, 300)
    ds = known_box().drop_vars("theory")
    for number, one in enumerate((known_box(), result(x, {"years": noise}), ds)):
        found = discover(one, [LASTS, Question(name="short", of="years", below=12)], [SELF])
        assert found is not None
        path = tmp_path / f"{number}.nc"
        found.to_netcdf(path, engine="netcdf4")
        with xr.open_dataset(path) as again:
            xr.testing.assert_identical(again.load(), found)
            assert all(array.attrs["long_name"] for array in again.data_vars.values())
            assert text(again) == text(found)


def test_in_words() -> None:
    found = discover(known_box(), [LASTS])
    assert found is not None
    said = text(found)
    assert said.startswith("lasts: years above 30 years, in 10 % of 3993 runs\n  of 7 more it is not known: they failed, or")
    assert "\n  box 1: density " in said
    assert "    model.theory  walt, waltz\n" in said and "    a             0." in said
    assert "lasts as a tree\n" in said and "model.theory walt, waltz" in said.partition("as a tree")[2]
    assert max(map(len, found.attrs["summary"].splitlines())) <= 100


def test_from_python(tmp_path) -> None:
    ds = known_box()
    found = sdrun.discover(ds, "years", above=30)
    xr.testing.assert_identical(found["low"], discover(ds, [Question(name="years", of="years", above=30)], seed=1)["low"])
    ds["duration"] = ds["years"].expand_dims(index=["military", "economy"], axis=-1).assign_attrs(role="metric")
    assert sdrun.discover(ds, "duration", above=30, index="military")["cases"].item() == pytest.approx(0.1, abs=0.02)
    for asked, what, help_ in (
        ({"metric": "yaers", "above": 3}, "of which the result has no figure by sample", "did you mean 'years'?"),
        ({"metric": "years", "above": 3, "index": "military"}, "'years' has no dimension 'index'", None),
        ({"metric": "duration", "above": 3}, "does not say which index it is about", 'index = "military", or economy'),
        ({"metric": "duration", "above": 3, "index": "milit"}, "unknown element 'milit' of index", "did you mean 'military'?"),
    ):
        with pytest.raises(InputError, match=what) as raised:
            sdrun.discover(ds, **asked)  # type: ignore[arg-type]
        assert raised.value.problems[0].help == help_
    with pytest.raises(InputError, match="does not say which cases"):
        sdrun.discover(ds, "years")
    assert problems(ds, [LASTS], []) == []
