"""Claims 1 to 35: the definition of balancing, hard balancing, targeted, asymmetric and soft balancing, leash-slipping."""

from findings import Finding
from worlds import at, leader_and_others, run


def claim_007_soft_balancing_undermines_leverage_and_leaves_power() -> Finding:
    """Soft balancing that bites easily or hardly at all: leverage falls, force and share stay within one percent."""
    world = leader_and_others(4, lead=3.0, parameters={"stopping power of water": 0.6})
    ds = run(world, {"weak": {"soft balancing effectiveness": 0.0}, "strong": {"soft balancing effectiveness": 1.0}})
    leverage = [at(ds, "usable_leverage", variant=variant, state="L") for variant in ("weak", "strong")]
    share = [at(ds, "power_share", variant=variant, state="L") for variant in ("weak", "strong")]
    holds = leverage[1] < 0.95 * leverage[0] and abs(share[1] / share[0] - 1) < 0.01
    return Finding(holds=holds, figure=f"leverage {leverage[0]:.2f} to {leverage[1]:.2f}, share {share[0]:.3f} to {share[1]:.3f}")
