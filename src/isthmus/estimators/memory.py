"""Sizes that memory cannot hold are refused with a sentence, before the memory is taken."""

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import jax
import numpy as np

from isthmus.errors import SettingError

P = ParamSpec("P")
R = TypeVar("R")
E = TypeVar("E")

CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
"""Where Linux writes the bytes that a container may take."""

COPIES = 2
"""Fewest copies of its weights that training holds: the weights and their gradient."""

SIZES = ("latent_dim", "hidden", "batch_size")
"""Parameters named in the sentence: those that decide how much memory a fit takes."""


class WeightGenerator(np.random.Generator):
    """NumPy's generator, which refuses to draw more weights than memory holds.

    The draws are those of ``numpy.random.default_rng(seed)``.

    Examples
    --------
    >>> one, other = WeightGenerator(0, memory=100), np.random.default_rng(0)
    >>> bool((one.standard_normal(3) == other.standard_normal(3)).all())
    True
    >>> one.standard_normal((9, 9), np.float32)
    Traceback (most recent call last):
    MemoryError: at least 348 bytes of weights
    """

    def __init__(self, seed: int | np.random.SeedSequence | None, memory: float):
        super().__init__(np.random.PCG64(seed))
        self.memory, self.drawn = memory, 0

    def standard_normal(self, size: Any = None, dtype: Any = np.float64, out: Any = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Draw from the normal distribution, as NumPy's generator does."""
        shape = () if size is None else np.atleast_1d(size).tolist()
        self.drawn += np.dtype(dtype).itemsize * int(np.prod(shape, dtype=object))
        if COPIES * self.drawn > self.memory:
            raise MemoryError(f"at least {_words(self.drawn)} of weights")
        return super().standard_normal(size, dtype, out)


def memory_named(
    fit: Callable[Concatenate[E, P], R],
) -> Callable[Concatenate[E, P], R]:
    """Return a step of a fit whose errors for lack of memory name the estimator's sizes."""

    @wraps(fit)
    def named(estimator: E, *given: P.args, **more: P.kwargs) -> R:
        try:
            return fit(estimator, *given, **more)
        except (MemoryError, jax.errors.JaxRuntimeError) as error:
            text = " ".join(str(error).split())
            if not isinstance(error, MemoryError) and "RESOURCE_EXHAUSTED" not in text:
                raise
            sizes = ", ".join(f"{name} is {getattr(estimator, name)!r}" for name in SIZES)
            raise SettingError(
                f"The fit needs more memory than the {_words(memory())} that there are ({text}): "
                f"{sizes}; take smaller sizes, or fewer examples."
            ) from error

    return named


def memory() -> float:
    """Return the bytes of this machine's memory, or of this container's; infinity if unknown."""
    try:
        own = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return float("inf")
    try:
        return min(own, int(CGROUP_LIMIT.read_text()))
    except (OSError, ValueError):  # no container, or one without a limit
        return own


def _words(size: float) -> str:
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.3g} {unit}"
        size /= 1024
    return f"{size:,.1f} TiB"
