"""Whether pip would fetch anything more for the project and all its extras than is installed.

Run where the lock and the project are installed: what pip would fetch, the lock lacks.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Say what is missing; 1 if anything is."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = ",".join(project["optional-dependencies"])
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--report=-"]
    command += ["--no-build-isolation", f"{ROOT}[{extras}]"]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    wanted = {entry["metadata"]["name"] for entry in report["install"]} - {project["name"]}
    for name in sorted(wanted):
        sys.stderr.write(f".ci/requirements.txt lacks {name}, or has a version that will not do\n")
    return bool(wanted)


if __name__ == "__main__":
    sys.exit(main())
