"""Print the lowest version of every dependency that pyproject.toml declares, as pip's constraints.

Those of the tests are among them.
"""

import re
import sys
import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
for requirement in project["dependencies"] + project["optional-dependencies"]["test"]:
    bounded = re.fullmatch(r"([\w-]+)(?:\[[\w,]+\])?>=([\d.]+)", requirement)
    if bounded is None:
        sys.exit(f"{requirement!r} in pyproject.toml has no lower bound of the form NAME>=VERSION.")
    name, version = bounded.groups()
    sys.stdout.write(f"{name}=={version}\n")
