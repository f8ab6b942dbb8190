"""One dial at 0 removes one mechanism, exactly."""

from collections.abc import Mapping

import numpy as np
import pytest
import xarray as xr
from loops import together, values
from small_worlds import THREE, scalar_dials, system, tables, world

from sdrun.bind import with_subscripts
from sdrun.compile.links import Links, links
from sdrun.model import Model, name_id
from sdrun.read import read_scenario
from sdrun.system import System

STRATEGIES = (
    "internal balancing",
    "external balancing",
    "targeted balancing",
    "soft balancing",
    "leash slipping",
    "regional balancing",
    "buck passing",
    "neutrality",
    "bandwagoning",
)


def compiled() -> System:
    return system(("A", "B", "C"))


def test_without_responsiveness_nothing_is_balanced() -> None:
    ds = world(variants={"off": {"balancing responsiveness": 0.0}, "on": {"balancing responsiveness": 0.3}})
    off, on = ds.sel(variant="off"), ds.sel(variant="on")
    start = off.isel(time=0)
    np.testing.assert_array_equal(off["burden"], start["burden"].broadcast_like(off["burden"]))
    assert bool((off["commitment"].diff("time") <= 0).all())
    assert float(abs(on["burden"] - off["burden"]).max()) > 0.005
    assert float((on["commitment"] - off["commitment"]).max()) > 0.01


ACTIVE = {
    **THREE,
    "power appetite": 0.9,
    "overstretch cost": 0.005,
    "bid cost": 0.0,
    "cost of failure": 0.0,
    "interest gap": 0.2,
    "probes": 0.1,
    "trade diversion": 0.005,
}
"""A world in which every mechanism does something."""

SWITCHES: Mapping[str, tuple[float, Mapping[str, float]]] = {
    "alliance reliability": (0, {"commitment": 0, "cohesion": 0, "prospective coalition": 0}),
    "asymmetric drain": (0, {"diverted burden": 0}),
    "basing denial": (0, {"access": 1}),
    "bloc weight": (0, {"bloc force": 0}),
    "burden sharing": (1, {"free riding in pacts": 0}),
    "conquest rate": (0, {"conquest": 0, "spoils": 0, "conquest losses": 0}),
    "cost of war": (1, {"hazard scale": 0}),
    "enforcement": (1, {"exposure": 0, "hazard scale": 0}),
    "force quality elasticity": (0, {"force quality": 1}),
    "forward presence": (1, {"engagement": 1, "patronage": 1}),
    "free riding": (0, {"free riding in pacts": 0}),
    "growth diffusion": (0, {"catch up": 0}),
    "growth read as intent": (0, {"rise": 0}),
    "interoperability": (0, {"cohesion": 0, "support": 0}),
    "overstretch cost": (0, {"overstretch": 0}),
    "position weight": (0, {"position to keep": 0}),
    "power appetite": (0, {"appetite": 0, "hegemonic bid": 0}),
    "predictability": (0, {"cohesion": 0, "support": 0}),
    "proxy effectiveness": (0, {"proxy losses": 0}),
    "sanctions effectiveness": (0, {"sanctions loss": 0}),
    "security provision": (0, {"extended deterrence": 0}),
    "soft balancing effectiveness": (0, {"contestation": 0}),
    "trade diversion": (0, {"trade bloc gain": 0}),
    "tribute rate": (0, {"tribute paid": 0, "tribute received": 0}),
}
"""Dial -> where it is off, and what its mechanism is then, everywhere and always."""

ENTERS: Mapping[str, set[str]] = {
    "alliance reliability": {"prospective coalition", "commitment", "commitment formation"},
    "asymmetric drain": {"diverted burden"},
    "basing denial": {"access"},
    "bloc weight": {"bloc force"},
    "burden sharing": {"free riding in pacts", "desired burden"},
    "conquest rate": {"conquest"},
    "cost of war": {"value of a bid", "attraction", "hazard scale"},
    "enforcement": {"hazard scale", "exposure"},
    "force quality elasticity": {"force quality"},
    "forward presence": {"engagement", "patronage"},
    "free riding": {"free riding in pacts"},
    "growth diffusion": {"catch up"},
    "growth read as intent": {"rise"},
    "interoperability": {"cohesion"},
    "overstretch cost": {"overstretch"},
    "position weight": {"position to keep"},
    "power appetite": {"appetite"},
    "predictability": {"cohesion"},
    "proxy effectiveness": {"proxy losses", "attraction"},
    "sanctions effectiveness": {"sanctions loss", "attraction"},
    "security provision": {"extended deterrence"},
    "soft balancing effectiveness": {"contestation", "attraction"},
    "trade diversion": {"trade bloc gain"},
    "tribute rate": {"tribute paid"},
    "acceptance": {"accepted share"},
    "autonomy weight": {"attraction"},
    "balancing responsiveness": {"burden", "commitment formation", "commitment decay"},
    "buck passing": {"attraction"},
    "complacency": {"economic growth"},
    "conditionality": {"attacking force", "entrapment hazard"},
    "cost of a test": {"credibility"},
    "cost of balancing": {"price of opposition"},
    "crowding out": {"economic growth"},
    "delegitimation": {"rightful conduct"},
    "differentiation": {"hostile signal"},
    "divergence cost": {"commitment decay"},
    "emboldenment": {"attacking force"},
    "fait accompli": {"timely force"},
    "flocking": {"mobilisation"},
    "future uncertainty": {"sharpness", "risk of predation"},
    "generality of alliances": {"common purpose"},
    "hostility formation": {"hostility"},
    "insecurity drag": {"economic growth"},
    "institutional efficiency": {"commitment formation"},
    "intent weight": {"intentions"},
    "latent power weight": {"usable leverage"},
    "leash effort": {"mobilisation"},
    "misperception": {"perceived capability"},
    "momentum": {"attraction"},
    "mutual support": {"attraction"},
    "pact reassurance": {"intentions", "hostility", "motive"},
    "piecemeal": {"opposing force"},
    "primacy effort": {"primacy"},
    "private benefits": {"security gap"},
    "probing": {"tests"},
    "resentment": {"commitment decay"},
    "reward and punishment": {"attraction", "patronage", "price of opposition", "tribute paid"},
    "risk aversion": {"prospective coalition"},
    "security dilemma": {"hostile signal"},
    "slighting of the weak": {"coalition gain"},
    "uncertainty": {"hostile signal"},
    "unilateralism": {"legitimacy", "rightful conduct"},
    "variance of reliability": {"prospective coalition"},
}
"""Dial -> all equations that it enters."""


WITHIN: Mapping[str, tuple[float, str, str]] = {
    "acceptance": (0, "accustomed share", "accepted share"),
    "autonomy weight": (0, "influence", "attraction"),
    "balancing responsiveness": (0, "decided burden", "burden"),
    "buck passing": (0, "others able", "attraction"),
    "complacency": (0, "dependence", "economic growth"),
    "conditionality": (1, "support", "attacking force"),
    "cost of a test": (0, "tests", "credibility"),
    "crowding out": (0, "burden", "economic growth"),
    "delegitimation": (0, "contestation", "rightful conduct"),
    "differentiation": (1, "burden", "hostile signal"),
    "divergence cost": (0, "interest gap", "commitment decay"),
    "emboldenment": (0, "support", "attacking force"),
    "fait accompli": (0, "offence advantage", "timely force"),
    "flocking": (0, "posture, bandwagoning", "mobilisation"),
    "generality of alliances": (1, "shared threat", "common purpose"),
    "hostility formation": (0, "hostile signal", "hostility"),
    "insecurity drag": (0, "war hazard", "economic growth"),
    "institutional efficiency": (0, "institutionalisation", "commitment formation"),
    "intent weight": (0, "hostility", "intentions"),
    "latent power weight": (0, "economy share", "usable leverage"),
    "leash effort": (0, "posture, leash slipping", "mobilisation"),
    "momentum": (0, "perceived following", "attraction"),
    "mutual support": (0, "perceived coordination", "attraction"),
    "pact reassurance": (0, "commitment", "intentions"),
    "piecemeal": (0, "solidarity", "opposing force"),
    "private benefits": (1, "reliance", "security gap"),
    "probing": (0, "hegemonic bid", "tests"),
    "resentment": (0, "free riding in pacts", "commitment decay"),
    "reward and punishment": (0, "leader focus", "price of opposition"),
    "risk aversion": (0, "variance of reliability", "prospective coalition"),
    "security dilemma": (0, "burden", "hostile signal"),
    "slighting of the weak": (0, "solo capacity", "coalition gain"),
    "unilateralism": (0, "leadership", "rightful conduct"),
    "variance of reliability": (0, "risk aversion", "prospective coalition"),
}
"""Dial of a mechanism within an equation -> where it is off, and the link (from, to) that is gone then."""

PLAIN = {"cost of balancing", "future uncertainty", "misperception", "primacy effort", "uncertainty"}
"""Dials whose mechanism is the dial itself, added or multiplied as it stands: at 0 there is nothing left of it."""

SHAPES = (
    """
acceptable gap, activation threshold, activation width, alliance half life, autonomy time, balancing collapse share,
balancing delay, balancing onset share, bargaining time, base war hazard, bid cost, bid sharpness, choice sharpness,
coordination width, cost of failure, credibility recovery time, demographic transition time, dependence threshold,
dependence width, frontier growth, growth advantage half life, habituation time, hostility memory, institutionalisation,
intent spread, largest proxy drain, largest sanctions loss, leadership sharpness, legitimacy time, lone floor, lone
share, lone width, loss of strength distance, loss of strength exponent, maximum burden, military depreciation, minimum
burden, noticeable growth, noticeable threat, offence advantage, parity width, predatory intent, sender cost, social
hurdle, soft balancing threshold, stopping power of water, symmetry exponent, tolerated mismatch, war hazard form,
window width
""".replace("\n", " ")
    .strip()
    .split(", ")
)
"""Dials that shape a mechanism and do not switch it."""


@pytest.fixture(scope="module")
def switched() -> xr.Dataset:
    """The active world as it is, and with each switch alone turned off."""
    dials = {name_id(name): {name: float(off)} for name, (off, _) in SWITCHES.items()}
    return world(parameters=ACTIVE, variants={"on": {}, **dials}, years=10.0, step=1.0)


@pytest.mark.parametrize("dial", SWITCHES)
def test_a_switch_removes_its_effect(switched: xr.Dataset, dial: str) -> None:
    for effect, neutral in SWITCHES[dial][1].items():
        values = switched[name_id(effect)]
        off, on = (values.sel(variant=which).where(~on_diagonal(values), neutral) for which in (name_id(dial), "on"))
        np.testing.assert_array_equal(off, np.full(off.shape, float(neutral)), err_msg=effect)
        assert float(abs(on - neutral).max()) > 1e-9, f"{effect} does nothing in the active world"


def on_diagonal(values: xr.DataArray) -> xr.DataArray:
    """Where a pair is a state and itself."""
    pair = {"state", "other"} <= set(values.dims)
    return values["state"] == values["other"] if pair else xr.zeros_like(values.isel(variant=0, drop=True), dtype=bool)


@pytest.fixture(scope="module")
def linked(flagship: Model) -> tuple[Links, list[str]]:
    """The links in the active world as it is ("on") and with each dial of `WITHIN` alone at its end, a moment of each."""
    model = with_subscripts(flagship, read_scenario(tables(parameters=ACTIVE)).cases[0])
    dials = {name_id(name): {name: float(off)} for name, (off, _, _) in WITHIN.items()}
    parameters = {**ACTIVE, "interest gap": 0.2, "defection": 0.05, "probes": 0.2}
    ds = world(parameters=parameters, variants={"on": {}, **dials}, years=10.0, step=1.0)
    names = [str(variant) for variant in ds["variant"].values]
    return links(model, together([values(model, ds.sel(variant=name), (6.0,)) for name in names])), names


@pytest.mark.parametrize("dial", WITHIN)
def test_a_dial_at_its_end_removes_the_link(linked: tuple[Links, list[str]], dial: str) -> None:
    among, names = linked
    _, source, reader = WITHIN[dial]
    wanted = {name_id(part) for part in source.split(", ")}
    slopes = [
        np.broadcast_to(slope, (len(names),))
        for element, sources in among.items()
        for read, slope in sources.items()
        if element[0] == name_id(reader) and read[0] == name_id(source.split(", ")[0]) and wanted <= {read[0], *read[1]}
    ]
    found = np.abs(np.array(slopes))
    assert found[:, names.index("on")].max() > 0
    np.testing.assert_array_equal(found[:, names.index(name_id(dial))], 0.0)


@pytest.mark.parametrize("dial", ENTERS)
def test_a_dial_enters_its_mechanism_and_no_other(dial: str) -> None:
    """Nothing else can change but through the equations listed."""
    assert {slot.label for slot in compiled().recorded if name_id(dial) in slot.inputs} == ENTERS[dial]


def test_every_dial_is_a_switch_or_shapes_one(flagship: Model) -> None:
    """No mechanism without its switch: what is no switch is a rate, a time, a width, a threshold or a scale."""
    assert {*SWITCHES, *WITHIN, *PLAIN} == set(ENTERS)
    assert {*ENTERS, *SHAPES} == {label for label, _, _ in scalar_dials(flagship).values()}


def test_at_the_start_only_what_follows_from_the_mechanism_differs(switched: xr.Dataset) -> None:
    """The first instant, before anything has acted back: variables not downstream of the dial are the same to the last bit."""
    inputs = {slot.id: set(slot.inputs) for slot in compiled().recorded}
    start, compared = switched.isel(time=0), 0
    for dial in SWITCHES:
        downstream = {name_id(dial)}
        while more := {id_ for id_, reads in inputs.items() if reads & downstream} - downstream:
            downstream |= more
        for name in inputs.keys() - downstream:
            if "variant" in start[name].dims:
                np.testing.assert_array_equal(
                    start[name].sel(variant=name_id(dial)), start[name].sel(variant="on"), err_msg=f"{dial}: {name}"
                )
                compared += 1
    assert compared > 200


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_strategy_can_be_taken_out_of_the_repertoire(strategy: str) -> None:
    ds = world(variants={"without": {"availability": {strategy: 0.0, "*": 1.0}}, "with": {}}, years=10.0)
    np.testing.assert_array_equal(ds["posture"].sel(variant="without", strategy=strategy), 0.0)
    np.testing.assert_allclose(ds["posture"].sel(variant="without").sum("strategy"), 1.0, rtol=0, atol=1e-9)
    assert float(ds["posture"].sel(variant="with", strategy=strategy).min()) > 0


def test_an_enforced_order_leaves_nothing_to_fear() -> None:
    ds = world(parameters={**THREE, "enforcement": 1.0})
    assert float(ds["exposure"].max()) == 0.0
    assert float(ds["war_hazard"].max()) == 0.0


def test_soft_balancing_takes_leverage_and_leaves_power() -> None:
    """Usable leverage falls as more states than the threshold join in; the leader's share of power does not."""
    ds = world(variants={"rare": {"soft balancing threshold": 10.0}, "easy": {"soft balancing threshold": 0.0}})
    rare, easy = ds.sel(variant="rare"), ds.sel(variant="easy")
    assert bool((easy["usable_leverage"].sel(state="A") < rare["usable_leverage"].sel(state="A")).all())
    np.testing.assert_allclose(easy["leader_share"], rare["leader_share"], rtol=0.01)


def test_without_delegitimation_soft_balancing_leaves_power_exactly_alone() -> None:
    other_ways = ("delegitimation", "trade diversion", "mutual support", "complacency", "basing denial", "insecurity drag")
    parameters = {**THREE, **dict.fromkeys(other_ways, 0.0), "availability": {"leash slipping": 0.0, "*": 1.0}}
    thresholds = {"rare": {"soft balancing threshold": 10.0}, "easy": {"soft balancing threshold": 0.0}}
    ds = world(parameters=parameters, variants=thresholds)
    np.testing.assert_array_equal(ds["power_share"].sel(variant="easy"), ds["power_share"].sel(variant="rare"))


def test_growth_only_is_growth_only(headline: xr.Dataset) -> None:
    """Economy and capability of the growth-only run against an integration of the growth equations alone, written here anew."""
    from scipy.integrate import solve_ivp

    run = headline.sel(variant="growth_only")
    start, n = run.isel(time=0), run.sizes["state"]
    burden, delta = start["burden"].values, float(run["military_depreciation"])

    def rates(t: float, y: np.ndarray) -> np.ndarray:
        economy, people, force, births, advantage = y.reshape(5, n)
        relative = economy / people / (economy / people).max()
        gap = -np.log(relative)
        growth = 0.017 + 0.009 * (gap - (1 - np.exp(-gap))) + advantage + births - 0.1 * burden
        return np.concatenate(
            (
                economy * growth,
                people * births,
                burden * economy * relative**0.35 - delta * force,
                births / -25,
                advantage * -np.log(2) / 20,
            )
        )

    names = ("economy", "population", "military_capability", "population_growth", "growth_advantage")
    y0 = np.concatenate([start[name].values for name in names])
    solution = solve_ivp(rates, (0, 100), y0, rtol=1e-10, atol=1e-10, t_eval=[8.0, 24.0, 60.0, 100.0])
    economy, _, force, _, _ = solution.y.reshape(5, n, 4)
    at = run.sel(time=[2000.0, 2016.0, 2052.0, 2092.0])
    np.testing.assert_allclose(at["economy"], economy, rtol=1e-3)
    np.testing.assert_allclose(at["military_capability"], force, rtol=1e-3)
