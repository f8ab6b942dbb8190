"""The schema of the result, and what of the model reaches it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from handmade import run, scenario, system

from sdrun.attributes import attributes, safe_units, time_unit
from sdrun.errors import ScenarioError
from sdrun.scenario import Case, Output, Theory, TimeSpan
from sdrun.trajectory import check_output, check_schema, select, to_dataset

WALTZ = Case(name="waltz", title="Waltz 1979", model=Path("models/growth.mdl"))
MEARSHEIMER = Case(name="mearsheimer", model=Path("models/growth.mdl"))


def single(**changes):
    return to_dataset([run(**changes)], scenario())


def two(first, second, **changes):
    return to_dataset([replace(first, case=WALTZ), replace(second, case=MEARSHEIMER)], scenario(WALTZ, MEARSHEIMER), **changes)


def test_a_single_run_has_neither_variants_nor_samples():
    ds = single()
    check_schema(ds)
    assert ds["threat"].dims == ("state", "other", "time")
    assert ds["economy"].dims == ("state", "time")
    assert dict(ds.sizes) == {"state": 3, "other": 3, "time": 21}
    assert float(ds["economy"].sel(state="CHN", time=2002)) == pytest.approx(2 * np.exp(0.6))


def test_time_is_in_years_and_floats():
    time = single()["time"]
    assert time.dtype == np.float64
    assert time.attrs["units"] == "year"


def test_constants_have_no_time_unless_an_event_changes_them():
    ds = single()
    assert ds["free_riding"].dims == ()
    assert ds["growth_rate"].dims == ("state",)
    assert ds["war_hazard"].dims == ("time",), "an auxiliary keeps its time though it happens not to change"
    changed = np.where(np.arange(21) < 10, 0.3, 0.9)[:, None]
    ds = single(values={"free_riding": changed})
    check_schema(ds)
    assert ds["free_riding"].values.tolist() == changed[:, 0].tolist()


def test_an_event_in_one_variant_gives_the_constant_a_time_in_all():
    changed = np.where(np.arange(21) < 10, 0.3, 0.9)[:, None]
    ds = two(run(), run(values={"free_riding": changed}))
    check_schema(ds)
    assert ds["free_riding"].dims == ("variant", "time")
    assert ds["free_riding"].sel(time=2012).values.tolist() == [0.3, 0.9]


def test_variables_say_what_they_are():
    ds = single()
    assert ds["military_capability"].attrs == {
        "long_name": "Military Capability",
        "units": "dollars",
        "description": "what was bought\nand is not yet scrap",
        "sd_type": "stock",
    }
    assert ds["economy"].attrs["equation"] == "INTEG(growth, 1)"
    assert ds["free_riding"].attrs["sd_type"] == "constant"


def test_a_variable_that_has_a_ranges_name_is_renamed():
    ds = single()
    assert ds["state"].values.tolist() == ["USA", "CHN", "RUS"]
    assert ds["state_"].attrs["long_name"] == "state"
    assert float(ds["state_"].isel(time=0)) == 7


def test_variants_come_first():
    ds = two(run(), run(growth=(0.0, 0.0, 0.0)))
    check_schema(ds)
    assert ds["economy"].dims == ("variant", "state", "time")
    assert ds["growth_rate"].dims == ("variant", "state")
    assert ds["variant"].values.tolist() == ["waltz", "mearsheimer"]
    assert ds["variant_title"].values.tolist() == ["Waltz 1979", "mearsheimer"]
    assert float(ds["economy"].sel(variant="mearsheimer", state="USA", time=2012)) == 3.0


def test_one_variant_alone_still_has_its_dimension():
    ds = to_dataset([run(WALTZ)], scenario(WALTZ))
    check_schema(ds)
    assert ds["economy"].dims == ("variant", "state", "time")


def test_other_subscripts_and_times_are_joined_with_nan_where_there_is_nothing():
    ds = two(run(times=range(1992, 1997)), run(states=("USA", "GBR"), times=[1990.0, 1992.0, 1998.0]))
    check_schema(ds)
    assert ds["state"].values.tolist() == ["USA", "CHN", "RUS", "GBR"], "in the order of appearance, not of the alphabet"
    assert ds["time"].values.tolist() == [1990, 1992, 1993, 1994, 1995, 1996, 1998]
    waltz = ds["economy"].sel(variant="waltz")
    assert np.isnan(waltz.sel(state="GBR")).all()
    assert np.isfinite(waltz.sel(state="USA")).values.tolist() == [False, True, True, True, True, True, False]


def test_other_models_are_joined_by_name():
    tea = replace(system(), recorded=tuple(slot for slot in system().recorded if slot.id in ("economy", "war_hazard")))
    ds = two(run(), run(made=tea))
    check_schema(ds)
    assert np.isnan(ds["threat"].sel(variant="mearsheimer")).all()
    assert np.isfinite(ds["economy"]).all()


def test_one_name_with_other_dimensions_is_refused():
    slots = tuple(replace(slot, dims=(), shape=()) if slot.id == "economy" else slot for slot in system().recorded)
    other = run(made=replace(system(), recorded=slots), values={"economy": np.ones((21, 1))})
    with pytest.raises(
        ScenarioError, match=r"'economy' has the dimensions \[\] in variant 'mearsheimer', but \[state\] in variant 'waltz'"
    ):
        two(run(), other)


def test_other_units_of_time_are_refused():
    monthly = replace(MEARSHEIMER, time=TimeSpan(unit="months"))
    runs = [run(WALTZ), run(monthly)]
    with pytest.raises(ScenarioError, match="'year' in variant 'waltz', 'month' in variant 'mearsheimer'"):
        to_dataset(runs, scenario(WALTZ, monthly))


def test_attributes_that_differ_are_joined():
    slots = tuple(replace(slot, units="bn euro") if slot.id == "economy" else slot for slot in system().recorded)
    ds = two(run(), run(made=replace(system(), recorded=slots)))
    check_schema(ds)
    assert ds["economy"].attrs["units"] == "tn dollar | bn euro"
    assert ds["threat"].attrs["long_name"] == "threat"


def test_the_unit_of_time_is_the_scenarios_or_the_models():
    assert time_unit(run()) == "year"
    assert time_unit(run(Case(name="x", model=Path("x"), time=TimeSpan(unit="Days")))) == "day"
    assert time_unit(run(made=replace(system(), recorded=system().recorded[1:]))) == "1"


def test_samples_carry_their_parameters():
    ds = single(free_riding=(0.1, 0.2, 0.3))
    check_schema(ds)
    assert ds["economy"].dims == ("sample", "state", "time")
    assert ds["population"].dims == ("sample", "state")
    assert "free_riding" not in ds.data_vars
    assert ds["free_riding"].attrs["role"] == "parameter"
    assert ds["military_capability"].where(ds["free_riding"] > 0.15, drop=True).sizes["sample"] == 2
    assert ds["status"].values.tolist() == [0, 0, 0]


def test_a_sample_with_nan_in_a_stock_is_failed():
    economy = np.ones((3, 21, 2))
    economy[1, 20, 1] = np.nan
    status = single(free_riding=(0.1, 0.2), values={"economy": economy})["status"]
    assert status.values.tolist() == [0, 1]
    assert status.attrs["flag_meanings"] == "completed failed"


def test_samples_and_variants_together():
    ds = two(run(free_riding=(0.1, 0.2)), run(free_riding=(0.1, 0.2)))
    check_schema(ds)
    assert ds["threat"].dims == ("variant", "sample", "state", "other", "time")
    assert ds["free_riding"].dims == ("sample",)
    assert ds["status"].dims == ("variant", "sample")


def test_global_attributes(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    theory = Theory(name="waltz", title="Quick balancing", references=("Waltz 1979", "Waltz 2000"), path=Path("waltz.toml"))
    case = replace(WALTZ, theory=theory)
    asked = scenario(case, authors=("A <a@example.org>", "B"), cite="Waltz 1979", description="Why?")
    ds = to_dataset([run(case)], asked, run_id="abc")
    assert ds.attrs["date_created"] == "1970-01-01T00:00:00+00:00"
    assert ds.attrs["references"] == "Waltz 1979; Waltz 2000"
    assert ds.attrs["creator_name"] == "A <a@example.org>; B"
    assert (ds.attrs["title"], ds.attrs["summary"], ds.attrs["run_id"]) == ("Growth", "Why?", "abc")
    assert "growth.mdl" in ds.attrs["source"]
    assert ds["variant_title"].values.tolist() == ["Waltz 1979 (theory waltz)"]


def test_attributes_are_what_netcdf_can_hold(tmp_path):
    given = {
        "flag": True,
        "path": Path("a/b"),
        "table": {"b": 1, "a": Path("x")},
        "none": None,
        "nul": "a\0b",
        "odd": "\ud800",
        "n": 3,
    }
    safe = attributes(**given)
    assert safe == {"flag": "true", "path": "a/b", "table": '{"a": "x", "b": 1}', "nul": "ab", "odd": "?", "n": 3}
    xr.Dataset(attrs=safe).to_netcdf(tmp_path / "a.nc", engine="netcdf4")
    assert {**xr.load_dataset(tmp_path / "a.nc").attrs} == safe


@pytest.mark.parametrize("units", ["days", "hours", "seconds", "years since 1900-01-01", "Days"])
def test_no_unit_becomes_a_date(tmp_path, units):
    path = tmp_path / "a.nc"
    xr.Dataset({"x": ("t", [1.0, 2.0], {"units": safe_units(units)})}).to_netcdf(path, engine="netcdf4")
    assert xr.load_dataset(path, decode_times=True, decode_timedelta=True)["x"].dtype == np.float64


def test_the_models_own_units_stand_beside_the_safe_ones():
    assert single()["threat"].attrs["units"] == "day"
    assert single()["threat"].attrs["source_units"] == "days"


def test_the_scenario_chooses_variables_and_precision():
    ds = single().assign(unipolar_duration=((), 3.0, {"role": "indicator", "long_name": "unipolar duration", "units": "year"}))
    chosen = select(ds, Output(variables=("Military  capability", "free_riding"), precision="float32"))
    check_schema(chosen)
    assert set(chosen.data_vars) == {"military_capability", "free_riding", "unipolar_duration"}
    assert chosen["military_capability"].dtype == np.float32
    assert chosen["time"].dtype == np.float64
    assert set(select(ds, Output()).data_vars) == set(ds.data_vars)


def test_unknown_variables_are_all_refused_with_the_nearest():
    with pytest.raises(ScenarioError) as caught:
        check_output(Output(variables=("free ridding", "economy", "unipolar durration")), [system()], ["unipolar_duration"])
    assert [problem.what for problem in caught.value.problems] == [
        "unknown variable 'free ridding'",
        "unknown variable 'unipolar durration'",
    ]
    assert [problem.help for problem in caught.value.problems] == [
        "did you mean 'free riding'?",
        "did you mean 'unipolar_duration'?",
    ]
    check_output(Output(variables=("Free  Riding", "unipolar duration")), [system()], ["unipolar_duration"])
    check_output(Output(), [system()])


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda ds: ds.transpose("time", ...), "out of order"),
        (lambda ds: ds.assign_attrs(title=True), "attribute title is True"),
        (lambda ds: ds.drop_vars("other"), "other: no coordinate"),
        (lambda ds: ds.assign(x=((), 1.0)), "x: no attribute units"),
        (lambda ds: ds.assign(x=((), 1.0, {"sd_type": "stock"})), "x: no time, though no constant"),
        (lambda ds: ds.isel(time=slice(None, None, -1)), "time does not increase"),
        (lambda ds: ds.assign_coords(time=ds["time"].astype("float32")), "time is not float64"),
        (lambda ds: ds.expand_dims(sample=[0]), "sample: only 1"),
    ],
)
def test_the_check_finds_what_departs_from_the_schema(spoil, complaint):
    with pytest.raises(ValueError, match=complaint):
        check_schema(spoil(single()))
