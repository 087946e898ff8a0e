"""Print the lowest versions that pyproject.toml declares, as pip's constraints.

Of the runtime dependencies, and of pandas, whose frames isthmus takes without depending on it.
"""

import re
import sys
import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
tests = project["optional-dependencies"]["test"]
frames = [requirement for requirement in tests if requirement.startswith("pandas")]
for requirement in project["dependencies"] + frames:
    bounded = re.fullmatch(r"([\w-]+)(?:\[[\w,]+\])?>=([\d.]+)", requirement)
    if bounded is None:
        sys.exit(f"{requirement!r} in pyproject.toml has no lower bound of the form NAME>=VERSION.")
    name, version = bounded.groups()
    sys.stdout.write(f"{name}=={version}\n")
