"""The command line of the batteries."""

import argparse
import importlib
import sys
from pathlib import Path

import isthmus

NAMES = ("kills", "mutants", "soak", "clients", "contract")


def main() -> int:
    """Run a battery; return 0 if all held."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.battery", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--count", type=int, help="how many cases; a small number by default")
    parser.add_argument("--kind", help="one kind of case alone")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    battery = importlib.import_module(f"benchmarks.battery.{options.name}")
    before = files()
    tally = battery.run(options.count, options.kind, options.seed)
    print(tally.summary())
    if files() != before:
        # Processes of two versions do not go on where each other stopped.
        print("The package's files changed while the battery ran, so these counts do not hold.")
        return 1
    return 0 if tally.tried == tally.held else 1


def files() -> dict[str, int]:
    """Return the time of the last change of every file of the package, in nanoseconds."""
    folder = Path(isthmus.__file__).parent
    return {
        str(path): path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


if __name__ == "__main__":
    sys.exit(main())
