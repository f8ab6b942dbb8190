"""Claims 1 to 35: the definition of balancing, hard balancing, targeted, asymmetric and soft balancing, leash-slipping."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import xarray as xr
from findings import Finding
from readings import falls, first, rises, trend
from worlds import base_year, leader_and_others, run, states

KEEP = (
    "alliance reliability",
    "attack hazard",
    "autonomy",
    "burden",
    "cohesion",
    "commitment",
    "commitment decay",
    "coordination",
    "counter coalition ratio",
    "dependence",
    "desired burden",
    "diverted burden",
    "economic growth",
    "economy",
    "hegemonic bid",
    "hostility",
    "leader share",
    "leader threat",
    "military capability",
    "opposition",
    "overall threat",
    "pooled capability",
    "posture",
    "power share",
    "pressure",
    "proxy losses",
    "rival threat",
    "sanctions loss",
    "share of benefits",
    "usable leverage",
    "value of a bid",
    "war hazard",
)
"""Variables that these rows look at; the rest of a result is not kept."""

OUTPUT = {"variables": list(KEEP)}
HARD = ["internal balancing", "external balancing"]


# ── worlds ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def sized(share: float, others: int = 4) -> dict[str, Any]:
    """Dials that give L this share of economy, population and force, and equal others the rest."""
    lead = share * others / (1 - share)
    sizes = {"initial economy": 1000.0, "initial population": 50.0, "initial military spending": 30.0}
    return {name: {"L": unit * lead, "*": unit} for name, unit in sizes.items()}


def world(
    share: float = 0.43, *, years: float = 40.0, others: int = 4, events: Iterable[Mapping[str, Any]] = (), **parameters: Any
) -> dict[str, Any]:
    """A leader of this share and equal others, with parameters of the model by name, `_` for a blank."""
    dials = sized(share, others) | {name.replace("_", " "): value for name, value in parameters.items()}
    tables: dict[str, Any] = {"events": list(events)} if events else {}
    return leader_and_others(others, years=years, parameters=dials, output=OUTPUT, **tables)


def rising(advantage: float = 0.05, *, years: float = 60.0) -> dict[str, Any]:
    """L begins with a share of 0.27 and outgrows its four equals."""
    return world(0.27, years=years, initial_growth_advantage={"L": advantage, "*": 0.0})


PACT_AMONG_OTHERS = {"L": {"*": 0.0}, "*": {"L": 0.0, "*": 1.0}}
PACT_WITH_LEADER = {"L": {"*": 1.0}, "*": {"L": 1.0, "*": 0.0}}
SHARES = (0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


def by_share() -> xr.Dataset:
    """The same world with leaders of every size; variants are named by share."""
    return run(world(), {f"{share}": sized(share) for share in SHARES})


# ── measures ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def others(array: xr.DataArray) -> xr.DataArray:
    """Mean over all states but L."""
    return array.drop_sel(state="L").mean("state")


def weight(ds: xr.Dataset, strategies: str | list[str]) -> xr.DataArray:
    """Mean weight of strategies among the others."""
    return others(ds["posture"].sel(strategy=strategies if isinstance(strategies, list) else [strategies]).sum("strategy"))


def towards(array: xr.DataArray, other: str = "L") -> xr.DataArray:
    """Of pairs: mean over the others towards one state; towards "others", the mean over pairs of others."""
    if other != "others":
        return others(array.sel(other=other))
    pairs = array.drop_sel(state="L").drop_sel(other="L")
    count = pairs.sizes["state"]
    return pairs.sum(("state", "other")) / (count * (count - 1))


def values(array: xr.DataArray, time: float | None = None) -> list[float]:
    """One number per variant, at a time (the last unless told)."""
    if "time" in array.dims:
        array = array.isel(time=-1) if time is None else array.sel(time=time)
    return [float(value) for value in array.values]


def firsts(series: xr.DataArray, level: float) -> list[float]:
    """`first` of every variant."""
    return [first(series.sel(variant=variant), level) for variant in series["variant"].values]


def shown(numbers: Iterable[float], digits: int = 2) -> str:
    """Numbers as they stand in a figure."""
    return ", ".join("never" if np.isinf(number) else f"{number:.{digits}f}" for number in numbers)


def lasting(numbers: Iterable[float]) -> list[float]:
    """Those that are finite: dates of what happens at all."""
    return [number for number in numbers if np.isfinite(number)]


def change(numbers: list[float]) -> float:
    """Last over first, less one."""
    return numbers[-1] / numbers[0] - 1


# ── definition ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def claim_001_joining_the_weaker_coalition() -> Finding:
    """Leaders of share .25 and .40: pacts between others who oppose the leader, and their pooled force against him."""
    ds = by_share().sel(variant=["0.25", "0.4"])
    joins = [float(pacts_against(ds.sel(variant=variant), "L").sel(time=20)) for variant in ds["variant"].values]
    against = values(ds["counter_coalition_ratio"], 20)
    holds = rises(joins) and rises(against)
    return Finding(
        holds=holds, figure=f"pacts against the leader {shown(joins, 3)}; counter-coalition over leader {shown(against)}"
    )


COSTS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5)


def claim_002_states_balance_once_inaction_costs_more() -> Finding:
    """A rising leader, costs of balancing from none to .5: when the others first side against him more than not, if ever."""
    ds = run(rising(), {f"{cost}": {"cost of balancing": cost} for cost in COSTS})
    onset = firsts(others(ds["opposition"]), 0.5)
    holds = rises(lasting(onset), 0.01) and onset == sorted(onset) and onset[0] < np.inf and onset[-1] == np.inf
    return Finding(holds=holds, figure=f"cost {shown(COSTS)}: onset in year {shown(onset, 0)}")


def claim_003_internal_balancing_turns_threat_into_arms() -> Finding:
    """The leader's force twice as fit to attack, so that exposure to it doubles: wanted burden, force, growth of others."""
    fitness = {"single": 0.4, "double": 0.8}
    ds = run(world(), {name: {"offensive share": {"L": share, "*": 0.5}} for name, share in fitness.items()})
    burden = values(others(ds["desired_burden"]), 20)
    force = values(others(ds["military_capability"]), 20)
    growth = values(others(ds["economic_growth"]).mean("time") * 100)
    holds = rises(burden, 0.05) and rises(force, 0.05) and falls(growth, 0.005)
    return Finding(
        holds=holds, figure=f"wanted burden {shown(burden, 4)}; force {shown(force, 0)}; growth percent {shown(growth, 3)}"
    )


def claim_004_weaker_states_form_a_coalition() -> Finding:
    """Two, four and six others, each a third of the leader, riding free or not: the force they pool over the leader's."""
    pooled: dict[float, list[float]] = {0.0: [], 0.8: []}
    for count in (2, 4, 6):
        ds = run(world(3 / (3 + count), others=count), {f"{phi}": {"free riding": phi} for phi in pooled})
        for phi, found in pooled.items():
            found.append(pooled_by_others(ds.sel(variant=f"{phi}"), phi))
    none, much = pooled.values()
    holds = rises(none, 0.1) and none[-1] - none[0] > 3 * (much[-1] - much[0])
    return Finding(holds=holds, figure=f"without free riding {shown(none)}, with {shown(much)} of the leader's force")


def pooled_by_others(ds: xr.Dataset, free_riding: float) -> float:
    """The strongest force that the others pool at the end, own and allies' as far as cohesion goes, over the leader's."""
    last = ds.isel(time=-1)
    force = last["military_capability"].drop_sel(state="L")
    allied = last["cohesion"].drop_sel(state="L").drop_sel(other="L").dot(force.rename(state="other"), "other")
    return float((force + (1 - free_riding) * allied).max() / last["military_capability"].sel(state="L"))


def claim_005_threat_of_power_deters() -> Finding:
    """Pacts of equal force whose word is good or not: hazard of attack on the others at the same force."""
    ds = run(
        world(initial_pacts=PACT_AMONG_OTHERS),
        {"credible": {"initial credibility": 1.0}, "doubted": {"initial credibility": 0.3}},
    )
    war = values(ds["war_hazard"], 0)
    attack = values(others(ds["attack_hazard"]), 0)
    force = values(others(ds["military_capability"]), 0)
    holds = rises(war) and rises(attack, 0.03) and force[0] == force[1]
    return Finding(holds=holds, figure=f"war {shown(war, 4)}; attack on one {shown(attack, 4)} a year")


def claim_006_soft_balancing_where_force_is_hopeless() -> Finding:
    """Leaders of share .5 to .8, past theta2: mean of 40 years; hard balancing falls, soft rises overall, they cross."""
    ds = by_share().sel(variant=["0.5", "0.6", "0.7", "0.8"]).mean("time")
    hard, soft = values(weight(ds, HARD)), values(weight(ds, "soft balancing"))
    holds = falls(hard) and change(soft) > 0.01 and trend(soft) > 0 and soft[0] < hard[0] and soft[-1] > hard[-1]
    return Finding(holds=holds, figure=f"share .5 to .8: hard {shown(hard, 3)}; soft {shown(soft, 3)}")


SOFT = (0.0, 0.5, 1.0)


def soft_balancing() -> xr.Dataset:
    """A leader of share .6 whom soft balancing hurts by degrees."""
    return run(world(0.6), {f"{soft}": {"soft balancing effectiveness": soft} for soft in SOFT})


def leverage_and_power() -> tuple[list[float], list[float], list[float]]:
    """The leader's usable leverage, force and share at the end, by effectiveness of soft balancing."""
    leader = soft_balancing().sel(state="L")
    return values(leader["usable_leverage"]), values(leader["military_capability"]), values(leader["power_share"])


def claim_007_soft_balancing_undermines_leverage_and_leaves_power() -> Finding:
    """Soft balancing that works or not: leverage falls, force and share stay within one percent."""
    leverage, force, share = leverage_and_power()
    holds = change(leverage) < -0.05 and abs(change(force)) < 0.01 and abs(change(share)) < 0.01
    return Finding(holds=holds, figure=f"leverage {shown(leverage, 3)}; share {shown(share, 3)}; force {shown(force, 0)}")


EFFICIENCY = {
    "least": {"balancing responsiveness": 0.05, "alliance reliability": 0.3, "free riding": 0.8, "balancing delay": 10.0},
    "less": {"balancing responsiveness": 0.1, "alliance reliability": 0.45, "free riding": 0.5, "balancing delay": 6.0},
    "base": {},
    "more": {"balancing responsiveness": 0.25, "alliance reliability": 0.7, "free riding": 0.15, "balancing delay": 2.5},
    "most": {"balancing responsiveness": 0.4, "alliance reliability": 0.8, "free riding": 0.0, "balancing delay": 1.5},
}


def claim_008_efficient_balancing_makes_the_system_stable() -> Finding:
    """The majors of 1992, five degrees of efficiency (beta, kappa0, phi, tau together): peak share, years above one half."""
    ds = run(base_year("unipole_1992", output=OUTPUT), EFFICIENCY)
    peak, spell = values(ds["leader_share"].max("time")), values((ds["leader_share"] >= 0.5).sum("time"))
    holds = falls(peak, 0.005) and falls(spell, 0.05)
    return Finding(holds=holds, figure=f"peak share {shown(peak, 3)}; years above .5 {shown(spell, 0)}")


def neighbours(number: int) -> dict[str, Any]:
    """Dials of the `number`th draw: five neighbours of uneven size and growth."""
    draw = Random(number)
    size = {name: draw.lognormvariate(0.0, 0.4) for name in "ABCDE"}
    return {
        "initial economy": {name: 1000.0 * factor for name, factor in size.items()},
        "initial population": {name: 50.0 * factor for name, factor in size.items()},
        "initial military spending": {name: 30.0 * factor for name, factor in size.items()},
        "initial growth advantage": {name: draw.gauss(0.0, 0.02) for name in "ABCDE"},
    }


def hegemons(theory: str, draws: int = 20) -> int:
    """How many of the regions drawn have a state with half of all force at some time within a century."""
    output = {"variables": ["leader share"]}
    region = states({"initial burden": 0.03, "distance": 1000.0}, tuple("ABCDE"), years=100.0, output=output)
    variants = {str(number): neighbours(number) for number in range(draws)}
    ds = run(region, variants, theory=dict.fromkeys(variants, theory))
    return int((ds["leader_share"].max("time") >= 0.5).sum())


def claim_009_quick_balancing_leaves_no_regional_hegemon() -> Finding:
    """Twenty regions of five neighbours drawn at random, a century each: how many ever have a hegemon, by theory."""
    waltz, mearsheimer = hegemons("waltz"), hegemons("mearsheimer")
    return Finding(
        holds=waltz <= 2, figure=f"a hegemon in {waltz} of 20 regions with Waltz's dials, {mearsheimer} with Mearsheimer's"
    )


FREE_RIDING = (0.0, 0.2, 0.4, 0.6, 0.8)


def claim_010_free_riding_makes_balancing_inefficient() -> Finding:
    """A rising leader, free riding from none to .8: counter-coalition, and its lag behind his passing a third of all power.

    The lag ends where the counter-coalition has half the force, over the leader's, that it reaches without free riding."""
    ds = run(rising(), {f"{phi}": {"free riding": phi} for phi in FREE_RIDING})
    ratio = ds["counter_coalition_ratio"]
    top, alarm = values(ratio.max("time")), firsts(ds["leader_share"], 0.33)
    lag = [b - a for a, b in zip(alarm, firsts(ratio, top[0] / 2), strict=True)]
    holds = falls(top, 0.05) and rises(lag)
    return Finding(holds=holds, figure=f"counter-coalition at most {shown(top)} of the leader; lag in years {shown(lag, 1)}")


def claim_011_bids_pay_where_others_ride_free() -> Finding:
    """A fast-rising leader, free riding from none to .8: his share when a bid first pays; no bids with Waltz's dials."""
    dials = {f"{phi}": {"free riding": phi} for phi in FREE_RIDING}
    leader = run(rising(0.1, years=80.0), {**dials, "waltz": {}}, theory={"waltz": "waltz"}).sel(state="L")
    threshold = [paying_share(leader.sel(variant=variant)) for variant in dials]
    bid = float(leader["hegemonic_bid"].sel(variant="waltz").max())
    return Finding(
        holds=falls(threshold) and bid < 0.01, figure=f"share from which a bid pays {shown(threshold)}; Waltz: bid {bid:.2f}"
    )


def paying_share(leader: xr.Dataset) -> float:
    """The leader's share when the value of a bid first reaches 0."""
    when = first(leader["value_of_a_bid"], 0.0)
    return 1.0 if np.isinf(when) else float(leader["power_share"].interp(time=when))


REWARD = (0.0, 0.25, 0.5, 0.75, 1.0)


def claim_012_balancing_is_the_opposite_of_bandwagoning() -> Finding:
    """A leader of share .6 who rewards and punishes by degrees: what balancing loses, bandwagoning wins."""
    ds = run(world(0.6), {f"{rho}": {"reward and punishment": rho} for rho in REWARD})
    balance, join = values(weight(ds, HARD), 10), values(weight(ds, "bandwagoning"), 10)
    both = ds["posture"].sel(strategy=[*HARD, "bandwagoning"]).sum("strategy")
    holds = falls(balance, 0.05) and rises(join, 0.05) and float(both.max()) <= 1 + 1e-9
    return Finding(holds=holds, figure=f"balancing {shown(balance)}; bandwagoning {shown(join)}")


# ── hard balancing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def claim_013_capability_alone_is_balanced() -> Finding:
    """A leader whom nobody suspects, of share .25 and .5, where power counts and where intent does: opposition to him."""
    benign = {"initial hostility": {"L": {"*": 0.2}, "*": {"L": 0.0, "*": 0.2}}, "hostility formation": 0.0}
    dials = {f"{c}-{share}": {**sized(share), **benign, "intent weight": c} for c in (0.0, 1.0) for share in (0.25, 0.5)}
    opposition = values(others(run(world(), dials)["opposition"]), 10)
    holds = opposition[1] > 2 * opposition[0] and opposition[1] > 0.2 and opposition[3] < 0.02
    return Finding(holds=holds, figure=f"capability balancers {shown(opposition[:2])}; Walt's {shown(opposition[2:])}")


def claim_014_a_countervailing_equal_coalition() -> Finding:
    """Waltz's dials, leaders of share .4 and .5: force that the others pool over the leader's, at once and after 60 years."""
    dials = {f"{share}": sized(share) for share in (0.4, 0.5)}
    ds = run(world(years=60.0), dials, theory=dict.fromkeys(dials, "waltz"))
    start, pooled = ([pooled_by_others(part.sel(variant=v), 0.1) for v in dials] for part in (ds.sel(time=[0.0]), ds))
    opposed = values(ds["counter_coalition_ratio"])
    holds = all(0.8 <= ratio <= 1.2 for ratio in pooled) and max(start) < 0.6
    return Finding(
        holds=holds, figure=f"pooled over leader {shown(start)} to {shown(pooled)}; of which opposed to him {shown(opposed)}"
    )


def claim_015_arms_and_allies_are_substitutes() -> Finding:
    """A is given none, one, two or three allies against the leader: burden of A over force at its side as an elasticity."""
    ds = run(world(), {f"{count}": allies_of_a("BCD"[:count]) for count in range(4)}).sel(state="A")
    burden, pooled = values(ds["burden"], 20), values(ds["pooled_capability"], 20)
    elasticity = float(np.log(burden[-1] / burden[0]) / np.log(pooled[-1] / pooled[0]))
    holds = falls(burden, 0.01) and change(burden) < -0.05 and -1 < elasticity < 0
    return Finding(
        holds=holds, figure=f"burden {shown(burden, 4)}; force at hand {shown(pooled, 0)}; elasticity {elasticity:.2f}"
    )


def allies_of_a(names: str) -> dict[str, Any]:
    """Dials that give A pacts with the states named."""
    pacts = {"A": {**dict.fromkeys(names, 1.0), "*": 0.0}} | {name: {"A": 1.0, "*": 0.0} for name in names}
    return {"initial pacts": pacts | {"*": {"*": 0.0}}} if names else {}


def claim_016_general_pacts_outlive_their_threat() -> Finding:
    """The leader collapses in year 10: half-life of the pact between two others afterwards, specific or general."""
    collapse = [{"at": 10.0, "target": stock, "actor": "L", "multiply": 1e-3} for stock in ("economy", "military capability")]
    allies = world(0.5, others=2, events=collapse, initial_pacts=PACT_AMONG_OTHERS)
    pair = run(allies, {"specific": {"generality of alliances": 0.0}, "general": {"generality of alliances": 1.0}}).sel(
        state="A", other="B"
    )
    half_life = values(np.log(2) * pair["commitment"] / pair["commitment_decay"], 15)
    left = values(pair["commitment"] / pair["commitment"].sel(time=10))
    holds = half_life[0] < 0.5 * half_life[1] and left[0] < 0.9 * left[1]
    return Finding(
        holds=holds, figure=f"half-life specific, general {shown(half_life, 0)} years; left after 30 years {shown(left)}"
    )


def unipole(**parameters: Any) -> dict[str, Any]:
    """The eight majors of 1992 for forty years, with parameters of the model by name."""
    dials = {name.replace("_", " "): value for name, value in parameters.items()}
    return base_year("unipole_1992", years=40.0, output=OUTPUT, parameters=dials)


def pacts_against(ds: xr.Dataset, leader: str) -> xr.DataArray:
    """Share of the others' force that is tied by pacts against the leader: the strongest tie of two who oppose him.

    A pact counts as far as neither is tied to the leader, as pacts that exclude him are counted in the data (ATOP 5.1)."""
    rest = ds.drop_sel(state=leader).drop_sel(other=leader)
    free = 1 - (ds["commitment"].sel(other=leader, drop=True) / ds["alliance_reliability"]).drop_sel(state=leader).clip(max=1)
    against = rest["opposition"] * free
    both = np.minimum(against, against.rename(state="other"))
    return (rest["commitment"] * both).max("other").weighted(rest["power_share"]).mean("state")


def claim_017_no_pact_against_the_unipole() -> Finding:
    """The majors of 1992: years until the weight of pacts against the United States first reaches .1."""
    ds = run(unipole())
    pacts = pacts_against(ds, "USA")
    years = min(first(pacts, 0.1), float(pacts["time"][-1])) - 1992
    return Finding(holds=years >= 20, figure=f"below .1 for {years:.0f} years at least; at most {float(pacts.max()):.3f}")


def claim_018_hard_balancing_comes_late() -> Finding:
    """The majors of 1992, slow to see and decide: years until the counter-coalition has a tenth of the leader's force."""
    ratio = run(unipole(balancing_delay=12.0))["counter_coalition_ratio"]
    onset = first(ratio, 0.1) - 1992
    half = first(ratio, float(ratio[0] + ratio.max()) / 2) - 1992
    figure = f"a tenth {shown([onset], 0)}; at most {float(ratio.max()):.3f}, half way there after {half:.0f} years"
    return Finding(holds=20 <= onset <= 30, figure=figure)


# ── targeted and asymmetric balancing ────────────────────────────────────────────────────────────────────────────────────────


def claim_019_targeted_balancing_is_limited_in_time() -> Finding:
    """A presses the leader from year 10 to 15, or not: pressure comes and goes, and the leader's share stays."""
    pulse = {"at": 10.0, "until": 15.0, "target": "dispute", "actor": "A", "value": {"L": 0.5, "*": 0.0}}
    calm, pressed = run(world()), run(world(events=[pulse]))
    pressure = [float(ds["pressure"].sel(state="A", other="L", time=year)) for year in (12, 25) for ds in (calm, pressed)]
    share = [float(ds["power_share"].sel(state="L", time=25)) for ds in (calm, pressed)]
    holds = pressure[1] > 5 * pressure[0] and abs(change(pressure[2:])) < 0.05 and abs(change(share)) < 0.01
    figure = f"pressure {shown(pressure[:2])} in year 12, {shown(pressure[2:])} in year 25; share then {shown(share, 3)}"
    return Finding(holds=holds, figure=figure)


def claim_020_proxies_cost_the_target_and_avoid_a_clash() -> Finding:
    """Four states press the leader, with proxies that drain him or none: force he loses a year, and wars among the states."""
    pressed = world(0.6, dispute={"L": {"*": 0.0}, "*": {"L": 0.5, "*": 0.0}})
    ds = run(pressed, {"without": {"largest proxy drain": 0.0}, "with": {}})
    losses, war = values(ds["proxy_losses"].sel(state="L").mean("time")), values(ds["cumulative_war_hazard"])
    holds = losses[0] == 0 and losses[1] > 2 and change(war) < 0.001
    return Finding(holds=holds, figure=f"losses a year {shown(losses)}; wars in 40 years {shown(war, 3)}")


def claim_021_sanctions_hurt_the_weaker_side_more() -> Finding:
    """The leader sanctions A, whose economy is a third of his: growth that each loses over ten years."""
    ds = run(world(), {"peace": {}, "sanctions": {"dispute": {"L": {"A": 1.0, "*": 0.0}, "*": 0.0}}})
    growth = ds["economic_growth"].sel(time=slice(0, 10)).mean("time") * 100
    target, sender = (values(growth.sel(state=state)) for state in ("A", "L"))
    lost = [target[0] - target[1], sender[0] - sender[1]]
    return Finding(
        holds=lost[1] > 0.01 and lost[0] > 1.5 * lost[1],
        figure=f"points of growth lost: target {lost[0]:.3f}, sender {lost[1]:.3f}",
    )


def claim_022_hybrid_means_pay_where_war_is_dear() -> Finding:
    """War that costs nothing, half, nearly all: what targeted means take from the leader, in all and per war risked."""
    ds = run(world(0.6), {f"{cost}": {"cost of war": cost} for cost in (0.0, 0.4, 0.8)})
    leader = ds.sel(state="L")
    drain = values(100 * (leader["proxy_losses"] / leader["military_capability"] + leader["sanctions_loss"]).mean("time"))
    risk = values(ds["cumulative_war_hazard"])
    return Finding(
        holds=rises(drain, 0.05) and falls(risk, 0.05),
        figure=f"percent a year taken from the leader {shown(drain)}; wars in 40 years {shown(risk)}",
    )


def claim_023_targeted_tools_replace_war_as_the_leader_grows() -> Finding:
    """Leaders of share .3 to .7: pressure of others on the leader rises overall, war on him falls; all war beside it."""
    ds = by_share().sel(variant=["0.3", "0.4", "0.5", "0.6", "0.7"])
    pressure, attack = values(towards(ds["pressure"]), 20), values(ds["attack_hazard"].sel(state="L"), 20)
    war = values(ds["war_hazard"], 20)
    holds = change(pressure) > 0.01 and trend(pressure) > 0 and falls(attack)
    return Finding(
        holds=holds, figure=f"pressure {shown(pressure, 3)}; war on the leader {shown(attack, 4)}; all war {shown(war, 3)}"
    )


def claim_024_subnational_threats_burden_without_shifting_power() -> Finding:
    """The leader fights insurgents at one percent of output, or nobody: burden and shares after twenty years."""
    ds = run(world(years=20.0), {"calm": {}, "insurgents": {"subnational threat": {"L": 0.01, "*": 0.0}}}).sel(state="L")
    burden, share = values(100 * (ds["burden"] + ds["diverted_burden"])), values(ds["power_share"])
    holds = rises(burden, 0.2) and abs(change(share)) < 0.02
    return Finding(holds=holds, figure=f"burden in percent {shown(burden)}; share {shown(share, 3)}")


def claim_025_terror_raises_the_leaders_costs() -> Finding:
    """Four states sponsor terror against the leader, at no cost to him or much: burden, share, force lost in battle."""
    sponsors = world(dispute={"L": {"*": 0.0}, "*": {"L": 0.3, "*": 0.0}})
    ds = run(sponsors, {"harmless": {"asymmetric drain": 0.0}, "terror": {"asymmetric drain": 0.02}})
    leader = ds.sel(state="L")
    cost = values(100 * leader["diverted_burden"].mean("time"))
    share = [values(leader["power_share"], year) for year in (5, 20, 40)]
    battle = values((leader["proxy_losses"] / leader["military_capability"]).mean("time"))
    gone = [100 * -change(pair) for pair in share]
    holds = cost[1] > 1 and 0.3 < gone[2] < 20 and gone[0] < gone[1] < gone[2] and abs(change(battle)) < 0.02
    return Finding(
        holds=holds, figure=f"cost {cost[1]:.1f} percent of output; share lower by {shown(gone, 1)} percent in years 5, 20, 40"
    )


# ── soft balancing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def claim_026_soft_balancing_is_not_against_the_distribution() -> Finding:
    """Soft balancing that works or not: every share of power stays within one percent, leverage does not."""
    leverage, _, _ = leverage_and_power()
    share = soft_balancing()["power_share"].isel(time=-1)
    shift = float(abs(share.isel(variant=-1) / share.isel(variant=0) - 1).max())
    return Finding(
        holds=shift < 0.01 and change(leverage) < -0.05,
        figure=f"leverage {100 * change(leverage):.0f} percent; largest shift of a share {100 * shift:.2f} percent",
    )


def claim_027_soft_balancing_bargains_inside_the_hierarchy() -> Finding:
    """Soft balancing by degrees: the leader's benefits fall below his share of power, which stays."""
    leader = soft_balancing().sel(state="L")
    benefits, share = values(leader["share_of_benefits"]), values(leader["power_share"])
    holds = falls(benefits, 0) and change(benefits) < -0.05 and benefits[-1] < share[-1] and abs(change(share)) < 0.01
    return Finding(holds=holds, figure=f"benefits {shown(benefits, 3)}; share {shown(share, 3)}")


def claim_028_soft_balancing_needs_company() -> Finding:
    """A leader of share .65 and ever more others who resist in company only: how far soft balancing works after 80 years.

    Begun from nothing, there is one jump; begun from success, it lasts where it would not begin.  Full mutual support and
    full effect; with the model's own dials, at the figure's end, there is a jump and no second state."""
    counts = (2, 4, 8, 12)
    company = {"mutual support": 1.0, "soft balancing effectiveness": 1.0}
    worlds = [world(0.65, others=count, years=80.0) for count in counts]
    begun = [values(run(start, {"company": company, "base": {}})["coordination"]) for start in worlds]
    seen = {"initial": {"perceived coordination": 1.0}}
    success = [values(run(start | seen, {"company": company})["coordination"])[0] for start in worlds]
    nothing, base = ([pair[k] for pair in begun] for k in (0, 1))
    steps = sorted(after - before for before, after in pairwise(nothing))
    holds = steps[-1] > 0.5 and steps[-2] < 0.1 and max(b - a for a, b in zip(nothing, success, strict=True)) > 0.5
    figure = f"2, 4, 8, 12 others: from nothing {shown(nothing)}, from success {shown(success)}; base dials {shown(base)}"
    return Finding(holds=holds, figure=figure)


def claim_029_soft_balancing_limits_what_power_can_do() -> Finding:
    """Soft balancing by degrees: leverage over power falls, power stays."""
    leverage, _, share = leverage_and_power()
    ratio = [a / b for a, b in zip(leverage, share, strict=True)]
    holds = falls(ratio, 0) and change(ratio) < -0.05 and abs(change(share)) < 0.01
    return Finding(holds=holds, figure=f"leverage over share {shown(ratio, 3)}; share {shown(share, 3)}")


def claim_030_soft_comes_before_hard() -> Finding:
    """A rising leader: year in which soft balancing peaks, and in which hard is half way from its lowest to its highest."""
    ds = run(rising(), {"base": {}})
    threat = values(others(ds["leader_threat"]), 0) + values(others(ds["leader_threat"]))
    soft, hard = (weight(ds, strategies).isel(variant=0) for strategies in ("soft balancing", HARD))
    peak, half = float(soft["time"][int(soft.argmax("time"))]), first(hard, float(hard.min() + hard.max()) / 2)
    swell = [float(soft[0]), float(soft.max()), float(soft[-1])]
    holds = rises(threat) and peak < half and rises(swell[:2], 0.01) and falls(swell[1:], 0.01)
    figure = f"threat {shown(threat)}; soft peaks in year {peak:.0f} ({shown(swell, 3)}), hard is half way in year {half:.0f}"
    return Finding(holds=holds, figure=figure)


# ── leash-slipping and neutrality ────────────────────────────────────────────────────────────────────────────────────────────


def protected(share: float = 0.6, **parameters: Any) -> dict[str, Any]:
    """Four allies of a leader."""
    return world(share, initial_pacts=PACT_WITH_LEADER, **parameters)


def claim_031_leash_slipping_pools_the_allies() -> Finding:
    """Allies who can live with their dependence or not: autonomy, pacts among them, pact with the leader at first."""
    ds = run(protected(), {"content": {"dependence threshold": 1.0}, "dependent": {}})
    dependence = values(others(ds["dependence"]), 0)
    autonomy, pacts = values(others(ds["autonomy"]), 20), values(towards(ds["commitment"], "others"), 20)
    leash = values(towards(ds["commitment"]), 5)
    holds = dependence[1] > 0.3 and rises(autonomy, 0.2) and rises(pacts, 0.1) and change(leash) > -0.05
    figure = f"dependence {dependence[1]:.2f}; autonomy {shown(autonomy)}; pacts among allies {shown(pacts)}"
    return Finding(holds=holds, figure=f"{figure}; with the leader in year 5 {shown(leash)}")


def claim_032_autonomy_insures_against_the_future() -> Finding:
    """The leader's intent more or less certain, its mean the same: autonomy of his allies."""
    ds = run(protected(), {f"{spread}": {"intent spread": spread} for spread in (0.01, 0.1, 0.2)})
    autonomy, intent = values(others(ds["autonomy"]), 20), values(towards(ds["hostility"]), 20)
    holds = rises(autonomy, 0.02) and abs(change(intent)) < 0.02
    return Finding(holds=holds, figure=f"autonomy {shown(autonomy, 3)}; hostility expected of him {shown(intent)}")


def claim_033_dependence_makes_states_want_autonomy() -> Finding:
    """Allies of leaders of every size: dependence, and autonomy won in a year beyond that of allies who mind no dependence."""
    sizes = {f"{share}": sized(share) for share in (0.3, 0.4, 0.5, 0.6, 0.7)}
    content = {f"{name}-content": dials | {"dependence threshold": 1.0} for name, dials in sizes.items()}
    ds = run(protected(years=2.0), sizes | content)
    dependence = values(others(ds["dependence"]), 0)[: len(sizes)]
    gained = values(others(ds["autonomy"]), 1)
    extra = [a - b for a, b in zip(gained[: len(sizes)], gained[len(sizes) :], strict=True)]
    # two widths of the threshold below it
    below = [gain for gain, share in zip(extra, dependence, strict=True) if share < 0.2]
    holds = rises(dependence) and rises(extra, 0.1) and len(below) >= 2 and max(below) < 0.05 * extra[-1]
    return Finding(holds=holds, figure=f"dependence {shown(dependence)}; autonomy won {shown(extra, 3)}")


def claim_034_protection_lets_arms_atrophy() -> Finding:
    """Allies of a leader who withdraws in year 30, beside the same states without alliances, by rate of wear of force.

    Burden in year 20 over that without alliances; years until 63 percent of the gap in force is closed."""
    withdrawn = [{"at": 30.0, "target": target, "value": 0.0} for target in ("alliance reliability", "commitment")]
    wear = {f"{delta}": {"military depreciation": delta} for delta in (0.04, 0.07, 0.14)}
    allied = run(protected(years=80.0, events=withdrawn), wear)
    alone = run(world(0.6, years=80.0, alliance_reliability=0.0), wear)
    burden = values(others(allied["burden"]) / others(alone["burden"]), 20)
    force = others(allied["military_capability"]) / others(alone["military_capability"])
    lag = recovery(force.sel(time=slice(30, None)))
    holds = max(burden) < 0.95 and max(values(force, 30)) < 0.95 and falls(lag) and 0.5 < lag[1] * 0.07 < 2
    figure = f"burden over autarky {shown(burden)}, force {shown(values(force, 30))}; recovery in years {shown(lag, 0)}"
    return Finding(holds=holds, figure=figure)


def recovery(force: xr.DataArray) -> list[float]:
    """Years from the start until 63 percent of what is missing to 1 is made up, by variant."""
    made_up = 1 - (1 - force) / (1 - force.isel(time=0))
    return [year - float(force["time"][0]) for year in firsts(made_up, 1 - float(np.exp(-1)))]


def claim_035_equal_threats_make_neutrals() -> Finding:
    """A between a leader and a rival half as strong: the greater danger comes from the one, from both alike, from the other."""
    fitness = {"leader": (0.8, 0.1), "both": (0.35, 0.68), "rival": (0.1, 0.95)}
    dials = {name: {"offensive share": {"L": a, "R": b, "A": 0.5}} for name, (a, b) in fitness.items()}
    a = run(between(), dials).sel(state="A")
    leader, rival, both = (values(a[f"{who}_threat"], 0) for who in ("leader", "rival", "overall"))
    neutral = values(a["posture"].sel(strategy="neutrality"), 0)
    holds = neutral[1] > 1.5 * max(neutral[0], neutral[2]) and both[1] > 0.95 * max(both)
    return Finding(holds=holds, figure=f"threat of leader {shown(leader)}, of rival {shown(rival)}: neutral {shown(neutral)}")


def between() -> dict[str, Any]:
    """A, a rival twice and a leader four times its size, all neighbours."""
    size = {"L": 4.0, "R": 2.0, "A": 1.0}
    units = {"initial economy": 1000.0, "initial population": 50.0, "initial military spending": 30.0}
    scaled = {name: {state: unit * factor for state, factor in size.items()} for name, unit in units.items()}
    dials = scaled | {"initial burden": 0.03, "distance": 1000.0}
    return states(dials, tuple(size), years=5.0, output=OUTPUT)
