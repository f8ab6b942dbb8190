"""Makes `studies` importable: tests are imported by path."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
