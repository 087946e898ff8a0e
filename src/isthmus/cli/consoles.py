"""Where words go: results to stdout, everything else to stderr."""

import sys

from rich.console import Console

from isthmus.plainjson import format_json


def out() -> Console:
    """Return the console for results."""
    return Console(file=sys.stdout, highlight=False)


def err() -> Console:
    """Return the console for everything else."""
    return Console(file=sys.stderr, highlight=False)


def say(console: Console, text: str) -> None:
    """Print plain text, never broken into lines."""
    console.print(text, markup=False, soft_wrap=True)


def print_json(value: object) -> None:
    """Print ``value`` as JSON on stdout; what is not finite becomes null."""
    sys.stdout.write(format_json(value))


def warn(sentence: str) -> None:
    """Print a warning on stderr."""
    sys.stderr.write(f"isthmus: warning: {sentence}\n")
