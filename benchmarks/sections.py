"""Puts what was measured into its section of `benchmarks/README.md`."""

import os
import sys
from pathlib import Path

README = Path(__file__).resolve().parent / "README.md"


def put(heading: str, text: str) -> None:
    """Replace what stands under a heading of the second level, or append the section."""
    before, _, rest = README.read_text("utf-8").partition(f"\n## {heading}\n")
    after = rest.partition("\n## ")[2]
    new = f"{before.rstrip()}\n\n## {heading}\n\n{text.strip()}\n"
    README.write_text(new + (f"\n## {after}" if after else ""), encoding="utf-8")


def measured_by(command: str) -> str:
    """How and where figures were got, to stand above them."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return (
        f"Measured by `python benchmarks/{command} --write`,\n"
        f"Python {version}, {os.cpu_count()} cores, under a load of {os.getloadavg()[0]:.1f}."
    )
