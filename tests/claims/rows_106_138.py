"""Claims 106 to 138: decay and collective action, established hegemony, legitimacy, timing, and how balancing shows in data."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from findings import Finding
from readings import climbs, each, falls, first, listed, rises, sinks
from worlds import Dials, at, base_year, leader_and_others, run, states

Numbers = Iterable[float]

SOFT, INTERNAL, EXTERNAL = "soft balancing", "internal balancing", "external balancing"
PACT_OF_TWO = {"A": {"B": 1.0, "*": 0.0}, "B": {"A": 1.0, "*": 0.0}, "*": 0.0}
"""A pact of A and B."""


def dial(name: str, *values: float) -> dict[str, dict[str, Any]]:
    """One variant per value of a parameter."""
    return {f"{name} {value:g}".replace(" ", "-").replace(".", "p"): {name: value} for value in values}


def sizes(size: Mapping[str, float]) -> dict[str, Any]:
    """Economy, population and spending of states in proportion: equal income, equal burden."""
    scaled = lambda unit: {state: unit * factor for state, factor in size.items()}  # noqa: E731
    return {"initial economy": scaled(1000.0), "initial population": scaled(50.0), "initial military spending": scaled(30.0)}


def world(size: Mapping[str, float], *, years: float = 40.0, distance: Any = 1500.0, **parameters: Any) -> dict[str, Any]:
    """States of these sizes, equal in income and burden, with parameters of the model by name (`_` for a blank)."""
    dials = {name.replace("_", " "): value for name, value in parameters.items()}
    return states(sizes(size) | {"initial burden": 0.03, "distance": distance} | dials, tuple(size), years=years)


def led(share: float, others: int = 4) -> dict[str, float]:
    """Sizes with which L has this share of the whole, and equal others the rest."""
    return {"L": share * others / (1 - share)} | dict.fromkeys("ABCDEFGH"[:others], 1.0)


KEPT = (
    "balancing window",
    "burden",
    "commitment",
    "contestation",
    "counter coalition ratio",
    "economic growth",
    "economy",
    "force quality",
    "grievance",
    "hostility",
    "income per head",
    "leader share",
    "legitimacy",
    "military capability",
    "military investment",
    "opposition",
    "posture",
    "power share",
    "usable leverage",
    "war hazard",
)
"""Variables of base years that these rows look at; the rest is not kept."""


def majors(base: str = "unipole_1992", *, years: float = 60.0, **tables: Any) -> dict[str, Any]:
    """The states of a base year."""
    return base_year(base, years=years, output={"variables": list(KEPT)}, **tables)


def unipole() -> xr.Dataset:
    """The majors of 1992 as they are, and with one dial changed."""
    frozen = {"balancing responsiveness": 0.0}
    return run(
        majors(),
        {"default": {}, "frozen": frozen}
        | dial("unilateralism", 0.0, 0.5, 1.0)
        | dial("primacy effort", 0.0, 0.5, 1.0)
        | dial("variance of reliability", 0.0, 0.6, 1.0),
    )


def resisted() -> xr.Dataset:
    """A leader of share .6 and four others, whose soft balancing works not at all, as in the model, or in full."""
    return run(world(led(0.6), years=20.0), dial("soft balancing effectiveness", 0.0, 0.5, 1.0))


# Decay and collective action


def claim_106_pacts_fade_without_a_threat() -> Finding:
    """A pact of two weak states whom nobody threatens: years until it halves, against ln 2 over the rate of decay set."""
    calm = {"enforcement": 1.0, "institutionalisation": 0.0, "generality of alliances": 0.0, "resentment": 0.0}
    alone = leader_and_others(3, lead=3.0, years=60.0, parameters=calm | {"initial pacts": PACT_OF_TWO})
    expected = [float(np.log(2) / rate) for rate in (0.09, 0.035, 0.019)]
    frozen = {f"f{k}": {"alliance half life": years, "balancing responsiveness": 0.0} for k, years in enumerate(expected)}
    pact = run(alone, frozen | {"live": {"alliance half life": expected[1]}})["commitment"].sel(state="A", other="B")
    *found, live = (first(-one / one.isel(time=0), -0.5) for one in pact.transpose("variant", "time"))
    exact = all(abs(a / b - 1) < 0.02 for a, b in zip(found, expected, strict=True))
    holds = exact and abs(live / expected[1] - 1) < 0.15
    figure = f"years by rate {listed(expected)}; found {listed(found)}; the second {live:.1f} if partners are still sought"
    return Finding(holds=holds, figure=figure)


def claim_107_uncertainty_arms_and_divides() -> Finding:
    """Suspicion without cause at four levels: burdens rise, what pacts are worth falls."""
    allied = leader_and_others(3, lead=1.5, parameters={"initial pacts": PACT_OF_TWO})
    ds = run(allied, dial("uncertainty", 0.0, 0.2, 0.4, 0.8))
    burden, cohesion = each(ds, "burden", state="A"), each(ds, "cohesion", state="A", other="B")
    return Finding(holds=rises(burden) and falls(cohesion), figure=f"burden {listed(burden)}; cohesion {listed(cohesion)}")


def coalitions(parts: Sequence[float]) -> xr.Dataset:
    """A leader and others who together match him, in these parts, riding free or not: the coalition over the leader's force."""
    size = {"L": 4.0} | {state: 4.0 * part for state, part in zip("ABCDEFGH", parts, strict=False)}
    return run(world(size, years=30.0), dial("free riding", 0.0, 0.3, 0.6))["counter_coalition_ratio"]


def equal(count: int) -> tuple[float, ...]:
    """Equal parts."""
    return (1 / count,) * count


def claim_108_many_coordinate_worse_than_few() -> Finding:
    """The same force in the hands of two, four or eight: coalition over the leader's force after five years and after ten."""
    ratios = [coalitions(equal(count)).isel(variant=1) for count in (2, 4, 8)]
    five, ten = ([float(ratio.sel(time=year)) for ratio in ratios] for year in (5, 10))
    return Finding(
        holds=falls(five, 0.05) and falls(ten, 0.05),
        figure=f"2, 4, 8 others: {listed(five)} after five years, {listed(ten)} after ten",
    )


def claim_109_free_riding_grows_with_numbers() -> Finding:
    """Two, four, eight equals, or four of whom one is great: coalition after ten years over the same without free riding."""
    kept = []
    for parts in (equal(2), equal(4), equal(8), (0.7, 0.1, 0.1, 0.1)):
        none, some, _ = coalitions(parts).sel(time=10).values
        kept.append(float(some / none))
    holds = falls(kept[:3], 0.05) and kept[3] > 1.05 * kept[1]
    return Finding(holds=holds, figure=f"share kept: 2, 4, 8 equals {listed(kept[:3])}; four with one great {listed(kept[3:])}")


def claim_110_the_great_are_exploited_by_the_small() -> Finding:
    """Eight allies with shares of output like NATO's and a rival like their leader, riding free by degrees: burden by size."""
    size = {"L": 5.0, "A": 1.3, "B": 1.1, "C": 0.9, "D": 0.7, "E": 0.5, "F": 0.3, "G": 0.2}
    allies = tuple(size)
    pacts = {s: {o: float(o != s) for o in allies} | {"*": 0.0} for s in allies} | {"*": 0.0}
    images = {s: dict.fromkeys(allies, 0.1) | {"*": 0.5} for s in allies} | {"*": 0.5}
    bloc = world(size | {"R": 5.0}, years=20.0, initial_pacts=pacts, initial_hostility=images, institutionalisation=0.86)
    ds = run(bloc, dial("free riding", 0.0, 0.3, 0.8)).sel(state=list(allies)).isel(time=-1)
    found = [ranked(ds["burden"].isel(variant=k).values, ds["economy"].isel(variant=k).values) for k in range(3)]
    burden = 100 * ds["burden"].isel(variant=1).values[[0, 1, -1]]
    holds = found[1] > 0 and climbs(found, by=0.01) and burden[0] > 1.01 * burden[-1]
    figure = (
        f"rank correlation with free riding 0, .3, .8: {listed(found, 2)}; percent, leader, next and least {listed(burden)}"
    )
    return Finding(holds=bool(holds), figure=figure)


def ranked(one: np.ndarray, other: np.ndarray) -> float:
    """Rank correlation (Spearman)."""
    ranks = [np.argsort(np.argsort(values)) for values in (one, other)]
    return float(np.corrcoef(*ranks)[0, 1])


def claim_111_private_benefits_cure_free_riding() -> Finding:
    """What free riding takes from the burden of a small ally, the benefits being common, half private, or private.

    Below none is left where benefits are private: a free rider's allies count for less, so that it must do more itself.
    """
    riders: dict[str, Dials] = {f"p{k}": {"private benefits": value, "free riding": 0.8} for k, value in enumerate((0, 0.5, 1))}
    ds = run(leader_and_others(3, lead=3.0), {"none": {"free riding": 0.0}} | riders)
    none, *wanted = each(ds, "desired_burden", state="A", time=5.0)
    lost = [1 - much / none for much in wanted]
    holds = lost[0] > 0.1 and falls(lost, 0.1) and lost[-1] < 0.01
    return Finding(holds=holds, figure=f"share of the burden lost to free riding {listed(lost)}")


# Established hegemony


def claim_112_established_hegemony_is_balanced_less() -> Finding:
    """A leader of share .42, to which all are used or from equality just risen: opposition and coalition after five years."""
    base = world(led(0.42), years=20.0)
    found = []
    for accustomed in (0.2, 0.42):
        habit = {"L": accustomed, "*": (1 - accustomed) / 4}
        ds = run(base | {"initial": {"accustomed share": habit}})
        found.append(
            [
                at(ds, "leader_share", time=5.0),
                at(ds, "opposition", state="A", time=5.0),
                at(ds, "counter_coalition_ratio", time=5.0),
            ]
        )
    share, opposed, pooled = zip(*found, strict=True)
    holds = abs(share[0] / share[1] - 1) < 0.01 and opposed[0] > 1.1 * opposed[1] and pooled[0] > 1.1 * pooled[1]
    return Finding(
        holds=holds,
        figure=f"risen, established: share {listed(share)}; opposition {listed(opposed)}; coalition {listed(pooled)}",
    )


def claim_113_a_margin_too_large_to_balance() -> Finding:
    """Leaders from a quarter to four fifths of the whole: coalition over the leader's force, by his lead over the second."""
    shares = (0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
    ds = run(world(led(0.5), years=15.0), {f"s{100 * share:.0f}": sizes(led(share)) for share in shares})
    found, lead = each(ds, "counter_coalition_ratio"), each(ds, "leader_share")
    margin = [a / b for a, b in zip(lead, each(ds, "power_share", state="A"), strict=True)]
    peak = int(np.argmax(found))
    one_peak = rises(found[: peak + 1], 0.0) and falls(found[peak:], 0.0)
    holds = one_peak and found[0] < 0.5 * found[peak] and found[-1] < 0.1 * found[peak]
    return Finding(holds=holds, figure=f"lead {listed(margin, 2)} times: coalition {listed(found, 2)}")


def spell(base: str) -> list[float]:
    """Years that the polarity of the start lasts by military capability, with Waltz's dials and with Wohlforth's."""
    theories = {"waltz": "waltz", "wohlforth": "wohlforth"}
    ds = run(majors(base), {name: {} for name in theories}, theory=theories)
    return each(ds, "first_polarity_spell", index="military")


def claim_114_unipolarity_is_the_least_durable() -> Finding:
    """Sixty years of 1992 and 2016 (one pole), 1950 (two), 1913 (many): one lasts least for Waltz, longest for Wohlforth."""
    waltz, wohlforth = zip(
        *(spell(base) for base in ("unipole_1992", "unipole_2016", "bipolar_1950", "multipolar_1913")), strict=True
    )
    shortest = max(waltz[:2]) < 0.95 * min(waltz[2:])
    longest = min(wohlforth[:2]) > 1.05 * max(wohlforth[2:])
    return Finding(
        holds=shortest and longest,
        figure=f"years of 1992, 2016; 1950; 1913: Waltz {listed(waltz)}; Wohlforth {listed(wohlforth)}",
    )


def claim_115_benevolence_is_not_enough() -> Finding:
    """A leader of share .45 in whom nobody ever sees ill intent: opposition and coalition, for Waltz and for Walt."""
    benign = {"initial hostility": {"L": {"*": 0.2}, "*": {"L": 0.0, "*": 0.2}}, "hostility formation": 0.0}
    ds = run(world(led(0.45)), {"waltz": benign, "walt": benign}, theory={"waltz": "waltz", "walt": "walt"})
    opposed, pooled = each(ds, "opposition", state="A", time=20.0), each(ds, "counter_coalition_ratio", time=20.0)
    holds = opposed[0] > 0.2 and pooled[0] > 0.2 and pooled[1] < 0.02
    return Finding(holds=holds, figure=f"Waltz, Walt: opposition {listed(opposed)}; coalition over leader {listed(pooled)}")


def claim_116_expansion_provokes_balancing() -> Finding:
    """A leader of share .43 content or bent on expansion, and expansion that leaves no image: hostility, coalition, bid."""
    bent = {"revisionism": {"L": 1.0, "*": 0.0}}
    ds = run(world(led(0.43), distance=1000.0), {"content": {}, "bent": bent, "unseen": bent | {"hostility formation": 0.0}})
    hostile, pooled = each(ds, "hostility", state="A", other="L", time=20.0), each(ds, "counter_coalition_ratio", time=20.0)
    bid = each(ds, "hegemonic_bid", state="L")
    holds = rises(hostile[:2], 0.1) and rises(pooled[:2], 0.05) and bid[1] < 0.8 * bid[2]
    return Finding(
        holds=holds,
        figure=f"content, bent: hostility {listed(hostile[:2])}, coalition {listed(pooled[:2])}; "
        f"bid in the end {bid[1]:.2f}, were it not seen {bid[2]:.2f}",
    )


# Soft balancing


def claim_117_soft_balancing_delays_the_leader() -> Finding:
    """A leader of share .6 who starts with a fifth of all benefits: his leverage, and the year in which he has two fifths."""
    as_yet = {"initial": {"share of benefits": 0.2}}
    leader = run(world(led(0.6)) | as_yet, dial("soft balancing effectiveness", 0.0, 0.5, 1.0)).sel(state="L")
    years = [first(leader["share_of_benefits"].sel(variant=variant), 0.4) for variant in leader["variant"].values]
    leverage, share = each(leader, "usable_leverage"), each(leader, "power_share")
    use = [a / b for a, b in zip(leverage, share, strict=True)]
    holds = sinks(use, by=0.01) and climbs(years, by=0.01) and abs(share[-1] / share[0] - 1) < 0.01
    figure = f"leverage over share {listed(use)}; share {listed(share)}; two fifths of benefits in year {listed(years)}"
    return Finding(holds=holds, figure=figure)


def overseas(inside: float, outside: float) -> dict[str, dict[str, float]]:
    """A pair table of E, F and R on one side of the sea and all others on the other."""
    there, here = dict.fromkeys("EFR", inside) | {"*": outside}, dict.fromkeys("EFR", outside) | {"*": inside}
    return dict.fromkeys("EFR", there) | {"*": here}


def claim_118_denial_takes_the_leaders_reach() -> Finding:
    """A region calm or hostile, allies overseas with a rival of their own: what basing denial in full takes from the leader."""
    pacts = {"L": {"E": 1.0, "F": 1.0, "*": 0.0}, "E": {"L": 1.0, "*": 0.0}, "F": {"L": 1.0, "*": 0.0}, "*": 0.0}
    size = {"L": 8.0} | dict.fromkeys("AB", 1.0) | {"E": 1.0, "F": 1.0, "R": 2.0}
    places = world(size, years=20.0, distance=overseas(1000.0, 8000.0), sea=overseas(0.0, 1.0), initial_pacts=pacts)
    images = {x: {"initial hostility": {"A": {"L": x, "*": 0.2}, "B": {"L": x, "*": 0.2}, "*": 0.2}} for x in (0.2, 0.9)}
    denial = {f"{x}_{level}": dials | {"basing denial": level} for x, dials in images.items() for level in (0.0, 1.0)}
    ds = run(places, denial)
    region, elsewhere = (each(ds, "attacking_force", state="L", other=other) for other in ("A", "E"))
    force = each(ds, "military_capability", state="L")
    lost = [[100 * (1 - x[k + 1] / x[k]) for k in (0, 2)] for x in (region, elsewhere, force)]
    holds = lost[0][1] > 1 + lost[0][0] and abs(lost[1][1] - lost[1][0]) < 1 and max(map(abs, lost[2])) < 1
    return Finding(
        holds=holds,
        figure=f"percent lost, region calm or hostile: there {listed(lost[0])}, overseas {listed(lost[1])}, "
        f"of all force {max(map(abs, lost[2])):.1f}",
    )


def claim_119_a_bloc_without_the_leader() -> Finding:
    """Four others who resist a leader of .6 together and in full, with blocs that divert no trade, little, or more."""
    ds = run(world(led(0.6), soft_balancing_effectiveness=1.0), dial("trade diversion", 0.0, 0.002, 0.01))
    member, leader = (each(ds, "economy", state=state) for state in ("A", "L"))
    change = [[100 * (value / numbers[0] - 1) for value in numbers[1:]] for numbers in (member, leader)]
    return Finding(
        holds=climbs(member, by=0.01) and sinks(leader, by=0.01),
        figure=f"output after forty years, percent: member {listed(change[0])}; leader {listed(change[1])}",
    )


# Legitimacy and primacy


def claim_120_a_benign_hegemon_lasts() -> Finding:
    """The majors of 1992, the United States acting alone not at all, half, or always: legitimacy and years of unipolarity."""
    ds = unipole().sel(variant=["unilateralism-0", "unilateralism-0p5", "unilateralism-1"])
    legitimacy, years = each(ds, "legitimacy", state="USA", time=2012.0), each(ds, "unipolar_duration", index="military")
    return Finding(
        holds=falls(legitimacy) and falls(years), figure=f"legitimacy {listed(legitimacy)}: unipolar for {listed(years)} years"
    )


def iraq() -> tuple[xr.Dataset, xr.Dataset]:
    """The majors of 1992 as they are, and with a United States that acts alone in 2001 to 2008."""
    pulse = {"at": 2001.0, "until": 2009.0, "target": "unilateralism", "value": 0.6}
    return unipole().sel(variant="default"), run(majors(years=40.0, events=[pulse]))


def effect(name: str, years: Sequence[float], **where: Any) -> list[float]:
    """What the pulse adds to a variable, in these years."""
    calm, pulse = (ds[name].sel(time=list(years), **where) for ds in iraq())
    return [float(value) for value in (pulse - calm).values]


def claim_121_acting_alone_costs_the_image() -> Finding:
    """What acting alone in 2001 to 2008 adds to soft balancing, grievance and hostility of two allies."""
    years, holds, said = (2009.0, 2023.0), True, []
    for state in ("GBR", "FRA"):
        soft, distance = effect("posture", years, state=state, strategy=SOFT), effect("grievance", years, state=state)
        before = at(iraq()[0], "posture", state=state, strategy=SOFT, time=2001.0)
        risen = soft[0] > 0.1 * before and distance[0] > 0.1
        holds &= risen and soft[1] < 0.5 * soft[0] and distance[1] < 0.5 * distance[0]
        said.append(f"{state} soft {listed(soft)}, grievance {listed(distance)}")
    hostile = effect("hostility", (2009.0, 2032.0), state="FRA", other="USA")
    return Finding(
        holds=bool(holds and hostile[1] < 0.5 * hostile[0]),
        figure=f"{'; '.join(said)}; hostility of FRA in 2009, 2032 {listed(hostile)}",
    )


def claim_122_a_shock_calls_soft_balancing() -> Finding:
    """What acting alone adds by 2009 to soft and hard balancing of the others, and the drift since 2001 without it."""
    calm, pulse = (ds["posture"].drop_sel(state="USA").mean("state") for ds in iraq())
    added = (pulse - calm).sel(time=2009.0)
    soft, hard = float(added.sel(strategy=SOFT)), float(added.sel(strategy=[INTERNAL, EXTERNAL]).sum())
    drift = float(calm.sel(time=2009.0, strategy=SOFT) - calm.sel(time=2001.0, strategy=SOFT))
    return Finding(
        holds=soft > 2 * abs(drift) and soft > 1.5 * hard and soft > 0.01,
        figure=f"soft {soft:.4f}, hard {hard:.4f}, drift of soft {drift:.4f}",
    )


def claim_123_primacy_is_kept_at_a_price() -> Finding:
    """The majors of 1992, whose leader cares for primacy not at all, half, or wholly: unipolarity, burden, hostility."""
    ds = unipole().sel(variant=["primacy-effort-0", "primacy-effort-0p5", "primacy-effort-1"])
    years = each(ds, "unipolar_duration", index="military")
    burden = each(ds, "burden", state="USA", time=2032.0)
    hostile = [
        float(ds["hostility"].sel(variant=v, other="USA").drop_sel(state="USA").isel(time=-1).mean())
        for v in ds["variant"].values
    ]
    return Finding(
        holds=rises(years) and rises(burden) and rises(hostile, 0.01),
        figure=f"unipolar for {listed(years)} years; burden {listed(burden)}; hostility {listed(hostile)}",
    )


def claim_124_soft_balancing_leaves_the_balance() -> Finding:
    """Soft balancing that works or not: the leader's share stays within one percent in twenty years, his leverage does not."""
    ds = resisted()
    share, leverage = each(ds, "power_share", state="L"), each(ds, "usable_leverage", state="L")
    holds = abs(share[-1] / share[0] - 1) < 0.01 and sinks(leverage, by=0.01)
    return Finding(holds=holds, figure=f"share {listed(share)}; leverage {listed(leverage)}")


def claim_125_soft_balancing_keeps_autonomy() -> Finding:
    """Soft balancing by degrees: the autonomy of those who resist rises, the leader's share stays."""
    ds = resisted()
    autonomy, share = each(ds, "autonomy", state="A"), each(ds, "power_share", state="L")
    holds = climbs(autonomy, by=0.01) and abs(share[-1] / share[0] - 1) < 0.01
    return Finding(holds=holds, figure=f"autonomy {listed(autonomy)}; share {listed(share)}")


# Timing, and how balancing shows in data


def parity(index: str) -> float:
    """Year in which China draws level with the United States by an index."""
    power = unipole().sel(variant="default", index=index)["power_index"]
    return first(power.sel(state="CHN") / power.sel(state="USA"), 1.0)


def claim_126_rising_powers_emerge() -> Finding:
    """The majors of 1992 with the growth of the record: year in which China's output passes that of the United States."""
    year = parity("economy")
    return Finding(holds=2011 <= year <= 2021, figure=f"{year:.0f}")


def claim_127_the_index_dates_the_shift() -> Finding:
    """As 126 by each index; and how far the United States is ahead by output times income in 2019, four times on record."""
    years = {index: parity(index) for index in ("economy", "composite", "military", "economy x income")}
    power = unipole().sel(variant="default", index="economy x income", time=2019.0)["power_index"]
    ahead = float(power.sel(state="USA") / power.sel(state="CHN"))
    holds = (
        2011 <= years["economy"] <= 2021
        and all(year > 2031 for name, year in years.items() if name != "economy")
        and 3 < ahead < 5
    )
    dated = "; ".join(f"{name} {'not by 2052' if np.isinf(year) else f'{year:.0f}'}" for name, year in years.items())
    return Finding(holds=holds, figure=f"{dated}; output times income in 2019 {ahead:.1f} to 1")


def sources(variant: str, state: str, start: float, stop: float) -> list[float]:
    """Logarithmic growth of a state's military investment: all, and what output, burden and quality of force give to it."""
    ds = unipole().sel(variant=variant, state=state)
    names = ("military_investment", "economy", "burden", "force_quality")
    return [float(np.log(ds[name].sel(time=stop) / ds[name].sel(time=start))) for name in names]


def claim_128_arming_and_growing_can_be_told_apart() -> Finding:
    """China's military investment 2001 to 2022: what output, burden and quality give, and the same with the burden held."""
    whole, output, burden, quality = sources("default", "CHN", 2001.0, 2022.0)
    frozen = sources("frozen", "CHN", 2001.0, 2022.0)[0]
    holds = (
        abs(whole - output - burden - quality) < 0.005
        and abs((whole - frozen) - burden) < 0.25 * abs(burden)
        and abs(burden) > 0.05
    )
    return Finding(
        holds=holds,
        figure=f"in all {whole:.2f}: output {output:.2f}, burden {burden:.2f}, quality {quality:.2f}; "
        f"with the burden held {frozen:.2f}",
    )


def claim_129_growth_and_not_balancing_makes_chinas_force() -> Finding:
    """China's burden 2001 to 2022, growth of its investment due to output, and its force in 2022 where nobody balances."""
    ds = unipole().sel(state="CHN")
    burden = 100 * ds["burden"].sel(variant="default", time=slice(2001, 2022)).values
    whole, output, part, _ = sources("default", "CHN", 2001.0, 2022.0)
    force = each(ds.sel(variant=["default", "frozen"]), "military_capability", time=2022.0)
    constant = 1.6 <= round(burden.mean(), 1) <= 2.1 and burden.max() / burden.min() < 2.1 / 1.6
    holds = constant and output > 0.5 * whole and part < 0 and abs(force[0] / force[1] - 1) < 0.1
    return Finding(
        holds=bool(holds),
        figure=f"burden {burden.min():.2f} to {burden.max():.2f} percent, mean {burden.mean():.2f}; growth {whole:.2f}, "
        f"of output {output:.2f}, of burden {part:.2f}; force {listed(force)}, nobody balancing",
    )


def claim_130_growth_is_read_as_intent() -> Finding:
    """A riser at China's pace and a steady state, no pacts, when a third sees both as equal: excess threat and hostility."""
    neighbours = world(
        {"L": 2.0, "O": 1.0, "F": 0.6, "S": 1.0}, initial_growth_advantage={"F": 0.057, "*": 0.0}, alliance_reliability=0.0
    )
    ds = run(neighbours, dial("growth read as intent", 0.0, 0.1, 0.3)).sel(state="O")
    excess: dict[str, list[float]] = {"threat": [], "hostility": []}
    for variant in ds["variant"].values:
        one = ds.sel(variant=variant)
        ratio = {name: one[name].sel(other="F") / one[name].sel(other="S") for name in ("perceived_capability", *excess)}
        year = first(ratio["perceived_capability"], 1.0)
        for name, found in excess.items():
            found.append(100 * (float(ratio[name].interp(time=year)) - 1))
    threat, hostile = excess.values()
    holds = threat[1] > 1 and all(rises(found) and found[1] > 3 * found[0] for found in (threat, hostile))
    return Finding(
        holds=holds,
        figure=f"percent above the steady state's, growth not read, read, read more: "
        f"threat {listed(threat, 2)}; hostility {listed(hostile, 2)}",
    )


def claim_131_structure_changes_without_intent() -> Finding:
    """The majors of 1992, nobody balancing and no growth but diffusion, at three speeds: years of unipolarity in 200."""
    growth = {"balancing responsiveness": 0.0, "initial growth advantage": 0.0}
    speeds = {name: dials | growth for name, dials in dial("growth diffusion", 0.0, 0.009, 0.018).items()}
    ds = run(majors(years=200.0), speeds)
    years, still = each(ds, "unipolar_duration", index="military"), each(ds, "unipolar_duration_censored", index="military")
    holds = still == [1.0, 0.0, 0.0] and falls(years, 0.05)
    return Finding(holds=holds, figure=f"diffusion 0, .009, .018: {listed(years)} years, the first without end")


def claim_132_latent_power_constrains() -> Finding:
    """Economies of the others once, half as large again, and twice as large, their forces the same: the leader's leverage."""

    def rich(factor: float) -> Dials:
        scaled = {
            name: {"L": table["L"], "*": factor * table["A"]}
            for name, table in sizes(led(0.5)).items()
            if "spending" not in name
        }
        return scaled | {"initial burden": {"L": 0.03, "*": 0.03 / factor}}

    ds = run(
        world(led(0.5), years=20.0, balancing_responsiveness=0.0),
        {f"x{k}": rich(factor) for k, factor in enumerate((1.0, 1.5, 2.0))},
    )
    leverage, share = each(ds, "usable_leverage", state="L"), each(ds, "power_share", state="L")
    holds = falls(leverage, 0.05) and abs(share[-1] / share[0] - 1) < 0.01
    return Finding(holds=holds, figure=f"leverage {listed(leverage)}; share {listed(share)}")


def claim_133_two_readings_of_one_run() -> Finding:
    """The majors of 1992 to 2042: what the leader's leverage loses to soft balancing, and to power lost."""
    found = {}
    for variant in ("default", "frozen"):
        ds = unipole().sel(variant=variant, state="USA")
        change = lambda name, of=ds: float(np.log(of[name].sel(time=2042.0) / of[name].sel(time=1992.0)))  # noqa: E731
        found[variant] = (
            change("usable_leverage"),
            change("power_share"),
            -float(ds["contestation"].sel(time=2042.0) - ds["contestation"].sel(time=1992.0)),
        )
    leverage, power, soft = found["default"]
    balanced = power - found["frozen"][1]
    holds = abs(leverage) > 0.05 and abs(balanced) > 5 * abs(soft) and balanced < -0.05
    return Finding(
        holds=holds,
        figure=f"logarithms: leverage {leverage:.3f}, by soft balancing {soft:.3f}, "
        f"power {power:.3f}, of it by balancing {balanced:.3f}",
    )


def claim_134_tests_wear_promises_out() -> Finding:
    """Two incidents a year for ten years test a patron's promises to a small ally: cohesion first, then hazards."""
    pacts = {"L": {"A": 1.0, "*": 0.0}, "A": {"L": 1.0, "*": 0.0}, "*": 0.0}
    images = {"R": {"*": 0.5}, "*": {"R": 0.5, "*": 0.1}}
    frontier = world(
        {"L": 4.0, "R": 3.0, "A": 0.5}, years=30.0, initial_pacts=pacts, initial_hostility=images, institutionalisation=0.86
    )
    probes = [{"at": 10.0, "until": 20.0, "target": "probes", "actor": "L", "value": 2.0}]
    both = run(frontier), run(frontier | {"events": probes})
    at_year = lambda name, year, **where: [at(ds, name, time=year, **where) for ds in both]  # noqa: E731
    cohesion = [at_year("cohesion", year, state="A", other="L") for year in (9.0, 12.0, 20.0)]
    attack, war = at_year("attack_hazard", 20.0, state="A"), at_year("war_hazard", 20.0)
    holds = (
        abs(cohesion[0][1] / cohesion[0][0] - 1) < 0.01
        and falls(cohesion[1], 0.1)
        and falls(cohesion[2], 0.3)
        and rises(attack)
        and rises(war, 0.01)
    )
    return Finding(
        holds=holds,
        figure=f"without, with: cohesion after two years {listed(cohesion[1])}, ten {listed(cohesion[2])}; "
        f"attack on the ally {listed(attack)}; war {listed(war)}",
    )


def claim_135_the_patron_takes_the_spoils() -> Finding:
    """A conqueror, his ally, a neutral and a victim, all near: what each wins in thirty years, and keeps of its share."""
    pacts = {"P": {"C": 1.0, "*": 0.0}, "C": {"P": 1.0, "*": 0.0}, "*": 0.0}
    size = {"P": 4.0, "C": 1.0, "N": 1.0, "V": 1.0}
    ds = run(world(size, years=30.0, distance=800.0, initial_pacts=pacts, revisionism={"P": 1.0, "*": 0.0}))
    won = [float(ds["spoils"].sel(state=state).integrate("time")) for state in "PCN"]
    kept = [
        float(ds["economy_share"].sel(state=state).isel(time=-1) / ds["economy_share"].sel(state=state).isel(time=0))
        for state in "PCN"
    ]
    holds = won[0] > 2 * won[1] > 4 * won[2] and kept[0] > 1 and kept[1] > 1.02 * kept[2]
    return Finding(
        holds=holds,
        figure=f"patron, client, neutral: spoils {listed(won)}; share of output over that of the start {listed(kept)}",
    )


def claim_136_external_balancing_is_the_commoner() -> Finding:
    """The majors of 1992: external and internal balancing of the others, allies' reliability more or less certain."""
    ds = unipole().sel(
        variant=["variance-of-reliability-0", "default", "variance-of-reliability-0p6", "variance-of-reliability-1"]
    )
    weight = ds["posture"].drop_sel(state="USA").mean(["state", "time"])
    external, internal = (weight.sel(strategy=strategy).values for strategy in (EXTERNAL, INTERNAL))
    holds = external[1] > 1.1 * internal[1] and internal[-1] > 1.1 * external[-1] and falls(external) and rises(internal)
    return Finding(holds=bool(holds), figure=f"variance 0, .2, .6, 1: external {listed(external)}; internal {listed(internal)}")


def claim_137_lone_balancing_needs_size() -> Finding:
    """States of graded size under one leader: part of hard balancing done alone, the cut-off at one half, what the least do."""
    size = {"L": 4.0, "A": 3.0, "B": 2.0, "C": 1.5, "D": 1.0, "E": 0.6, "F": 0.3, "G": 0.1}
    last = run(world(size, years=15.0)).isel(time=-1).sel(state=list("ABCDEFG"))
    part = (last["power_share"] / last["leader_share"]).values
    internal, external = (last["posture"].sel(strategy=strategy).values for strategy in (INTERNAL, EXTERNAL))
    alone = internal / (internal + external)
    other = last["posture"].sel(strategy=[EXTERNAL, "neutrality", "bandwagoning", "leash slipping"]).sum("strategy").values
    above = int((alone > 0.5).sum())
    cut = float(np.interp(0.5, alone[[above, above - 1]], part[[above, above - 1]]))
    once = 0 < above < len(alone) and alone[:above].min() > 0.5
    holds = once and ranked(alone, part) > 0 and alone[-2:].max() < 0.1 and other[-1] > 0.5
    return Finding(
        holds=bool(holds),
        figure=f"size {listed(part, 2)}: alone {listed(alone, 2)}, half at {cut:.2f}; else in the smallest {other[-1]:.2f}",
    )


def claim_138_soft_balancing_while_the_lead_is_too_large() -> Finding:
    """The majors of 2016, a lead of more than half being too large to balance: soft balancing against pacts that oppose."""
    ds = run(majors("unipole_2016"), dial("balancing collapse share", 0.5)).isel(variant=0)
    rest = ds.drop_sel(state="USA").drop_sel(other="USA")
    both = np.minimum(rest["opposition"], rest["opposition"].rename(state="other"))
    pacts = (rest["commitment"] * both).max("other").mean("state")
    soft = rest["posture"].sel(strategy=SOFT).mean("state")
    share = ds["power_share"].sel(state="USA")
    beyond, leads = share > 0.5, share >= ds["power_share"].max("state")
    after = (pacts / soft).where(leads & ~beyond)
    turn = after.argmax("time")
    holds = bool((soft > 1.01 * pacts).where(beyond, True).all()) and float(after.max()) > 1.01
    start, end = ([float(s.isel(time=t)) for s in (soft, pacts)] for t in (0, turn))
    return Finding(
        holds=holds,
        figure=f"soft, pacts at share {float(share[0]):.2f}: {listed(start)}; at {float(share[turn]):.2f}: {listed(end)}",
    )
