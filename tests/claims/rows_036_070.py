"""Claims 36 to 70: neutrality, bandwagoning, regional balancing, and what external balancing gains and costs."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import xarray as xr
from findings import Finding
from readings import each, falls, listed, rises, trend
from worlds import World, at, base_year, leader_and_others, run, states

Table = dict[str, Any]


def alone(world: World, name: str, **where: Any) -> float:
    """One number of a world as it stands."""
    return at(run(world, {"one": {}}), name, variant="one", **where)


def dial(name: str, *values: Any) -> dict[str, Table]:
    """One variant for each value of a parameter."""
    return {f"at-{number}": {name: value} for number, value in enumerate(values)}


def per_mille(values: Iterable[float]) -> str:
    """Small rates in words, a thousandth the unit."""
    return listed([1000 * value for value in values])


def crossing(levels: Iterable[float], values: Iterable[float], threshold: float) -> float:
    """The level at which rising values pass a threshold, by straight lines between them; infinite where they never do."""
    return float(np.interp(threshold, list(values), list(levels), right=np.inf))


def sized(sizes: Mapping[str, float], *, years: float = 40.0, **parameters: Any) -> Table:
    """States of these sizes, of equal income and burden, all 1500 km apart on land unless told."""
    base = {
        "initial economy": {state: 1000.0 * size for state, size in sizes.items()},
        "initial population": {state: 50.0 * size for state, size in sizes.items()},
        "initial military spending": {state: 30.0 * size for state, size in sizes.items()},
        "initial burden": 0.03,
        "distance": 1500.0,
    }
    return states(base | {name.replace("_", " "): value for name, value in parameters.items()}, tuple(sizes), years=years)


def all_with_all(members: str) -> Table:
    """A table of pairs: 1 between any two of these, 0 elsewhere."""
    return {one: {other: 1.0 for other in members if other != one} | {"*": 0.0} for one in members} | {"*": 0.0}


def between(one: str, other: str, value: float, rest: float) -> Table:
    """A table of pairs: a value between two states both ways, another elsewhere."""
    return {one: {other: value, "*": rest}, other: {one: value, "*": rest}, "*": rest}


def apart(far: str, away: float, near: float = 800.0) -> Table:
    """Distances with one state far from the others."""
    return {far: {far: 0.0, "*": away}, "*": {far: away, "*": near}}


def offshore(rival: float = 1.0, *, patron: float = 3.0, **parameters: Any) -> Table:
    """A strong L 8000 km off across the sea, and two neighbours on land: A, and its rival R of some size."""
    sea = {"L": {"L": 0.0, "*": 1.0}, "*": {"L": 1.0, "*": 0.0}}
    return sized({"L": patron, "A": 1.0, "R": rival}, distance=apart("L", 8000.0), sea=sea, **parameters)


def blocs(*, years: float = 30.0, **parameters: Any) -> Table:
    """Two pacts of two equal states each, A with B and C with D, rivals to one another: hostility as in the base years."""
    foes = {state: {other: 0.05 if other in pair else 0.5 for other in "ABCD"} for pair in ("AB", "CD") for state in pair}
    pacts = all_with_all("AB") | all_with_all("CD")
    return sized(dict.fromkeys("ABCD", 1.0), years=years, initial_pacts=pacts, initial_hostility=foes, **parameters)


def coalition(**tables: Any) -> Table:
    """Four states allied with one another, and a leader twice as large as each."""
    return leader_and_others(4, parameters={"initial pacts": all_with_all("ABCD")}, **tables)


def small_ones(world: World, strategy: str) -> list[float]:
    """Mean weight of a strategy among the small states A to D after 20 years, by what the leader gives and takes."""
    ds = run(world, dial("reward and punishment", 0.0, 0.2, 0.5))
    weights = ds["posture"].sel(state=list("ABCD"), strategy=strategy, time=20.0).mean("state")
    return [float(weight) for weight in weights]


SMALL = dict.fromkeys("ABCD", 1.0)
POLES = {
    "one": sized({"P": 7.0, "Q": 1.0} | SMALL),
    "two": sized({"P": 4.0, "Q": 4.0} | SMALL),
    "none": sized({"P": 1.0, "Q": 1.0} | SMALL),
}
"""Six states, two to be great: one pole, two, or six equal powers."""


def claim_036_no_threat_makes_neutrals() -> Finding:
    """Four others at growing distances from a leader and from each other: they turn neutral and disarm."""
    ds = run(leader_and_others(4), dial("distance", 1000.0, 2000.0, 4000.0, 8000.0))
    threat, burden = (each(ds, name, state="A", time=20.0) for name in ("overall_threat", "burden"))
    neutral = each(ds, "posture", state="A", strategy="neutrality", time=20.0)
    holds = falls(threat) and rises(neutral) and falls(burden)
    return Finding(holds=holds, figure=f"threat {listed(threat)}: neutrality {listed(neutral)}, burden {listed(burden)}")


def claim_037_aloof_from_great_power_rivalry() -> Finding:
    """Two great powers, friends or rivals, and a small state near or far: how far it is neutral or passes the buck."""
    world = sized({"P": 3.0, "Q": 3.0, "A": 1.0})
    places = [apart("A", away, near=1000.0) for away in (1000.0, 8000.0)]
    views = [between("P", "Q", hostility, 0.2) for hostility in (0.05, 0.8)]
    pairs = [{"distance": place, "initial hostility": view} for place in places for view in views]
    ds = run(world, {f"at-{number}": pair for number, pair in enumerate(pairs)})
    weights = [each(ds, "posture", state="A", strategy=strategy, time=5.0) for strategy in ("neutrality", "buck passing")]
    near_calm, near, far_calm, far = (sum(pair) for pair in zip(*weights, strict=True))
    holds = far > 1.05 * far_calm and far > 1.05 * near
    return Finding(holds=holds, figure=f"aloof with rivalry: far {listed([far_calm, far])}, near {listed([near_calm, near])}")


def claim_038_unipoles_leave_few_neutral() -> Finding:
    """Small states beside one pole, two or none, and under more and more reward and punishment: how neutral they are."""
    one, two, none = (small_ones(world, "neutrality") for world in POLES.values())
    holds = all(rises(trio, 0.1) for trio in zip(one, two, none, strict=True)) and all(map(falls, (one, two, none)))
    return Finding(holds=holds, figure=f"neutrality: unipolar {listed(one)}; bipolar {listed(two)}; multipolar {listed(none)}")


def claim_039_the_isolated_join_the_strongest() -> Finding:
    """A state alone with a leader of more and more of all power, and in company at equal share: pact and bandwagoning."""
    shares = (2 / 3, 4 / 5, 8 / 9)
    isolated = [leader_and_others(1, lead=share / (1 - share)) for share in shares]
    company = leader_and_others(4, lead=4 * shares[-1] / (1 - shares[-1]))
    pacts = [alone(world, "commitment", state="A", other="L") for world in isolated]
    *joined, among = (alone(world, "posture", state="A", strategy="bandwagoning", time=20.0) for world in (*isolated, company))
    holds = rises(pacts) and rises(joined, 0.1) and joined[-1] > 1.1 * among
    figure = f"pact {listed(pacts)}, bandwagoning {listed(joined)}; {among:.2f} in company"
    return Finding(holds=holds, figure=figure)


def joiners() -> xr.Dataset:
    """A preponderant leader, benign or predatory, and three states that may join him or may not."""
    world = leader_and_others(3, lead=6.0, parameters={"reward and punishment": 0.6})
    barred, predator = {"availability": {"bandwagoning": 0.0, "*": 1.0}}, {"revisionism": {"L": 1.0, "*": 0.0}}
    return run(world, {"joins": {}, "stays": barred, "joins-prey": predator, "stays-prey": predator | barred})


def claim_040_appeasement_lowers_threat_at_a_price() -> Finding:
    """Joining the leader or not: less of his force to reckon with, fewer attacks, and a smaller share of power."""
    ds = joiners()
    threat, hazard = each(ds, "exposure", state="A", other="L")[:2], each(ds, "attack_hazard", state="A")[:2]
    share = each(ds, "power_share", state="A")[:2]
    holds = threat[0] < 0.9 * threat[1] and hazard[0] < 0.9 * hazard[1] and share[0] <= share[1]
    figure = f"joining or not: force to meet {listed(threat)}, attacks {per_mille(hazard)} per mille, share {listed(share)}"
    return Finding(holds=holds, figure=figure)


def claim_041_the_weak_bandwagon() -> Finding:
    """A leader and five others, each twice the next, up to half of him: rank correlation of size and bandwagoning."""
    ds = run(sized({"L": 32.0, "A": 1.0, "B": 2.0, "C": 4.0, "D": 8.0, "E": 16.0}), {"one": {}})
    weights = [at(ds, "posture", variant="one", state=state, strategy="bandwagoning", time=20.0) for state in "ABCDE"]
    sign = trend(weights)
    holds = sign < 0 and weights[-1] < 0.99 * weights[0]
    return Finding(holds=holds, figure=f"bandwagoning from weak to strong {listed(weights)}, rank correlation {sign:.1f}")


def claim_042_suspicion_stops_bandwagoning() -> Finding:
    """Middle powers that believe the leader more and more hostile bandwagon less."""
    world = leader_and_others(3, lead=4.0)
    ds = run(world, dial("initial hostility", *({"*": {"L": hostility, "*": 0.2}} for hostility in (0.1, 0.4, 0.7))))
    weights = each(ds, "posture", state="A", strategy="bandwagoning", time=5.0)
    return Finding(holds=falls(weights, 0.05), figure=f"bandwagoning {listed(weights)}")


def claim_043_bandwagoners_are_vulnerable() -> Finding:
    """Those who join have less force of their own; a leader who turns out a predator attacks and despoils them more."""
    ds = joiners()
    force, hazard, loss = (each(ds, name, state="A") for name in ("military_capability", "attack_hazard", "conquest_losses"))
    holds = force[0] < 0.9 * force[1] and hazard[2] > 1.2 * hazard[0] and loss[2] > 1.2 * loss[0]
    figure = (
        f"force {listed(force[:2])} joining or not; benign or predatory leader: "
        f"attacks on joiners {per_mille(hazard[::2])} per mille, losses {listed(loss[::2])}"
    )
    return Finding(holds=holds, figure=figure)


def claim_044_unipoles_reward_and_punish() -> Finding:
    """Bandwagoning of small states beside one pole or among equals, by reward and punishment of 0, .2 and .5.

    It rises with reward; and beside one pole it is greater wherever there is any reward."""
    one, none = (small_ones(POLES[poles], "bandwagoning") for poles in ("one", "none"))
    holds = rises(one) and rises(none) and all(uni > 1.01 * multi for uni, multi in zip(one[1:], none[1:], strict=True))
    return Finding(holds=holds, figure=f"bandwagoning by reward: unipolar {listed(one)}, multipolar {listed(none)}")


def claim_045_flockers_disarm() -> Finding:
    """Two equal states under equal threat, of which A trusts the leader and joins, B suspects him: A arms less."""
    dials = {"reward and punishment": 0.6, "intent weight": 0.0, "pact reassurance": 0.0}
    views = {"A": {"L": 0.0, "*": 0.2}, "B": {"L": 0.9, "*": 0.2}, "*": 0.2}
    ds = run(leader_and_others(2, lead=5.0, parameters=dials), {"one": {"initial hostility": views}})
    threat, burden = ([at(ds, name, variant="one", state=s, time=10.0) for s in "AB"] for name in ("leader_threat", "burden"))
    joined = [at(ds, "posture", variant="one", state=state, strategy="bandwagoning", time=10.0) for state in "AB"]
    holds = abs(threat[0] / threat[1] - 1) < 0.05 and joined[0] > 2 * joined[1] and burden[0] < 0.95 * burden[1]
    return Finding(holds=holds, figure=f"bandwagoning {listed(joined)}, threat {listed(threat)}, burden {listed(burden)}")


def claim_046_a_rival_next_door_sends_for_the_leader() -> Finding:
    """A neighbour's force fitter and fitter to attack, a leader overseas: the pact with him grows while his share stays."""
    ds = run(offshore(), dial("offensive share", *({"R": share, "*": 0.5} for share in (0.3, 0.5, 0.7))))
    threat, pact = (each(ds, name, state="A", other=other, time=10.0) for name, other in (("threat", "R"), ("commitment", "L")))
    share = each(ds, "power_share", state="L", time=10.0)
    holds = rises(threat) and rises(pact, 0.01) and max(share) < 1.02 * min(share)
    return Finding(holds=holds, figure=f"threat {listed(threat)}: pact {listed(pact)}, leader's share {listed(share)}")


def claim_047_distant_patrons_are_preferred() -> Finding:
    """A leader nearer and nearer to a state with a rival next door: the pact with him shrinks, his threat grows."""
    ds = run(offshore(), dial("distance", *(apart("L", away) for away in (8000.0, 4000.0, 2000.0, 1000.0))))
    pact, threat = (each(ds, name, state="A", other="L") for name in ("commitment", "threat"))
    return Finding(holds=falls(pact, 0.05) and rises(threat, 0.05), figure=f"pact {listed(pact)}, threat {listed(threat)}")


def claim_048_the_leader_provides_security() -> Finding:
    """A leader more and more present among his allies: they arm less, and he bears more."""
    ds = run(offshore(initial_pacts=all_with_all("LA")), dial("forward presence", 0.0, 0.5, 1.0))
    burden, cost = each(ds, "burden", state="A", time=15.0), each(ds, "overstretch", state="L", time=15.0)
    holds = falls(burden) and rises(cost, 0.1)
    return Finding(holds=holds, figure=f"ally's burden {listed(burden)}; leader's growth lost {per_mille(cost)} per mille")


def promises() -> xr.Dataset:
    """Four states allied against a leader, by what their promises are worth."""
    return run(coalition(), dial("alliance reliability", 0.2, 0.4, 0.6, 0.9))


def claim_049_allies_spare_arms() -> Finding:
    """Promises worth more and more: others arm less and are no less safe."""
    ds = promises()
    burden, hazard = (each(ds, name, state="A", time=20.0) for name in ("burden", "attack_hazard"))
    holds = falls(burden) and max(hazard) <= hazard[0]
    return Finding(holds=holds, figure=f"burden {listed(burden)}, attacks {per_mille(hazard)} per mille")


def claim_050_pacts_deter_and_autonomy_cuts_both_ways() -> Finding:
    """Promises worth more and more: less war; autonomy from the leader, and the say of each among its partners, beside it."""
    ds = promises()
    hazard, autonomy = each(ds, "war_hazard", time=20.0), each(ds, "autonomy", state="A", time=20.0)
    say = each(ds, "influence", state="A", time=20.0)
    figure = f"war {per_mille(hazard)} per mille; autonomy {listed(autonomy)}, but say among partners {listed(say)}"
    return Finding(holds=falls(hazard, 0.05), figure=figure)


def claim_051_pacts_widen_the_basin() -> Finding:
    """Equal states, one a maximiser suddenly stronger: the share from which he rather bids than not, by worth of promises."""
    levels = (2.0, 4.0, 8.0, 12.0, 16.0, 24.0)
    needed = [share_that_bids(all_with_all("ABCD"), worth, levels) for worth in (0.2, 0.5, 0.8)]
    return Finding(holds=rises(needed), figure=f"share at which a shock tips the system {listed(needed)}")


def share_that_bids(pacts: Table, worth: float, levels: tuple[float, ...]) -> float:
    """Share of all force at which a power maximiser L bids with propensity one half within five years, the others so allied."""
    dials = {"initial pacts": pacts, "alliance reliability": worth, "revisionism": {"L": 1.0, "*": 0.0}}
    world = leader_and_others(4, lead=1.0, distance=700.0, years=5.0, parameters=dials)
    ds = run(world, dial("initial military spending", *({"L": 30.0 * level, "*": 30.0} for level in levels)))
    bids = [float(bid) for bid in ds["hegemonic_bid"].sel(state="L").max("time")]
    level = crossing(levels, bids, 0.5)
    return level / (level + 4) if level < np.inf else 1.0


def claim_052_cohesion_is_a_product() -> Finding:
    """Reliability, interoperability, predictability and credibility at 0, one half and 1: the force that allies add."""
    names = ("alliance reliability", "interoperability", "predictability", "initial credibility")
    added = {name: each(run(coalition(), dial(name, 0.0, 0.5, 1.0)), "support", state="A", time=0.0) for name in names}
    holds = all(values[0] < 1e-9 and rises(values, 0.05) for values in added.values())
    return Finding(holds=holds, figure="; ".join(f"{name} {listed(values)}" for name, values in added.items()))


def claim_053_promises_deter() -> Finding:
    """Promises worth .2 and .9: fewer attacks, and no more expense."""
    ds = run(coalition(), dial("alliance reliability", 0.2, 0.9))
    hazard, burden = (each(ds, name, state="A", time=10.0) for name in ("attack_hazard", "burden"))
    holds = hazard[1] < 0.9 * hazard[0] and burden[1] < 1.02 * burden[0]
    return Finding(holds=holds, figure=f"attacks {per_mille(hazard)} per mille, burden {listed(burden)}")


def claim_054_uncertainty_spreads_the_portfolio() -> Finding:
    """The entropy of the posture under a more and more uncertain future."""
    ds = run(leader_and_others(4), dial("future uncertainty", 0.0, 0.2, 0.5, 1.0))
    weights = ds["posture"].sel(state="A", time=20.0)
    entropy = [float(value) for value in -(weights * np.log(weights)).sum("strategy")]
    return Finding(holds=rises(entropy, 0.01), figure=f"entropy {listed(entropy)}")


def claim_055_offshore_balancers_come_when_called() -> Finding:
    """A larger and larger rival next door, the leader offshore or present: when he comes, and what it costs him."""
    shares = (1 / 3, 1 / 2, 2 / 3, 4 / 5, 9 / 10)
    worlds = [offshore(share / (1 - share), patron=6.0, initial_pacts=all_with_all("LA")) for share in shares]
    runs = [run(world, dial("forward presence", 0.0, 1.0)) for world in worlds]
    engaged = [at(ds, "engagement", variant="at-0", state="A", other="L", time=5.0) for ds in runs]
    costs = [each(ds, "overstretch", state="L", time=5.0) for ds in runs]
    holds = max(engaged[:3]) < 0.05 and engaged[-1] > 0.5 and all(off < 0.95 * on for off, on in costs)
    figure = f"engaged {listed(engaged)} at a rival's share of {listed(shares)}; cost in calm {per_mille(costs[0])} per mille"
    return Finding(holds=holds, figure=figure)


def claim_056_pacts_raise_the_threshold_of_a_bid() -> Finding:
    """The share from which a power maximiser is likelier to bid than not, the others without and with pacts."""
    levels = (2.0, 4.0, 8.0, 12.0, 16.0, 24.0)
    shares = [share_that_bids(pacts, 0.6, levels) for pacts in ({"*": {"*": 0.0}}, all_with_all("ABCD"))]
    return Finding(holds=rises(shares), figure=f"threshold share {listed(shares)} without and with pacts")


def claim_057_institutions_save_friction() -> Finding:
    """The majors of 1992 with institutions none, half, nearly full: counter-coalition, and the leader's share as in claim 8."""
    ds = run(base_year("unipole_1992"), dial("institutionalisation", 0.0, 0.4, 0.8))
    share, pooled = ds["leader_share"], [float(ratio) for ratio in ds["counter_coalition_ratio"].max("time")]
    peak, spell = [float(top) for top in share.max("time")], [float(years) for years in (share >= 0.5).sum("time")]
    figure = f"counter-coalition {listed(pooled)}; peak share {listed(peak)}; years above .5 {listed(spell)}"
    return Finding(holds=rises(pooled) and falls(peak, 0.005) and falls(spell), figure=figure)


def claim_058_interoperability_pools() -> Finding:
    """Interoperability none, half and full: how far the pooled force moves from the largest ally's towards the sum of all."""
    ds = run(coalition(), dial("interoperability", 0.0, 0.5, 1.0))
    own, pooled = (each(ds, name, state="A", time=5.0) for name in ("military_capability", "pooled_capability"))
    way = [(force / one - 1) / 3 for one, force in zip(own, pooled, strict=True)]
    return Finding(holds=abs(way[0]) < 1e-9 and rises(way, 0.1), figure=f"share of the way {listed(way)}")


def claim_059_equal_burdens_relieve_the_leader() -> Finding:
    """An alliance of one great and three small states against a great rival, without and with a rule of equal burdens."""
    world = sized({"P": 6.0, "A": 1.0, "B": 1.0, "C": 1.0, "R": 5.0}, initial_pacts=all_with_all("PABC"))
    ds = run(world, dial("burden sharing", 0.0, 0.5, 1.0))
    leader, small = (each(ds, "burden", state=state, time=20.0) for state in "PA")
    total = [float(force) for force in ds["military_capability"].sel(state=list("PABC"), time=20.0).sum("state") / 1000]
    figure = f"thousands of force {listed(total)}, burden of the leader {listed(leader)}, of others {listed(small)}"
    return Finding(holds=rises(total, 0.01) and falls(leader, 0.01), figure=figure)


def claim_060_sanctions_pay_by_asymmetry_only() -> Finding:
    """A smaller, equal or larger state sanctions another for 20 years: output of the sender over the target's, against none."""
    gains = [100 * relative_gain(size) for size in (1 / 3, 1.0, 3.0)]
    smaller, equal, larger = gains
    holds = smaller < -2 and abs(equal) < 0.5 and larger > 2
    return Finding(holds=holds, figure=f"relative gain of the sender in percent {smaller:.1f}, {equal:.1f}, {larger:.1f}")


def relative_gain(size: float) -> float:
    """What a sender of this size, over the target's, gains on it by 20 years of sanctions and nothing else; both lose."""
    world = sized({"A": size, "B": 1.0}, years=20.0, asymmetric_drain=0.0, proxy_effectiveness=0.0)
    ds = run(world, dial("dispute", 0.0, {"A": {"B": 1.0, "*": 0.0}, "*": 0.0}))
    sender, target = (each(ds, "economy", state=state) for state in "AB")
    assert sender[1] < sender[0] and target[1] < target[0]
    return (sender[1] / target[1]) / (sender[0] / target[0]) - 1


def claim_061_ties_are_split_as_the_region_evens() -> Finding:
    """A middle power between two great ones that draw level: its ties go to both more and more evenly."""
    worlds = [sized({"L": 4.0, "R": 4.0 * level, "A": 1.0}) for level in (0.25, 0.5, 0.75, 1.0)]
    ties = [[alone(world, "commitment", state="A", other=other, time=20.0) for other in "LR"] for world in worlds]
    even = [min(pair) / max(pair) for pair in ties]
    return Finding(holds=rises(even, 0.01), figure=f"lesser over greater tie {listed(even)}")


def claim_062_the_alliance_of_1950_deters() -> Finding:
    """1950 to 1990 without alliances and with reliable ones: greatest Soviet share of the force of the four in Europe."""
    ds = run(base_year("bipolar_1950", years=40.0), dial("alliance reliability", 0.0, 0.8))
    force = ds["military_capability"].sel(state=["RUS", "USA", "GBR", "FRA"])
    none, allied = (float(share) for share in (force / force.sum("state")).sel(state="RUS").max("time"))
    return Finding(holds=none > 0.5 > allied, figure=f"greatest Soviet share {none:.2f} without alliances, {allied:.2f} with")


def claim_063_aggression_is_too_costly() -> Finding:
    """Two hostile blocs whose promises are worth more and more: danger that one attacks a member of the other."""
    danger = each(run(blocs(), dial("alliance reliability", 0.2, 0.5, 0.9)), "dyadic_danger", state="A", other="C", time=10.0)
    return Finding(holds=falls(danger, 0.05), figure=f"danger {listed(danger)}")


def claim_064_neighbours_of_a_riser_ally() -> Finding:
    """Asia from 1992 with slow or fast growth of China: pacts of Japan and India with the USA, and how late they follow."""
    growth = [{"CHN": advantage, "*": 0.0} for advantage in (0.0, 0.057)]
    ds = run(base_year("unipole_1992", years=40.0), dial("initial growth advantage", *growth))
    pacts = [each(ds, "commitment", state=state, other="USA") for state in ("JPN", "IND")]
    lag = half_way(ds["commitment"].sel(state="JPN", other="USA")) - half_way(ds["power_share"].sel(state="CHN"))
    holds = all(rises(pair, 0.01) for pair in pacts) and lag >= 1
    return Finding(holds=holds, figure=f"pacts {listed(pacts[0])} and {listed(pacts[1])}; {lag:.0f} years after the share")


def half_way(values: xr.DataArray) -> float:
    """Years until the second variant is half as far from the first as it ends."""
    gap = values.isel(variant=1) - values.isel(variant=0)
    return float(np.argmax(gap.values >= gap.values[-1] / 2))


def claim_065_more_poles_more_buck_passing() -> Finding:
    """Two or five equal great powers: how far they pass the buck, and how fast their pacts come and go."""
    worlds = [sized(dict.fromkeys(names, 1.0)) for names in ("PQ", "PQRST")]
    passed = [alone(world, "posture", state="P", strategy="buck passing", time=20.0) for world in worlds]
    runs = [run(world, {"one": {}}) for world in worlds]
    flows = [(ds["commitment_formation"] + ds["commitment_decay"]).sel(state="P").sum("other").mean() for ds in runs]
    churn = [float(flow) for flow in flows]
    figure = f"two and five poles: buck-passing {listed(passed)}, churn {listed(churn)} a year"
    return Finding(holds=rises(passed) and rises(churn), figure=figure)


def claim_066_entrapment_is_the_price_of_deterrence() -> Finding:
    """Two hostile blocs whose promises are worth more and more: fewer attacks, more wars of others."""
    ds = run(blocs(), dial("alliance reliability", 0.2, 0.4, 0.6, 0.9))
    trapped, attacked = (each(ds, name, state="A", time=10.0) for name in ("entrapment_hazard", "attack_hazard"))
    figure = f"entrapment {per_mille(trapped)} per mille, attacks {per_mille(attacked)}"
    return Finding(holds=rises(trapped, 0.05) and falls(attacked, 0.05), figure=figure)


def claim_067_protection_crowds_out_reform() -> Finding:
    """Two equal states beside a leader, A his ally and B at odds with him: growth, burden and dependence over forty years."""
    dials = {"initial pacts": all_with_all("LA"), "interest gap": between("L", "B", 1.0, 0.0)}
    ds = run(leader_and_others(2, lead=6.0, parameters=dials)).mean("time").sel(state=["A", "B"])
    growth, burden, dependence = (ds[name].values.tolist() for name in ("economic_growth", "burden", "dependence"))
    figure = (
        f"protected or not: growth {per_mille(growth)} per mille, burden {listed(burden)}, dependence {dependence[0]:.2f}, 0"
    )
    return Finding(holds=falls(reversed(growth), 0.01), figure=figure)


def claim_068_overconfident_allies() -> Finding:
    """Two rival blocs, defence or offence dominant, promises worth more and more: war between the blocs, and within them."""
    worlds = [blocs(offence_advantage=offence) for offence in (0.0, 1.0)]
    (defence, _), (offence, within) = (wars(run(world, dial("alliance reliability", 0.2, 0.5, 0.9))) for world in worlds)
    figure = f"war between the blocs with defence {per_mille(defence)} per mille, with offence {per_mille(offence)}"
    return Finding(holds=falls(defence) and rises(offence, 0.01), figure=f"{figure}, within them {per_mille(within)}")


def wars(ds: xr.Dataset) -> tuple[list[float], list[float]]:
    """Hazard of war between A or B and C or D after ten years, and of any other, by variant."""
    danger, war = (ds[name].sel(time=10.0) for name in ("dyadic_danger", "war_hazard"))
    sides = [(list("AB"), list("CD")), (list("CD"), list("AB"))]
    across = sum(danger.sel(state=one, other=other).sum(("state", "other")) for one, other in sides)
    between = war * across / danger.sum(("state", "other"))
    return between.values.tolist(), (war - between).values.tolist()


def claim_069_clear_terms() -> Finding:
    """Two hostile blocs whose promises hold for defence more and more: deterrence stays, entrapment shrinks."""
    ds = run(blocs(), dial("conditionality", 0.0, 0.5, 1.0))
    trapped, attacked = (each(ds, name, state="A", time=10.0) for name in ("entrapment_hazard", "attack_hazard"))
    figure = f"entrapment {per_mille(trapped)} per mille, attacks {per_mille(attacked)}"
    return Finding(holds=falls(trapped, 0.05) and max(attacked) <= attacked[0], figure=figure)


def claim_070_pacts_need_common_interests() -> Finding:
    """Two pacts without a threat near, interests more and more apart: years until half of a promise is gone."""
    ds = run(blocs(years=60.0, distance=8000.0), dial("interest gap", 0.3, 0.5, 0.7, 0.9))
    pact = ds["commitment"].sel(state="A", other="B")
    half = [crossing(ds["time"].values, 1 - values / values[0], 0.5) for values in pact.values]
    return Finding(holds=falls(half, 0.1) and half[0] < np.inf, figure=f"half-life {listed(half)} years")
