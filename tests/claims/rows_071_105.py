"""Claims 71 to 105: blocs and spirals, order, why states balance, whom they join, and what stands in the way."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import xarray as xr
from findings import Finding
from readings import climbs, listed, sinks, trend
from worlds import Dials, at, base_year, leader_and_others, run, states

HARD = ["internal balancing", "external balancing"]
PAIR = ("A", "B")


def sizes(scale: Mapping[str, float]) -> dict[str, Any]:
    """Output, population and spending in proportion to `scale`, "*" for all others: equal in income and burden."""
    bases = {"initial economy": 1000.0, "initial population": 50.0, "initial military spending": 30.0}
    return {name: {state: base * factor for state, factor in scale.items()} for name, base in bases.items()}


def among(members: str, value: float, *, otherwise: float = 0.0) -> dict[str, Any]:
    """A table by pair: `value` between any two members, another value for all other pairs."""
    inside = {state: {other: value for other in members if other != state} | {"*": otherwise} for state in members}
    return inside | {"*": {"*": otherwise}}


def only(state: str, value: float, *, otherwise: float = 0.0) -> dict[str, float]:
    """A table by state: `value` for one, another value for the rest."""
    return {state: value, "*": otherwise}


def neighbours(names: tuple[str, ...], scale: Mapping[str, float], *, years: float = 40.0, **dials: Any) -> dict[str, Any]:
    """States of unequal size, all 1500 km apart unless the dials say otherwise, with burdens of three percent."""
    common = {"initial burden": 0.03, "distance": 1500.0}
    return states(sizes(scale) | common | {key.replace("_", " "): value for key, value in dials.items()}, names, years=years)


def pair(**dials: Any) -> dict[str, Any]:
    """Two equal neighbours for sixty years."""
    return neighbours(PAIR, {"*": 1.0}, years=60, **dials)


def mean(ds: xr.Dataset, name: str, **where: Any) -> float:
    """The mean over time, and over whatever else is not named."""
    return float(ds[name].sel(**where).mean())


def hard(ds: xr.Dataset, **where: Any) -> float:
    """Mean weight of internal and external balancing together."""
    return float(ds["posture"].sel(strategy=HARD, **where).sum("strategy").mean())


def answers(dial: str, values: Mapping[str, Any], *, lead: float = 3.0, **more: Any) -> xr.Dataset:
    """A leader three times as large as each of four equal others, under several values of one dial."""
    return run(leader_and_others(4, lead=lead, parameters=more), {name: {dial: value} for name, value in values.items()})


def by_value(*values: float) -> dict[str, float]:
    """Variants named by the value that they take."""
    return {f"{value:g}": value for value in values}


def over(ds: xr.Dataset, name: str, **where: Any) -> list[float]:
    """The mean of a variable in each variant, in their order."""
    return [mean(ds.sel(variant=variant), name, **where) for variant in ds["variant"].values]


def claim_071_a_bloc_arms_its_rivals() -> Finding:
    """Two states ally opposite two allies, where defence and where offence pays: rivals' burden and the war hazard."""
    rivals = among("CD", 1.0)
    world = neighbours(("A", "B", "C", "D"), {"*": 1.0}, years=30)
    variants: dict[str, Dials] = {
        f"{pact:g}_{offence:g}": {"initial pacts": rivals | among("AB", pact), "offence advantage": offence}
        for offence in (0.0, 0.4, 1.0)
        for pact in (0.0, 1.0)
    }
    ds = run(world, variants)
    burdens = [mean(ds, "burden", variant=f"{pact}_0.4", state="C") for pact in (0, 1)]
    change = [mean(ds, "war_hazard", variant=f"1_{o}") / mean(ds, "war_hazard", variant=f"0_{o}") - 1 for o in (0, 1)]
    holds = climbs(burdens, by=0.01) and change[0] < -0.01 and change[1] > 0.01
    figure = f"rivals' burden {listed(burdens)}; war hazard {change[0]:+.2f} under defence, {change[1]:+.2f} under offence"
    return Finding(holds=holds, figure=figure)


def claim_072_telling_defence_from_attack_damps_the_spiral() -> Finding:
    """One of two neighbours doubles its burden once: what comes back as the other's burden, over what was added."""
    levels = (0.0, 0.3, 0.6, 1.0)
    kicks: dict[str, Dials] = {
        f"{level:g}_{burden:g}": {"differentiation": level, "initial burden": only("A", burden, otherwise=0.03)}
        for level in levels
        for burden in (0.03, 0.06)
    }
    ds = run(pair(), kicks)
    burden = {variant: ds["burden"].sel(variant=variant) for variant in kicks}
    extra = [burden[f"{level:g}_0.06"] - burden[f"{level:g}_0.03"] for level in levels]
    gains = [float(more.sel(state="B").sum() / more.sel(state="A").sum()) for more in extra]
    return Finding(holds=sinks(gains, by=0.2) and gains[-1] < 1, figure=f"burden returned per burden added {listed(gains)}")


def claim_073_settled_benefits_leave_nothing_to_fight_over() -> Finding:
    """Powell's hazard with a riser beside leaders of three sizes, benefits renegotiated in one year or in fifty."""
    variants: dict[str, Dials] = {
        f"{lead:g}_{time:g}": sizes(only("L", lead, otherwise=1.0)) | {"bargaining time": time}
        for time in (1.0, 50.0)
        for lead in (1.0, 2.0, 4.0)
    }
    ds = run(leader_and_others(3, parameters={"war hazard form": 1.0, "initial growth advantage": only("A", 0.04)}), variants)
    hazards = [float(ds["war_hazard"].sel(variant=variant).max()) for variant in variants]
    figure = f"greatest hazard {listed(hazards[:3])} where benefits follow power, {listed(hazards[3:])} where they lag"
    return Finding(holds=max(hazards[:3]) < 1e-6 and min(hazards[3:]) > 0.001, figure=figure)


def claim_074_order_lets_economies_grow() -> Finding:
    """War made likelier step by step: hazard and mean growth."""
    ds = answers("base war hazard", by_value(0.0, 0.1, 0.2, 0.3))
    hazard, growth = over(ds, "war_hazard"), over(ds, "economic_growth")
    holds = climbs(hazard) and sinks(growth, by=0.05)
    return Finding(holds=holds, figure=f"hazard {listed(hazard)}, growth {listed(growth)}")


def claim_075_withdrawal_leaves_a_vacuum() -> Finding:
    """A patron across the sea stays with two clients beside a riser of three sizes, or goes for good: arms, largest share."""
    sea = {"L": {"*": 1.0}, "*": {"L": 1.0, "*": 0.0}}
    distance = {"L": {"*": 6000.0}, "*": {"L": 6000.0, "*": 1000.0}}
    pacts = {"L": {"A": 1.0, "B": 1.0, "*": 0.0}, "A": only("L", 1.0), "B": only("L", 1.0), "*": {"*": 0.0}}
    more: dict[str, Any] = {"sea": sea, "distance": distance, "initial_pacts": pacts, "revisionism": only("R", 1.0)}
    stay = {f"{size:g}": sizes({"L": 6.0, "R": size, "*": 1.0}) | {"forward presence": 1.0} for size in (2.0, 3.0, 5.0)}
    leave = {f"{size}_out": dials | {"forward presence": 0.0, "activation threshold": 2.0} for size, dials in stay.items()}
    ds = run(neighbours(("L", "R", "A", "B"), {"*": 1.0}, **more), stay | leave)
    region = ds["military_capability"].drop_sel(state="L").isel(time=-1)
    arms = region.sum("state")
    share = region.max("state") / arms
    changes = [[float(x.sel(variant=f"{v}_out") / x.sel(variant=v)) for v in stay] for x in (arms, share)]
    figure = f"risers of 2, 3, 5 clients: region's arms x {listed(changes[0])}, largest share in it x {listed(changes[1])}"
    return Finding(holds=min(min(change) for change in changes) > 1.01, figure=figure)


def claim_076_hegemony_is_unattainable() -> Finding:
    """A leader of more than half under Waltz; two regions with a strong state each, a sea between them, under both theories."""
    waltz = run(leader_and_others(4, lead=5.0, years=100), {"w": {}}, theory={"w": "waltz"})
    start, end = at(waltz, "power_share", state="L", time=0, variant="w"), at(waltz, "power_share", state="L", variant="w")
    ds = run(two_regions(), {"w": {}, "m": {}}, theory={"w": "waltz", "m": "mearsheimer"})
    force = ds["military_capability"].sel(state=list("RAB"))
    region = {v: (force.sel(state="R", variant=v) / force.sel(variant=v).sum("state")).values[[0, -1]] for v in ("w", "m")}
    world = at(ds, "power_share", state="R", variant="m")
    holds = start > 0.5 > 1.01 * end and climbs(region["m"], by=0.01) and sinks(region["w"], by=0.01) and world < 0.5
    figure = (
        f"Waltz: leader {start:.2f} to {end:.2f}, regional {listed(region['w'])}; "
        f"Mearsheimer: regional {listed(region['m'])}, of the world {world:.2f}"
    )
    return Finding(holds=holds, figure=figure)


def two_regions() -> dict[str, Any]:
    """R with A and B on one side of a sea, S with D and E on the other, R and S as strong as each other, for a century."""
    names = ("R", "A", "B", "S", "D", "E")
    home = {state: index // 3 for index, state in enumerate(names)}
    by_pair = lambda near, far: {s: {t: near if home[s] == home[t] else far for t in names} for s in names}  # noqa: E731
    scale = {"R": 2.5, "S": 2.5, "B": 0.7, "E": 0.7, "*": 1.0}
    return neighbours(names, scale, years=100, distance=by_pair(1000.0, 8000.0), sea=by_pair(0.0, 1.0))


def claim_077_balancing_equalises_the_odds() -> Finding:
    """Leaders 1.5, 3 and 5 times as large as each other state, Waltz's dials: force pooled against them over theirs."""
    leads = {f"{lead:g}": sizes(only("L", lead, otherwise=1.0)) for lead in (1.5, 3.0, 5.0)}
    ds = run(leader_and_others(4, years=100), leads, theory=dict.fromkeys(leads, "waltz"))
    ratios = [at(ds, "counter_coalition_ratio", variant=variant) for variant in leads]
    last = ds.isel(time=-1)
    against = (last["opposition"] * last["military_capability"]).sum("state") / last["military_capability"].sel(state="L")
    equal = all(0.8 <= ratio <= 1.2 for ratio in ratios)
    figure = (
        f"counter-coalition over leader {listed(ratios)}; all that is set against him, pooled or not, {listed(against.values)}"
    )
    return Finding(holds=equal, figure=figure)


def claim_078_those_who_want_security_never_bid() -> Finding:
    """The appetite for power at 0, one half and 1 where one state is five times as large as the others: the highest bid."""
    ds = answers("power appetite", by_value(0.0, 0.5, 1.0), lead=5.0)
    bids = [float(ds["hegemonic_bid"].sel(variant=variant).max()) for variant in ("0", "0.5", "1")]
    return Finding(holds=bids[0] == 0 and bids[2] > 0.5, figure=f"highest bid {listed(bids)}")


def claim_079_an_enforced_order_saves_arms() -> Finding:
    """Enforcement from anarchy to a nearly full order: mean burden."""
    burdens = over(answers("enforcement", by_value(0.0, 0.3, 0.6, 0.9)), "burden")
    return Finding(holds=sinks(burdens, by=0.1), figure=f"mean burden {listed(burdens)}")


def claim_080_one_revisionist_arms_everybody() -> Finding:
    """Nobody hungry for power, and then one state, the strongest: burdens of all."""
    ds = answers("revisionism", {"none": 0.0, "one": only("L", 1.0)}, **{"power appetite": 0.0})
    everyone = over(ds, "burden")
    others = [mean(ds, "burden", variant=variant, state=list("ABCD")) for variant in ("none", "one")]
    holds = climbs(everyone, by=0.03) and climbs(others, by=0.03)
    return Finding(holds=holds, figure=f"mean burden of all {listed(everyone)}, of the others {listed(others)}")


def claim_081_own_force_counts_in_full_and_allies_less() -> Finding:
    """Pooled force without allies, and with pacts with all, the model's dials and Waltz's: weights of own and allied force."""
    world = leader_and_others(4, lead=1.0)
    pacts = {"initial pacts": 1.0}
    lone: Dials = {"alliance reliability": 0.0}
    ds = run(world, {"lone": lone, "own": pacts, "waltz": pacts}, theory={"waltz": "waltz"})
    own = float((ds["pooled_capability"] / ds["military_capability"]).sel(variant="lone").max())
    allied = (ds["pooled_capability"] - ds["military_capability"]) / (
        ds["military_capability"].sum("state") - ds["military_capability"]
    )
    weights = [float(allied.sel(variant=variant).max()) for variant in ("own", "waltz")]
    holds = abs(own - 1) < 1e-6 and min(weights) > 0.02 and max(weights) < 0.9
    return Finding(holds=holds, figure=f"weight of own force {own:.2f}, of allied at most {listed(weights)}")


def claim_082_only_relative_power_counts() -> Finding:
    """Economies and forces of three unequal states doubled: the greatest change of shares, burdens, pacts and strategies."""
    scale = {"A": 2.0, "B": 1.2, "C": 0.4}
    twice = {name: {state: 2 * value for state, value in table.items()} for name, table in sizes(scale).items()}
    del twice["initial population"]
    ds = run(neighbours(("A", "B", "C"), scale), {"once": {}, "twice": twice})
    names = ("power_share", "economy_share", "burden", "posture", "commitment")
    change = max(float(abs(ds[name].sel(variant="twice") - ds[name].sel(variant="once")).max()) for name in names)
    output = at(ds, "economy", variant="twice", state="A") / at(ds, "economy", variant="once", state="A")
    holds = change < 1e-4 and abs(output - 2) < 1e-3
    return Finding(holds=holds, figure=f"output x {output:.2f}, greatest change {change:.3f}")


def claim_083_guns_now_cost_guns_later() -> Finding:
    """Burdens held at six levels for a century: a state's force after five years and after a hundred."""
    levels = (0.03, 0.05, 0.1, 0.15, 0.2, 0.3)
    world = leader_and_others(3, lead=1.0, years=100, parameters={"balancing responsiveness": 0.0})
    ds = run(world, {f"{level:g}": {"initial burden": only("A", level, otherwise=0.03)} for level in levels})
    early, late = ([at(ds, "military_capability", variant=f"{x:g}", state="A", time=t) for x in levels] for t in (5, 100))
    best = late.index(max(late))
    holds = climbs(early, by=1.0) and 0 < best < 5 and late[-1] < 0.9 * late[best]
    figure = f"force after 5 years {listed(early)}; after 100 {listed(late)}, most at {levels[best]:.2f}"
    return Finding(holds=holds, figure=figure)


def claim_084_uncertain_allies_make_states_arm() -> Finding:
    """The variance of allies' reliability from 0 to 1, for states that shun risk and for one setting where they do not."""
    ds = answers("variance of reliability", by_value(0.0, 0.3, 0.6, 1.0))
    bold = answers("variance of reliability", by_value(1.0), **{"risk aversion": 0.0})
    shares = [own_effort(ds, variant=v, state="A") for v in ds["variant"].values]
    indifferent = own_effort(bold, variant="1", state="A")
    holds = climbs(shares, by=0.03) and abs(indifferent / shares[0] - 1) < 0.005
    figure = f"internal share of hard balancing {listed(shares)}; {indifferent:.3g} without risk aversion"
    return Finding(holds=holds, figure=figure)


def own_effort(ds: xr.Dataset, **where: Any) -> float:
    """Internal balancing over internal and external."""
    return mean(ds, "posture", strategy=HARD[0], **where) / hard(ds, **where)


def claim_085_a_common_threat_overrides_a_quarrel() -> Finding:
    """Two of four others start hostile; the leader's force is made fitter to attack: threat; pact of the two, overall."""
    quarrel = among("AB", 0.6, otherwise=0.2)
    shares = {f"{share:g}": only("L", share, otherwise=0.5) for share in (0.05, 0.25, 0.5, 0.75, 0.95)}
    hostile: dict[str, Any] = {"initial hostility": quarrel}
    ds = answers("offensive share", shares, **hostile)
    threat = [mean(ds, "threat", variant=variant, state="A", other="L") for variant in shares]
    pact = [at(ds, "commitment", variant=variant, state="A", other="B") for variant in shares]
    holds = climbs(threat, by=0.01) and pact[-1] > 1.01 * pact[0] and trend(pact) > 0
    return Finding(holds=holds, figure=f"threat {listed(threat)}, commitment {listed(pact)}")


def claim_086_bandwagoning_feeds_the_leader() -> Finding:
    """Bandwagoning made more attractive towards a leader six times as large: those who follow, and the leader's share."""
    values = (0.5, 1.0, 1.5, 2.0, 3.0)
    own = run(leader_and_others(4, lead=6.0))["strategy_weight"].squeeze()
    weights = {str(strategy): float(own.sel(strategy=strategy)) for strategy in own["strategy"].values}
    ds = answers("strategy weight", {f"{x:g}": weights | {"bandwagoning": x} for x in values}, lead=6.0)
    follow = over(ds, "following")
    share = [at(ds, "power_share", variant=f"{value:g}", state="L") for value in values]
    holds = climbs(follow) and climbs(share, by=0.2)
    return Finding(holds=holds, figure=f"following {listed(follow)}, leader's share after 40 years {listed(share)}")


def claim_087_growth_is_answered_before_parity() -> Finding:
    """A riser of half the leader's size, growth read as intent or not: threat and others' burden until he draws level."""
    growth = only("R", 0.06)
    world = neighbours(("L", "R", "A", "B"), {"L": 2.0, "*": 1.0}, initial_growth_advantage=growth)
    values = (0.0, 0.5, 1.0)
    ds = run(world, {f"{value:g}": {"growth read as intent": value} for value in values})
    ratio = ds["power_share"].sel(state="R") / ds["power_share"].sel(state="L")
    before = [ds.sel(variant=f"{value:g}").where(ratio.sel(variant=f"{value:g}") < 0.95, drop=True) for value in values]
    threat = [float(part["threat"].sel(state="A", other="R").isel(time=-1)) for part in before]
    burden = [float(part["burden"].sel(state="A").isel(time=-1)) for part in before]
    holds = climbs(threat, by=0.1) and climbs(burden, by=0.03)
    return Finding(holds=holds, figure=f"just before parity: threat {listed(threat)}, others' burden {listed(burden)}")


def claim_088_states_flock_to_the_weaker_side() -> Finding:
    """A third, smaller state beside a stronger and a weaker one, all equally hostile, Waltz's dials: whom it joins."""
    variants = {f"{lead:g}": sizes({"S": lead, "W": 1.0, "J": 0.5}) for lead in (1.25, 1.5, 2.0)}
    world = neighbours(("S", "W", "J"), {"*": 1.0}, years=30)
    ds = run(world, variants, theory=dict.fromkeys(variants, "waltz"))
    join = [joining(ds, variant=variant, state="J") for variant in variants]
    weaker, stronger = ([mean(ds, "commitment", variant=v, state="J", other=other) for v in variants] for other in "WS")
    holds = min(join) > 0.55 and all(w > 1.1 * s for w, s in zip(weaker, stronger, strict=True))
    figure = f"joins the weaker with {listed(join)}; commitment {listed(weaker)}, to the stronger {listed(stronger)}"
    return Finding(holds=holds, figure=figure)


def joining(ds: xr.Dataset, **where: Any) -> float:
    """External balancing over external balancing and bandwagoning: which side a state would join."""
    against, along = (mean(ds, "posture", strategy=name, **where) for name in (HARD[1], "bandwagoning"))
    return against / (against + along)


def claim_089_balancing_curbs_a_riser_if_quick_enough() -> Finding:
    """A riser's greatest share, one half or not, by growth and speed of the others' answer, and by the year it begins."""
    growths, speeds = (0.02, 0.04, 0.06), ((0.02, 12.0), (0.3, 1.0))
    variants: dict[str, Dials] = {
        f"{g}_{beta}": {"initial growth advantage": only("R", g), "balancing responsiveness": beta, "balancing delay": tau}
        for g in growths
        for beta, tau in speeds
    }
    top = run(riser(), variants)["power_share"].sel(state="R").max("time")
    slow, quick = ([float(top.sel(variant=f"{g}_{beta}")) for g in growths] for beta in (0.02, 0.3))
    late = [belated(year) for year in (10.0, 20.0, 30.0, 40.0)]
    holds = max(slow[0], *quick[:2]) < 0.5 < min(*slow[1:], quick[2]) and max(late[:3]) < 0.5 < late[3]
    figure = f"by growth: slow {listed(slow)}, quick {listed(quick)}; begun after 10, 20, 30, 40 years {listed(late)}"
    return Finding(holds=holds, figure=figure)


def riser(**tables: Any) -> dict[str, Any]:
    """A revisionist half as large again as each of four others, for sixty years."""
    world = neighbours(("R", *"ABCD"), {"R": 1.5, "*": 1.0}, years=60, revisionism=only("R", 1.0))
    return world | tables


def belated(year: float) -> float:
    """The riser's greatest share, growing by four percent, where balancing at the model's own speed begins only then."""
    events = [{"at": year, "target": "balancing responsiveness", "value": 0.15}]
    dials: Dials = {"initial growth advantage": only("R", 0.04), "balancing responsiveness": 0.0}
    return float(run(riser(events=events), {"late": dials})["power_share"].sel(state="R", variant="late").max())


def claim_090_small_coalitions_give_more_say() -> Finding:
    """A leader of the same share against four and eight others: a member's weight, and what the wish for a say takes away."""
    dials: dict[str, Dials] = {"0": {"autonomy weight": 0.0}, "0.5": {"autonomy weight": 0.5}}
    worlds = [run(leader_and_others(n, lead=0.75 * n, years=20), dials) for n in (4, 8)]
    safety = [float(safe(ds).isel(time=0).sel(variant="0")) for ds in worlds]
    influence = [at(ds, "influence", state="A", variant="0", time=0) for ds in worlds]
    allying = [[mean(ds, "posture", strategy=HARD[1], state="A", variant=variant) for variant in dials] for ds in worlds]
    kept = [wishing / indifferent for indifferent, wishing in allying]
    holds = abs(safety[1] / safety[0] - 1) < 0.1 and sinks(influence, by=0.1) and sinks(kept, by=0.1)
    figure = f"safety {listed(safety)}, influence {listed(influence)}, external balancing kept {listed(kept)}"
    return Finding(holds=holds, figure=figure)


def safe(ds: xr.Dataset) -> xr.DataArray:
    """Force of A and its prospective partners over that and what threatens A."""
    force = (ds["military_capability"] + ds["prospective_coalition"]).sel(state="A")
    return force / (force + ds["threatening_force"].sel(state="A"))


def claim_091_autonomy_speaks_against_bandwagoning() -> Finding:
    """The weight of a say of one's own from 0 to 1, leaders three and ten times as large: balancing against bandwagoning."""
    dials = by_value(0.0, 0.2, 0.5, 1.0)
    results = [answers("autonomy weight", dials, lead=lead) for lead in (3.0, 10.0)]
    shares = [[leaning(ds, variant=variant, state="A") for variant in dials] for ds in results]
    figure = f"balancing over balancing and bandwagoning {listed(shares[0])}; the leader ten times as large {listed(shares[1])}"
    return Finding(holds=all(climbs(share, by=0.01) for share in shares), figure=figure)


def leaning(ds: xr.Dataset, **where: Any) -> float:
    """Hard balancing over hard balancing and bandwagoning."""
    return hard(ds, **where) / (hard(ds, **where) + mean(ds, "posture", strategy="bandwagoning", **where))


def unequal() -> xr.Dataset:
    """A leader and five others from a sixtieth to one half of his size, all 1500 km apart."""
    return run(neighbours(("L", *"ABCDE"), {"L": 3.0, "A": 0.05, "B": 0.2, "C": 0.5, "D": 1.0, "E": 1.5}), {"base": {}})


def claim_092_the_weakest_bandwagon() -> Finding:
    """A leader and five unequal others: bandwagoning by size, from the smallest; it falls overall."""
    weights = [mean(unequal(), "posture", strategy="bandwagoning", state=state) for state in "ABCDE"]
    holds = trend(weights) < 0 and weights[0] > 1.01 * max(weights[1:])
    return Finding(holds=holds, figure=f"bandwagoning from the smallest up {listed(weights)}")


def claim_093_middle_powers_balance() -> Finding:
    """A leader and five unequal others: hard balancing by size, rising, or rising to a peak and falling."""
    weights = [hard(unequal(), state=state) for state in "ABCDE"]
    peak = weights.index(max(weights))
    holds = peak > 0 and climbs(weights[: peak + 1], by=0.01) and (peak == 4 or sinks(weights[peak:], by=0.01))
    return Finding(holds=holds, figure=f"hard balancing from the smallest up {listed(weights)}")


def claim_094_power_repels_or_attracts() -> Finding:
    """The leader's size doubled, where he neither rewards nor punishes and where he does: others' hard balancing."""
    variants: dict[str, Dials] = {
        f"{rho:g}_{lead:g}": sizes(only("L", lead, otherwise=1.0)) | {"reward and punishment": rho}
        for rho in (0.0, 1.0)
        for lead in (2.0, 4.0)
    }
    ds = run(leader_and_others(4), variants)
    without, fully = ([hard(ds, variant=f"{rho}_{lead}", state="A") for lead in (2, 4)] for rho in (0, 1))
    holds = climbs(without, by=0.2) and sinks(fully, by=0.2)
    return Finding(holds=holds, figure=f"hard balancing {listed(without)} without reward, {listed(fully)} with")


def claim_095_distance_halves_the_threat() -> Finding:
    """The model's distance of 5000 km doubled, and half of it doubled: the leader's force that others must reckon with."""
    ds = answers("distance", by_value(2500.0, 5000.0, 10000.0))
    force = [mean(ds, "exposure", variant=variant, state="A", other="L") for variant in ds["variant"].values]
    chance = [mean(ds, "threat", variant=variant, state="A", other="L") for variant in ds["variant"].values]
    ratios = [high / low for low, high in pairwise(force)]
    figure = f"force to reckon with x {listed(ratios)} at 5000 and 10000 km; chance of attack {listed(chance)}"
    return Finding(holds=ratios[1] <= 0.5 and sinks(chance, by=0.5), figure=figure)


def claim_096_small_neighbours_of_the_great_bandwagon() -> Finding:
    """Small and middle states near the leader and far from it: who bandwagons most (the seed says "balancing" by a slip)."""
    near = {"A": 500.0, "B": 500.0, "*": 3000.0}
    distance = {"L": near, "A": {"L": 500.0, "*": 3000.0}, "B": {"L": 500.0, "*": 3000.0}, "*": {"*": 3000.0}}
    scale = {"L": 3.0, "A": 0.1, "C": 0.1, "*": 1.0}
    ds = run(neighbours(("L", *"ABCD"), scale, distance=distance), {"base": {}})
    weights = [mean(ds, "posture", strategy="bandwagoning", state=state) for state in "ABCD"]
    figure = (
        f"bandwagoning: small near {weights[0]:.3g}, middle near {weights[1]:.3g}, small far {weights[2]:.3g}, "
        f"middle far {weights[3]:.3g}; balancing of the small near {hard(ds, state='A'):.3g}"
    )
    return Finding(holds=weights[0] > 1.01 * max(weights[1:]), figure=figure)


def claim_097_offensive_force_provokes() -> Finding:
    """The leader's force made fitter to attack, its total unchanged at the start: others' burden and coalition."""
    ds = answers("offensive share", {f"{x:g}": only("L", x, otherwise=0.5) for x in (0.2, 0.5, 0.8)})
    burden, coalition = over(ds, "burden", state="A"), over(ds, "counter_coalition_ratio")
    holds = climbs(burden, by=0.05) and climbs(coalition, by=0.2)
    return Finding(holds=holds, figure=f"others' burden {listed(burden)}, coalition over leader {listed(coalition)}")


def claim_098_hostile_intent_provokes_and_power_alone_less() -> Finding:
    """The leader at first thought benign, ordinary or hostile, the model's dials and Walt's: the coalition of ten years."""
    views = {f"{x:g}": {"initial hostility": {"*": {"L": x, "*": 0.2}}} for x in (0.0, 0.4, 0.9)}
    variants = views | {f"walt_{x}": dials for x, dials in views.items()}
    ds = run(leader_and_others(4, lead=3.0), variants, theory={f"walt_{x}": "walt" for x in views})
    early = ds.sel(time=slice(0, 10))
    own, walt = ([mean(early, "counter_coalition_ratio", variant=f"{who}{x}") for x in views] for who in ("", "walt_"))
    share = mean(early, "power_share", variant="walt_0", state="L")
    holds = climbs(own, by=0.2) and climbs(walt, by=0.5) and walt[0] < 0.5 * walt[-1] and share > 0.4
    figure = f"coalition over leader {listed(own)}; Walt {listed(walt)} at a leader's share of {share:.2f}"
    return Finding(holds=holds, figure=figure)


def claim_099_other_majors_side_with_the_unipole() -> Finding:
    """The majors of 1992 to 2018: force of the others in what is left of full pacts with the leader, over all their force."""
    ds = run(base_year("unipole_1992", years=26), {"base": {}}).sel(variant="base")
    force = ds["military_capability"].drop_sel(state="USA")
    promise = ds["commitment"].sel(other="USA").drop_vars("other").drop_sel(state="USA")
    worth = (force * promise).sum("state") / force.sum("state")
    kept = worth / ds["alliance_reliability"]
    values = [float(kept[0]), float(kept[-1]), float(kept.mean())]
    figure = f"allied {values[0]:.2f} at first, {values[1]:.2f} in the end, {values[2]:.2f} on average"
    return Finding(holds=all(0.4 <= value <= 0.7 for value in values), figure=figure)


def claim_100_domestic_limits_prolong_hegemony() -> Finding:
    """The highest burden that societies bear lowered from 4 to 2 percent, from 1992: years of unipolarity."""
    ds = run(base_year("unipole_1992", years=60), {f"{x:g}": {"maximum burden": x} for x in (0.04, 0.03, 0.02)})
    years = [float(ds["unipolar_duration"].sel(variant=v, index="military")) for v in ds["variant"].values]
    return Finding(holds=climbs(years, by=0.05), figure=f"years {listed(years)} at 4, 3, 2 percent")


def claim_101_arming_alarms_the_neighbours() -> Finding:
    """One of three neighbours arms, up to the ceiling, against a distant leader: burden of the next one, and the leader's."""
    distance = {"L": {"*": 3000.0}, "*": {"L": 3000.0, "*": 800.0}}
    world = neighbours(("L", "A", "B", "C"), {"L": 3.0, "*": 1.0}, distance=distance)
    levels = (0.03, 0.06, 0.1)
    ds = run(world, {f"{level:g}": {"initial burden": only("A", level, otherwise=0.03)} for level in levels})
    top = [[at(ds, "burden", variant=f"{x:g}", state=s, time=20) for x in levels] for s in ("B", "L")]
    holds = climbs(top[0], by=0.01) and climbs(top[1], by=0.01)
    return Finding(holds=holds, figure=f"after 20 years: neighbour's burden {listed(top[0])}, leader's {listed(top[1])}")


def claim_102_strong_reactions_escalate_and_arms_can_cost_security() -> Finding:
    """Weak and strong reactions of two neighbours: arms over output; one of two wary security seekers arms once."""
    weak: Dials = {"offence advantage": 0.0, "acceptable gap": 3.0}
    strong: Dials = {"offence advantage": 1.0, "acceptable gap": 0.5}
    wary = {"power appetite": 0.0, "security dilemma": 1.0, "differentiation": 0.0, "intent weight": 1.0}
    armed = wary | {"initial burden": only("A", 0.06, otherwise=0.03)}
    ds = run(pair(), {"weak": weak, "strong": strong, "calm": wary, "arms": armed})
    arms = ds["military_capability"].sel(state="A") / ds["economy"].sel(state="A")
    start, settled, raced = float(arms[0, 0]), float(arms.sel(variant="weak")[-1]), float(arms.sel(variant="strong")[-1])
    force, hazard = own_arms(ds, "military_capability"), own_arms(ds, "attack_hazard")
    holds = settled < 0.9 * start and raced > 2 * start and force > 1.01 and hazard > 1.01
    figure = (
        f"arms over output {start:.2f} to {settled:.2f} or {raced:.2f}; own force x {force:.2f}, attack hazard x {hazard:.2f}"
    )
    return Finding(holds=holds, figure=figure)


def own_arms(ds: xr.Dataset, name: str) -> float:
    """Mean of sixty years, with own arming over without."""
    return mean(ds, name, variant="arms", state="A") / mean(ds, name, variant="calm", state="A")


def claim_103_arms_breed_hostility_which_fades() -> Finding:
    """One of two neighbours arms at three levels, and lapses: the other's hostility after twenty years and after sixty."""
    levels = (0.03, 0.06, 0.1)
    ds = run(pair(), {f"{level:g}": {"initial burden": only("A", level, otherwise=0.03)} for level in levels})
    force = [at(ds, "military_capability", variant=f"{level:g}", state="A", time=10) for level in levels]
    high, low = ([at(ds, "hostility", variant=f"{x:g}", state="B", other="A", time=t) for x in levels] for t in (20, 60))
    faded = 1 - (low[2] - low[0]) / (high[2] - high[0])
    holds = climbs(force, by=0.5) and climbs(high, by=0.2) and faded > 0.3
    figure = f"force {listed(force)}, hostility {listed(high)}, of the rise {faded:.2f} gone after 60 years"
    return Finding(holds=holds, figure=figure)


def claim_104_success_needs_coherent_and_lasting_alliances() -> Finding:
    """Others allied from the start, by worth and half-life of promises: their coalition's chance against the leader."""
    pacts = among("ABCD", 1.0)
    variants: dict[str, Dials] = {f"worth_{x}": {"alliance reliability": x} for x in (0.2, 0.5, 0.8, 1.0)}
    variants |= {f"life_{x}": {"alliance half life": x} for x in (3.0, 10.0, 30.0, 100.0)}
    ds = run(leader_and_others(4, lead=3.0, parameters={"initial pacts": pacts}), variants)
    ratio = {variant: at(ds, "counter_coalition_ratio", variant=variant) for variant in variants}
    chance = [value**2 / (1 + value**2) for value in ratio.values()]
    holds = climbs(chance[:4], by=0.5) and climbs(chance[4:], by=0.1)
    return Finding(holds=holds, figure=f"chance by worth {listed(chance[:4])}, by half-life {listed(chance[4:])}")


def claim_105_defection_undermines_trust() -> Finding:
    """One of four allies breaks its word for two years: cohesion of all, and the others' own effort, two years later."""
    pacts = {"initial pacts": among("ABCD", 1.0)}
    event = {"at": 10.0, "target": "defection", "actor": "A", "value": 1.0, "until": 12.0}
    world = leader_and_others(4, lead=3.0, parameters=pacts)
    results = [run(world, {"base": {}}), run(world | {"events": [event]}, {"base": {}})]
    then = [ds.sel(time=[14.0], variant="base") for ds in results]
    cohesion = [float(ds["cohesion"].sel(state=list("ABCD"), other=list("ABCD")).sum()) / 12 for ds in then]
    effort = [own_effort(ds, state="B") for ds in then]
    holds = sinks(cohesion, by=0.1) and climbs(effort, by=0.03)
    return Finding(holds=holds, figure=f"cohesion {listed(cohesion)}, internal share of hard balancing {listed(effort)}")
