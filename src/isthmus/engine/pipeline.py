"""Blocks in flight: the host gathers and sends one while the device computes the one before."""

from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np
from jaxtyping import Array

Sent = tuple[dict[str, Array], int, int]
"""A block that was sent: its logs (..., S) by name, its first step, and how many steps it fills."""

Logged = tuple[dict[str, np.ndarray], int, int]
"""A block that was computed: its logs (..., steps) on the host, its first step, its steps."""


def one_behind(sent: Iterable[Sent]) -> Iterator[Logged]:
    """Yield the logs of each block on the host, once the next block has been sent.

    Waiting for a block's logs is waiting for the device. By then the device has the next block to
    compute, so the host gathers while the device computes.
    """
    running: Sent | None = None
    for block in chain(sent, [None]):
        if running is not None:
            logs, first, steps = running
            yield {name: np.asarray(v)[..., :steps] for name, v in logs.items()}, first, steps
        running = block
