"""Scaling: between the data's own units and the space that the model and PCA share.

`choose` looks at the training part once and says what it found; the model carries the result,
applies it inside the compiled step (8-bit pixels stay 8-bit until then) and undoes it on output.
"""

from collections.abc import Callable
from typing import NamedTuple, Self

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from isthmus.errors import SettingError, unknown
from isthmus.typing import Array, ArrayLike, Fixed, Float, Shaped

SKEWED = 2.0
"""Absolute skewness from which a column is bent before it is standardised."""

SAMPLE = 100_000
"""At most so many examples, evenly spaced, are looked at."""


class Scaling(eqx.Module):
    r"""x -> (g(x) - shift) / scale, a feature, where g is the identity or a bend.

    A skewed column is bent by :math:`g(x) = \mathrm{asinh}((x - c) / s)`, which is nearly linear
    within s of c and logarithmic beyond.

    Parameters
    ----------
    shift, scale : (D,)
        Of the (bent) column.
    centre, spread : (D,)
        c and s of a bent column; a spread of infinity marks a column that is not bent.
    """

    shift: Fixed
    scale: Fixed
    centre: Fixed
    spread: Fixed

    @classmethod
    def affine(cls, shift: ArrayLike, scale: ArrayLike) -> Self:
        """Return a scaling that bends nothing."""
        shift = np.asarray(shift, np.float32)
        return cls.bent(shift, scale, np.zeros_like(shift), np.full_like(shift, np.inf))

    @classmethod
    def bent(cls, shift: ArrayLike, scale: ArrayLike, centre: ArrayLike, spread: ArrayLike) -> Self:
        """Return a scaling from plain arrays."""
        return cls(*(Fixed(jnp.asarray(a, jnp.float32)) for a in (shift, scale, centre, spread)))

    def __call__(self, x: Shaped[Array, "*batch D"]) -> Float[Array, "*batch D"]:
        """Return ``x`` in scaled units, float32."""
        x = x.astype(jnp.float32)
        x = jnp.where(self._is_bent, jnp.arcsinh((x - self.centre.value) / self.spread.value), x)
        return (x - self.shift.value) / self.scale.value

    def inverse(self, y: Float[Array, "*batch D"]) -> Float[Array, "*batch D"]:
        """Return scaled values in the data's own units."""
        y = y * self.scale.value + self.shift.value
        spread = jnp.where(self._is_bent, self.spread.value, 1.0)
        # Beyond a bend's far ends lie numbers that no column holds; the clip keeps them finite.
        bent = self.centre.value + spread * jnp.sinh(jnp.clip(y, -30.0, 30.0))
        return jnp.where(self._is_bent, bent, y)

    @property
    def _is_bent(self) -> Array:
        return jnp.isfinite(self.spread.value)


class Choice(NamedTuple):
    """A scaling, and why it was chosen.

    Parameters
    ----------
    kind
        Its name, one of ``KINDS``.
    reason
        What was found in the data, for people.
    scaling
        The scaling itself.
    """

    kind: str
    reason: str
    scaling: Scaling

    def describe(self) -> str:
        """Return the choice and its reason in one line."""
        return f"{self.kind}: {self.reason}"


def choose(kind: str, x: np.ndarray, *, image: bool = False) -> Choice:
    """Choose a scaling for data by name, or by a look at the data when ``kind`` is ``"auto"``.

    Parameters
    ----------
    kind
        ``"auto"`` or one of ``KINDS``.
    x : (n, D) array-like, n >= 1
        The training part, in its own units, finite. Of a long one an even sample is read.
    image
        Whether the features are the pixels of an image, which share one range.

    Returns
    -------
    Choice
        The scaling, with its name and what was found.

    Raises
    ------
    SettingError
        If there is no scaling of that name.

    Examples
    --------
    >>> choose("auto", np.array([[0, 255], [128, 3]], np.uint8)).describe()
    'pixels: 8-bit values, divided by 255'
    >>> choose("auto", np.array([[0.0, 1.0], [1.0, 1.0]])).kind
    'binary'
    """
    if kind != "auto" and kind not in KINDS:
        raise SettingError(unknown("scaling", kind, ["auto", *KINDS]))
    step = -(-len(x) // SAMPLE)
    sample = np.asarray(x[::step])
    kind = _recognise(sample, image) if kind == "auto" else kind
    return Choice(kind, *KINDS[kind](sample))


def _recognise(x: np.ndarray, image: bool) -> str:
    low, high = float(x.min()), float(x.max())
    whole = x.dtype.kind in "iub" or bool(np.all(x == np.round(x)))
    if low >= 0 and high <= 1:
        return "binary" if whole else "unit"
    if whole and low >= 0 and 128 <= high <= 255 and (image or _share_one_range(x)):
        return "pixels"
    if image or (whole and low == 0 and _share_one_range(x)):
        return "range"
    return "standard"


def _share_one_range(x: np.ndarray) -> bool:
    """Tell whether the columns look like intensities of one instrument: many, filling one range."""
    least, most = x.min(axis=0), x.max(axis=0)
    varied = most > least
    filling = most[varied] - least[varied] >= 0.9 * (float(x.max()) - float(x.min()))
    return varied.sum() >= 16 and bool(filling.mean() >= 0.3)


def _as_they_are(x: np.ndarray, found: str) -> tuple[str, Scaling]:
    zeros = np.zeros(x.shape[1])
    return f"{found}, used as they are", Scaling.affine(zeros, zeros + 1)


def _none(x: np.ndarray) -> tuple[str, Scaling]:
    return _as_they_are(x, "values")


def _binary(x: np.ndarray) -> tuple[str, Scaling]:
    return _as_they_are(x, "zeros and ones")


def _unit(x: np.ndarray) -> tuple[str, Scaling]:
    return _as_they_are(x, "values within [0, 1]")


def _pixels(x: np.ndarray) -> tuple[str, Scaling]:
    zeros = np.zeros(x.shape[1])
    return "8-bit values, divided by 255", Scaling.affine(zeros, zeros + 255)


def _range(x: np.ndarray) -> tuple[str, Scaling]:
    low, high = float(x.min()), float(x.max())
    ones = np.ones(x.shape[1])
    reason = f"one range for all features, [{low:g}, {high:g}] to [0, 1]"
    return reason, Scaling.affine(ones * low, ones * ((high - low) or 1))


def _minmax(x: np.ndarray) -> tuple[str, Scaling]:
    low = x.min(axis=0).astype(np.float64)
    width = x.max(axis=0) - low
    reason = "each column from its own range to [0, 1]"
    return reason, Scaling.affine(low, np.where(width > 0, width, 1))


def _standard(x: np.ndarray) -> tuple[str, Scaling]:
    x = x.astype(np.float64)
    constant = x.max(axis=0) == x.min(axis=0)
    deviation = np.where(constant, 1, x.std(axis=0))
    skewness = (((x - x.mean(axis=0)) / deviation) ** 3).mean(axis=0)
    low, middle, high = np.quantile(x, [0.25, 0.5, 0.75], axis=0)
    bent = (np.abs(skewness) > SKEWED) & (high > low)
    spread = np.where(bent, high - low, 1)
    y = np.where(bent, np.arcsinh((x - middle) / spread), x)
    reason = "each column to mean 0 and variance 1"
    if bent.any():
        reason += f", {bent.sum()} skewed bent by asinh first"
    if constant.any():
        reason += f", {constant.sum()} constant only centred"
    deviation = np.where(constant, 1, y.std(axis=0))
    return reason, Scaling.bent(
        y.mean(axis=0), deviation, np.where(bent, middle, 0), np.where(bent, spread, np.inf)
    )


KINDS: dict[str, Callable[[np.ndarray], tuple[str, Scaling]]] = {
    "none": _none,
    "binary": _binary,
    "unit": _unit,
    "pixels": _pixels,
    "range": _range,
    "minmax": _minmax,
    "standard": _standard,
}
"""The scalings by name."""
