"""CPU seconds of one variant of the flagship: 100 years, LSODA at rtol 1e-6, without imports."""

import statistics
from pathlib import Path
from time import process_time

from sdrun.preparation import prepare
from sdrun.solve import integrate

SCENARIO = Path(__file__).parents[1] / "scenarios" / "waltz_vs_mearsheimer.toml"


def main() -> None:
    prepared = prepare(SCENARIO)
    print("| variant | CPU s, median of 3 | calls of the right-hand side |\n|---|---|---|")
    for case, system, setup in zip(prepared.scenario.cases, prepared.systems, prepared.setups, strict=True):
        integrate(system, setup)
        seconds = []
        for _ in range(3):
            began = process_time()
            history = integrate(system, setup)
            seconds.append(process_time() - began)
        print(f"| {case.name} | {statistics.median(seconds):.2f} | {history.evaluations} |")


if __name__ == "__main__":
    main()
