"""Small worlds for the flagship lie with its tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "flagship"))
