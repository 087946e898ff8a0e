"""Types that the annotations of several rooms share."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike

Index: TypeAlias = int | slice | Sequence[int] | np.ndarray
"""What chooses rows: a number, a slice, or an array of numbers."""


@runtime_checkable
class Examples(Protocol):
    """n examples along the first axis: an array, a memory map, or a reader of files."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, ...)."""
        ...

    @property
    def dtype(self) -> np.dtype:
        """The stored type."""
        ...

    def __len__(self) -> int: ...

    def __getitem__(self, index: Index, /) -> Any: ...


class ExamplesLike(Protocol):
    """Examples as users give them: arrays, lists, data frames, sparse matrices, lazy readers."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: Any, /) -> Any: ...


Targets: TypeAlias = ArrayLike
"""Labels (n,) or quantities (n, k) of examples as users give them."""

RandomState: TypeAlias = int | np.random.RandomState | None
"""What scikit-learn takes as ``random_state``."""

PyTree: TypeAlias = Any
"""Modules, arrays and containers of them, as `jax.tree` takes them; JAX has no narrower type."""

Settings: TypeAlias = Mapping[str, object]
"""Parameters of an estimator by name."""
