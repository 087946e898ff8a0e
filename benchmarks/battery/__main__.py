"""The command line of the batteries."""

import argparse
import importlib
import sys

NAMES = ("kills", "mutants", "soak", "clients")


def main() -> int:
    """Run a battery; return 0 if all held."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.battery", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--count", type=int, help="how many cases; a small number by default")
    parser.add_argument("--kind", help="one kind of case alone")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    battery = importlib.import_module(f"benchmarks.battery.{options.name}")
    tally = battery.run(options.count, options.kind, options.seed)
    print(tally.summary())
    return 0 if tally.tried == tally.held else 1


if __name__ == "__main__":
    sys.exit(main())
