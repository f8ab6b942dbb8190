"""Samples on which PRIM is compared with ema_workbench 2.5.3 (BSD), whose way on them lies in prim_ema_workbench.json.

Run as a script where that version is installed (it takes Python 3.11), it writes that file anew.
"""

import json
from pathlib import Path

import numpy as np

KEPT = Path(__file__).with_suffix("").with_name("prim_ema_workbench.json")


def samples(name: str) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Factors by name, and which rows are cases."""
    rng = np.random.default_rng(20261126)
    size = 1500
    x: dict[str, np.ndarray] = {f"x{number}": row for number, row in enumerate(rng.random((5, size)))}
    x["theory"] = rng.choice(["gilpin", "mearsheimer", "walt", "waltz"], size)
    noise = rng.random(size) < 0.03
    if name == "grid":
        x["x0"], x["x1"] = np.round(4 * x["x0"]), np.round(9 * x["x1"]) / 9
        return x, ((x["x0"] >= 2) & (x["x1"] < 0.6)) ^ noise
    if name == "sum":
        return x, (x["x0"] + x["x1"] ** 2 + 0.3 * (x["theory"] == "waltz") > 1.3) ^ noise
    return x, ((x["x0"] > 0.5) & (x["x1"] < 0.7) & (x["x1"] > 0.2) & np.isin(x["theory"], ["walt", "waltz"])) ^ noise


NAMES = ("box", "sum", "grid")


if __name__ == "__main__":
    import pandas as pd
    from ema_workbench.analysis.prim import Prim

    kept = {}
    for name in NAMES:
        x, cases = samples(name)
        box = Prim(pd.DataFrame(x), cases.astype(int), threshold=0.5, peel_alpha=0.05, mass_min=0.05).find_box()
        last = box.box_lims[-1]
        way = box.peeling_trajectory[["mass", "density", "coverage", "res_dim"]].to_numpy().tolist()
        numbers = {key: last[key].tolist() for key in x if key != "theory"}
        kept[name] = {"way": way, "last": {**numbers, "theory": sorted(last["theory"][0])}}
    KEPT.write_text(json.dumps(kept, indent=None) + "\n", encoding="utf-8")
