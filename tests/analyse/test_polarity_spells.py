"""Spells of polarity in worlds whose class at each time is given."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_results import side_by_side, three_states, world

from sdrun.analyse import analyse
from sdrun.analyse.polarity_spells import polarity_spells
from sdrun.analyse.power import polarity, power_index

SHARES = {"U": (0.6, 0.2, 0.1, 0.1), "N": (0.46, 0.2, 0.2, 0.14), "B": (0.4, 0.4, 0.1, 0.1), "M": (0.3, 0.24, 0.24, 0.22)}
CLASSES = {"U": "unipolar", "N": "near-unipolar", "B": "bipolar", "M": "multipolar"}


def of_classes(letters, **kwargs):
    """A world that is of the class of each letter, a letter per saved time."""
    return world(np.array([SHARES[letter] for letter in letters]).T, **kwargs)


def spells(ds, letter):
    """Number, mean, longest, censored."""
    at = analyse(ds).sel(index="economy", polarity_class=CLASSES[letter])
    names = ("polarity_spells", "mean_polarity_spell", "longest_polarity_spell", "polarity_spell_censored")
    return tuple(float(at[name]) for name in names)


def first(ds):
    at = analyse(ds).sel(index="economy")
    return float(at["first_polarity_spell"]), bool(at["first_polarity_spell_censored"])


def test_the_letters_are_of_their_class():
    classes = analyse(of_classes("UNBM"))["polarity"].sel(index="economy")
    assert classes.values.tolist() == [1, 2, 3, 4]


def test_a_spell_that_ends_and_one_that_the_run_ends_in():
    ds = of_classes("U" * 10 + "M" * 20)
    assert spells(ds, "U") == (1, 9.5, 9.5, 0), "half-way between the last and the first of the next"
    assert spells(ds, "M") == (1, 19.5, 19.5, 1)
    assert first(ds) == (9.5, False)


def test_two_spells_of_different_length():
    ds = of_classes("B" * 8 + "U" * 10 + "B" * 20 + "M" * 10)
    assert spells(ds, "B") == (2, pytest.approx((7.5 + 20) / 2), 20, 0)
    assert spells(ds, "U") == (1, 10, 10, 0)
    assert first(ds) == (7.5, False)


def test_a_class_that_lasts_throughout():
    assert spells(of_classes("N" * 21), "N") == (1, 20, 20, 1)
    assert first(of_classes("N" * 21)) == (20, True)


def test_a_class_that_never_occurs():
    count, mean, longest, censored = spells(of_classes("N" * 21), "B")
    assert (count, longest, censored) == (0, 0, 0) and np.isnan(mean)


def test_an_absence_of_less_than_five_years_is_counted_in():
    ds = of_classes("U" * 10 + "M" * 4 + "U" * 10)
    assert spells(ds, "U") == (1, 23, 23, 1)
    assert spells(ds, "M") == (1, 4, 4, 0)


def test_an_absence_of_five_years_ends_it():
    ds = of_classes("U" * 10 + "M" * 5 + "U" * 10)
    assert spells(ds, "U") == (2, 9.5, 9.5, 1)
    assert spells(ds, "M") == (1, 5, 5, 0)


def test_short_absences_may_follow_one_another():
    assert spells(of_classes("UUUMMMUUUMMMUUU" + "M" * 9), "U") == (1, 14.5, 14.5, 0)
    assert first(of_classes("UBUBUB")) == (4.5, True)


def test_gone_too_short_before_the_end_to_tell():
    ds = of_classes("U" * 10 + "M" * 4)
    assert spells(ds, "U") == (1, 9.5, 9.5, 1)
    assert spells(ds, "M") == (1, 3.5, 3.5, 1)


def test_five_years_are_sixty_months():
    letters = "U" * 10 + "M" * 30 + "U" * 10
    assert spells(of_classes(letters), "U")[0] == 2
    assert spells(of_classes(letters, unit="month"), "U") == (1, 49, 49, 1)


def test_the_first_spell_of_a_unipole_is_the_unipolar_duration():
    """But for the crossing, which one takes half-way and the other where the line crosses: here these are one."""
    ds = analyse(three_states([0.6] * 10 + [0.4] * 4 + [0.6] * 5 + [0.4] * 20))
    assert ds["first_polarity_spell"].values == pytest.approx(ds["unipolar_duration"].values)


def test_ties_between_classes_belong_to_the_stronger():
    """Two thresholds met exactly, at all times: one half is unipolar, a second at one quarter is bipolar."""
    assert spells(world([[5.0] * 8, [3.0] * 8, [2.0] * 8]), "U") == (1, 7, 7, 1)
    assert spells(world([[4.5] * 8, [2.5] * 8, [1.5] * 8, [1.5] * 8]), "B") == (1, 7, 7, 1)


def test_one_state_is_a_unipole_throughout():
    assert spells(world([[3.0] * 11]), "U") == (1, 10, 10, 1)


def test_one_time_has_no_length():
    assert spells(of_classes("B"), "B") == (1, 0, 0, 1)


def test_no_power_no_polarity():
    ds = analyse(world(np.zeros((2, 9))))
    assert np.isnan(ds["polarity_spells"]).all() and np.isnan(ds["longest_polarity_spell"]).all()
    assert np.isnan(ds["first_polarity_spell"]).all()
    assert not ds["polarity_spell_censored"].any() and not ds["first_polarity_spell_censored"].any()


def test_variants_of_different_length_and_rhythm():
    """What one variant has no value for is no time without polarity."""
    short = of_classes("U" * 5, time=range(0, 10, 2))
    long = of_classes("U" * 10 + "M" * 20)
    ds = side_by_side(short=short, long=long)
    for name, expected in {"short": (1, 8, 8, 1), "long": (1, 9.5, 9.5, 0)}.items():
        assert spells(ds.sel(variant=name), "U") == expected
    assert analyse(ds)["polarity_spells"].dims == ("variant", "index", "polarity_class")


def test_samples_one_by_one():
    a, b = of_classes("U" * 10 + "M" * 20), of_classes("U" * 30)
    ds = analyse(side_by_side(a=a, b=b).rename(variant="sample").drop_vars("sample"))
    lengths = ds["longest_polarity_spell"].sel(index="composite", polarity_class="unipolar")
    assert lengths.dims == ("sample",) and lengths.values.tolist() == [9.5, 29]


@settings(max_examples=40, deadline=None)
@given(st.text("UNBM", min_size=2, max_size=30), st.floats(0.25, 3.0))
def test_spells_without_patience_fill_the_run(letters, step):
    """Each instant belongs to one class, so that lengths add up; the spell at the end is the only open one."""
    ds = of_classes(letters, time=step * np.arange(len(letters)))
    classes = polarity(ds.assign(power_index=power_index(ds).sel(index=["economy"])))
    found = polarity_spells(ds.assign(polarity=classes), years_away=0.0).squeeze("index")
    total = (found["polarity_spells"] * found["mean_polarity_spell"].fillna(0.0)).sum()
    assert float(total) == pytest.approx(step * (len(letters) - 1))
    assert float(found["polarity_spells"].sum()) == 1 + sum(a != b for a, b in pairwise(letters))
    is_open = found["polarity_spell_censored"].to_series()
    assert is_open[is_open == 1].index.tolist() == [CLASSES[letters[-1]]]
