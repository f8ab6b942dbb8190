"""Subscripts, against values worked out by hand."""

from pathlib import Path

import numpy as np
from written import at_start, compiled

RANGES = """
    state: a, b, c
    other <-> state
    pair: c, a
    sector: x, y
    w[state] = 1, 2, 4
    m[state,other] = 1, 2, 3; 4, 5, 6; 7, 8, 9;
    k[sector] = 10, 20
"""
W, M, K = np.array([1.0, 2, 4]), np.arange(1.0, 10).reshape(3, 3), np.array([10.0, 20])


def values(folder: Path, text: str) -> dict[str, np.ndarray]:
    return at_start(compiled(folder, RANGES + text))


def test_broadcasting_and_transposition(tmp_path: Path) -> None:
    found = values(
        tmp_path,
        """
        outer[state,sector] = w[state] * k[sector]
        turned[sector,state] = w[state] - k[sector]
        back[state,other] = m[other,state] - m[state,other]
        cube[sector,state,other] = m[other,state] * k[sector] + w[other]
        flat[state] = 7
        column[state] = m[state,b]
        row[other] = m[b,other]
        one = m[c,a] + w[b]
        """,
    )
    np.testing.assert_array_equal(found["outer"], W[:, None] * K)
    np.testing.assert_array_equal(found["turned"], W - K[:, None])
    np.testing.assert_array_equal(found["back"], M.T - M)
    np.testing.assert_array_equal(found["cube"], M.T * K[:, None, None] + W)
    np.testing.assert_array_equal(found["flat"], [7, 7, 7])
    np.testing.assert_array_equal(found["column"], M[:, 1])
    np.testing.assert_array_equal(found["row"], M[1])
    assert found["one"] == M[2, 0] + 2


def test_diagonal(tmp_path: Path) -> None:
    """One range in two dimensions, also turned, inside a sum, and as a sub-range."""
    found = values(
        tmp_path,
        """
        own[state] = m[state,state] * Time + m[state,state]
        trace = SUM(m[state!,state!])
        part[pair] = m[pair,pair]
        block[sector,state] = k[sector] * m[state,state]
        cube[sector,state,other] = k[sector] * m[state,other]
        deep[state,sector] = cube[sector,state,state]
        """,
    )
    np.testing.assert_array_equal(found["own"], [1, 5, 9])
    assert found["trace"] == 15
    np.testing.assert_array_equal(found["part"], [9, 1])
    np.testing.assert_array_equal(found["block"], K[:, None] * np.diag(M))
    np.testing.assert_array_equal(found["deep"], np.diag(M)[:, None] * K)


def test_reductions(tmp_path: Path) -> None:
    """Over one and two ranges, nested with the same range, beside the equation's own axis of that name."""
    found = values(
        tmp_path,
        """
        total = SUM(w[state!])
        table total = SUM(m[state!,other!])
        rows[state] = SUM(m[state,other!])
        columns[other] = PROD(m[state!,other])
        shares[state] = w[state] / SUM(w[state!])
        nested[state] = SUM(m[state,other!] * SUM(w[other!]))
        least = VMIN(m[state!,b] - w[state!])
        most[sector] = VMAX(w[state!] * k[sector])
        of pair = SUM(w[pair!])
        weighted[state] = SUM(m[state,other!] * w[other!] * k[x])
        """,
    )
    assert found["total"] == 7 and found["table_total"] == 45
    np.testing.assert_array_equal(found["rows"], M.sum(axis=1))
    np.testing.assert_array_equal(found["columns"], M.prod(axis=0))
    np.testing.assert_allclose(found["shares"], W / 7, rtol=1e-15)
    np.testing.assert_array_equal(found["nested"], M.sum(axis=1) * 7)
    assert found["least"] == min(2 - 1, 5 - 2, 8 - 4)
    np.testing.assert_array_equal(found["most"], 4 * K)
    assert found["of_pair"] == 5
    np.testing.assert_array_equal(found["weighted"], 10 * M @ W)


def test_sub_ranges_and_except(tmp_path: Path) -> None:
    """`pair` stands in another order than `state`; :EXCEPT: in one and two dimensions, by ranges too."""
    found = values(
        tmp_path,
        """
        v[pair] = w[pair] * 10
        v[b] = -1
        u[state] :EXCEPT: [b] = Time + w[state]
        u[b] = 0
        t[state,other] :EXCEPT: [a,a], [pair,b] = m[state,other]
        t[a,a] = -1
        t[pair,b] = -2
        s[b,other] :EXCEPT: [b,c] = m[b,other]
        s[b,c] = 0
        s[pair,other] = 1
        """,
    )
    np.testing.assert_array_equal(found["v"], [10, -1, 40])
    np.testing.assert_array_equal(found["u"], [1, 0, 4])
    np.testing.assert_array_equal(found["t"], [[-1, -2, 3], [4, 5, 6], [7, -2, 9]])
    np.testing.assert_array_equal(found["s"], [[1, 1, 1], [4, 5, 0], [1, 1, 1]])


def test_except_that_is_about_another_element(tmp_path: Path) -> None:
    """`[b, x]` takes nothing from an equation for `a`."""
    found = values(tmp_path, "v[a,sector] :EXCEPT: [b,x] = k[sector]\nv[b,sector] = 1\nv[c,sector] = 2")
    np.testing.assert_array_equal(found["v"], [[10, 20], [1, 1], [2, 2]])


def test_holes_are_nan_only_there(tmp_path: Path) -> None:
    """What nothing uses may lack an equation."""
    found = values(tmp_path, "v[b] = 1\nv[c] = Time\nu = v[b] + v[c]\np[a,sector] = 3\np[b,x] = 4")
    np.testing.assert_array_equal(found["v"], [np.nan, 1, 0])
    assert found["u"] == 1
    np.testing.assert_array_equal(found["p"], [[3, 3], [4, np.nan], [np.nan, np.nan]])


def test_a_hole_behind_except_is_not_used(tmp_path: Path) -> None:
    found = values(tmp_path, "v[b] = 1\nv[c] = 2\nu[state] :EXCEPT: [a] = v[state]\nu[a] = 9")
    np.testing.assert_array_equal(found["u"], [9, 1, 2])


def test_elements_and_ranges_as_numbers(tmp_path: Path) -> None:
    """The number of an element is its place in the whole range, whichever sub-range names it."""
    found = values(
        tmp_path,
        """
        n[state] = state
        p[pair] = pair
        e = c * 100 + y
        here[state] = IF THEN ELSE(state = c, 1, 0)
        there[pair] = IF THEN ELSE(pair = c, 1, 0)
        off[state,other] = IF THEN ELSE(state = other, 0, 1)
        count = ELMCOUNT(state) * 10 + ELMCOUNT(pair)
        """,
    )
    np.testing.assert_array_equal(found["n"], [1, 2, 3])
    np.testing.assert_array_equal(found["p"], [3, 1])
    assert found["e"] == 302
    np.testing.assert_array_equal(found["here"], [0, 0, 1])
    np.testing.assert_array_equal(found["there"], [1, 0])
    np.testing.assert_array_equal(found["off"], 1 - np.eye(3))
    assert found["count"] == 32


def test_mappings_in_both_directions(tmp_path: Path) -> None:
    found = at_start(
        compiled(
            tmp_path,
            """
            source: s1, s2, s3 -> sink
            sink: k1, k2, k3
            out[source] = 1, 2, 3
            got[sink] = out[source] * 2
            back[source] = got[sink] + 1
            chance[source] = INTEG(0, got[sink])
            """,
        )
    )
    np.testing.assert_array_equal(found["got"], [2, 4, 6])
    np.testing.assert_array_equal(found["back"], [3, 5, 7])
    np.testing.assert_array_equal(found["chance"], [2, 4, 6])


def test_an_alias_that_sorts_first(tmp_path: Path) -> None:
    """`all <-> state`, used before `state`, on the left and as a number."""
    system = compiled(
        tmp_path,
        """
        all <-> state
        state: z, m, a
        w[all] = 1, 2, 4
        n[all] = all
        d[state,all] = IF THEN ELSE(state = all, w[all], 0)
        e[z] = 1
        e[m] = 2
        e[a] = 3
        """,
    )
    found = at_start(system)
    np.testing.assert_array_equal(found["n"], [1, 2, 3])
    np.testing.assert_array_equal(found["d"], np.diag([1, 2, 4]))
    assert next(slot.dims for slot in system.recorded if slot.id == "e") == ("state",)


def test_one_range_is_never_two_dimensions(tmp_path: Path) -> None:
    """Where elements stand for a dimension that the left side has already, its alias is taken."""
    system = compiled(tmp_path, RANGES + "v[state,a] = 1\nv[state,b] = 2\nv[state,c] = w[state]")
    slot = next(slot for slot in system.recorded if slot.id == "v")
    assert slot.dims == ("state", "other")
    np.testing.assert_array_equal(at_start(system)["v"], [[1, 2, 1], [1, 2, 2], [1, 2, 4]])


def test_lookups_by_element(tmp_path: Path) -> None:
    """Tables of one variable have different points; their argument may be the time, a number, or have other axes."""
    found = at_start(
        compiled(
            tmp_path,
            RANGES
            + """
            f[a]((0,0),(10,10))
            f[pair of others]((0,5),(2,7),(4,1))
            pair of others: b, c
            by time[state] = f[state](Time)
            by number[state] = f[state](3)
            crossed[sector,state] = f[state](k[sector]/10)
            swapped[state,sector] = f[state](k[sector]/10)
            single[sector] = f[b](k[sector]/10)
            total = SUM(f[state!](1))
            effect_x = 99
            effect((0,1),(1,2))
            plain = effect(0.5)
            """,
            initial_time=1,
        )
    )
    np.testing.assert_allclose(found["by_time"], [1, 6, 6])
    np.testing.assert_allclose(found["by_number"], [3, 4, 4])
    np.testing.assert_allclose(found["crossed"], [[1, 6, 6], [2, 7, 7]])
    np.testing.assert_allclose(found["swapped"], np.transpose([[1, 6, 6], [2, 7, 7]]))
    np.testing.assert_allclose(found["single"], [6, 7])
    assert found["total"] == 13 and found["plain"] == 1.5


def test_one_range_in_two_dimensions_is_two_axes_of_the_result(tmp_path: Path) -> None:
    """Where elements are given one by one: `state` has an alias, `sector` gets one, unless a range has its name already."""
    text = """
        sector 2: p, q
        table[x, sector] = 1, 2
        table[y, sector] = 3, 4
        cube[x, sector, x] = 5
        cube[x, sector, y] = 6
        cube[y, sector, x] = table[y, sector]
        cube[y, sector, y] = 8
        turned[sector] = table[sector, x] + 10 * table[x, sector]
    """
    system = compiled(tmp_path, RANGES + text)
    slots = {slot.id: slot for slot in system.recorded}
    assert slots["table"].dims == ("sector", "sector_3") and slots["cube"].dims == ("sector", "sector_3", "sector_4")
    assert system.dimensions["sector_3"].labels == ("x", "y")
    found = at_start(system)
    np.testing.assert_array_equal(found["table"], [[1, 2], [3, 4]])
    np.testing.assert_array_equal(found["cube"], [[[5, 6], [5, 6]], [[3, 8], [4, 8]]])
    np.testing.assert_array_equal(found["turned"], [1 + 10, 3 + 20])
