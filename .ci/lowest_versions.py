"""Print the lowest versions that pyproject.toml declares, as pip's constraints.

Of the runtime dependencies, of pandas, whose frames isthmus takes without depending on it, and of
pytest, since the oldest scikit-learn's checks do not run under the newest one.
"""

import re
import sys
import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
tests = project["optional-dependencies"]["test"]
others = [one for one in tests if one.startswith(("pandas>", "pytest>"))]
for requirement in project["dependencies"] + others:
    bounded = re.fullmatch(r"([\w-]+)(?:\[[\w,]+\])?>=([\d.]+)", requirement)
    if bounded is None:
        sys.exit(f"{requirement!r} in pyproject.toml has no lower bound of the form NAME>=VERSION.")
    name, version = bounded.groups()
    sys.stdout.write(f"{name}=={version}\n")
