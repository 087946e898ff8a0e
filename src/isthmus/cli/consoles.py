"""Where words go: results to stdout, everything else to stderr."""

import json
import sys
from typing import Any

from rich.console import Console


def out() -> Console:
    """Return the console for results."""
    return Console(file=sys.stdout, highlight=False)


def err() -> Console:
    """Return the console for everything else."""
    return Console(file=sys.stderr, highlight=False)


def say(console: Console, text: str) -> None:
    """Print plain text, never broken into lines."""
    console.print(text, markup=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """Print ``value`` as JSON on stdout; what is not finite becomes null."""
    sys.stdout.write(json.dumps(plain(value), indent=2, allow_nan=False) + "\n")


def plain(value: Any) -> Any:
    """Return ``value`` in JSON's own types.

    Examples
    --------
    >>> import numpy as np
    >>> plain({"mse": np.float32(0.5), "worst": float("nan"), "shape": (8, 8)})
    {'mse': 0.5, 'worst': None, 'shape': [8, 8]}
    """
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and value - value != 0:
        return None
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)


def warn(sentence: str) -> None:
    """Print a warning on stderr."""
    sys.stderr.write(f"isthmus: warning: {sentence}\n")
