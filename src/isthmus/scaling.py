"""Scaling: between the data's own units and the space that the model and PCA share.

`choose` looks at the training part once and says what it found; the model carries the result,
applies it inside the compiled step (8-bit pixels stay 8-bit until then) and undoes it on output.
"""

from collections.abc import Callable
from typing import NamedTuple, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Float, Shaped

from isthmus.errors import SettingError, unknown
from isthmus.specifications import Fixed

SKEWED = 2.0
"""Absolute skewness from which a column is bent before it is standardised."""

LEAST = 1e-30
"""A column that varies by less is constant: its reciprocal may leave single precision."""

ALIKE = 10.0
"""Columns whose deviations differ by more than this factor have no unit in common."""

COLUMNS_VALUES = 2**22
"""Approximate count of numbers that are held in double precision at a time."""

SAMPLE = 100_000
"""Maximum number of examples, evenly spaced, that are looked at."""


class Bend(eqx.Module):
    r"""x -> asinh((x - c) / s) for skewed columns, x for the others.

    Nearly linear within s of c, logarithmic beyond.

    Parameters
    ----------
    centre, spread : (D,)
        c and s; a spread of infinity marks a column that is not bent.
    """

    centre: Fixed
    spread: Fixed

    def __call__(self, x: Float[Array, "*batch D"]) -> Float[Array, "*batch D"]:
        """Return ``x`` with its skewed columns bent."""
        bent = jnp.arcsinh((x - self.centre.value) / self.spread.value)
        return jnp.where(self._bends(), bent, x)

    def inverse(self, y: Float[Array, "*batch D"]) -> Float[Array, "*batch D"]:
        """Return bent values straightened."""
        spread = jnp.where(self._bends(), self.spread.value, 1.0)
        # Beyond a bend's far ends lie numbers that no column holds; the clip keeps them finite.
        straight = self.centre.value + spread * jnp.sinh(jnp.clip(y, -30.0, 30.0))
        return jnp.where(self._bends(), straight, y)

    def _bends(self) -> Array:
        return jnp.isfinite(self.spread.value)


class Scaling(eqx.Module):
    r"""x -> (g(x) - shift) / scale, a feature, where g is the identity or a bend.

    Parameters
    ----------
    shift, scale : (D,)
        Of the (bent) column.
    inverse_scale : (D,)
        What undoes the scale: the same, but 0 for a constant column, which so comes back exactly.
    bend
        g, or None for the identity.
    """

    shift: Fixed
    scale: Fixed
    inverse_scale: Fixed
    bend: Bend | None

    @classmethod
    def create(
        cls,
        shift: ArrayLike,
        scale: ArrayLike,
        bend: Bend | None = None,
        constant: ArrayLike = False,
    ) -> Self:
        """Return a scaling from plain arrays; ``constant`` marks columns that hold one value."""
        inverse = np.where(constant, 0, scale)
        return cls(_fixed(shift), _fixed(scale), _fixed(inverse), bend)

    def __call__(self, x: Shaped[Array, "*batch D"]) -> Float[Array, "*batch D"]:
        """Return ``x`` in scaled units, float32."""
        x = x.astype(jnp.float32)
        if self.bend is not None:
            x = self.bend(x)
        return (x - self.shift.value) / self.scale.value

    def inverse(self, y: Float[Array, "*batch D"]) -> Float[Array, "*batch D"]:
        """Return scaled values in the data's own units."""
        y = y * self.inverse_scale.value + self.shift.value
        return y if self.bend is None else self.bend.inverse(y)


def _fixed(array: ArrayLike) -> Fixed:
    return Fixed(jnp.asarray(array, jnp.float32))


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


def choose(
    kind: str, x: np.ndarray, *, image: bool = False, left: np.ndarray | None = None
) -> Choice:
    """Choose a scaling for data by name, or by a look at the data when ``kind`` is ``"auto"``.

    Parameters
    ----------
    kind
        ``"auto"`` or one of ``KINDS``.
    x : (n, D) array-like, n >= 1
        The training part, in its own units; NaN is missing and left out of every statistic. Of a
        long one an even sample is read.
    image
        Whether the features are the pixels of an image, which share one range.
    left : (D,)
        Which columns ``"auto"`` leaves as they are, while it standardises the others.

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
    if kind == "auto" and left is not None:
        return _choose_for_some(sample, left)
    kind = _recognise(sample, image) if kind == "auto" else kind
    return Choice(kind, *KINDS[kind](sample))


def _choose_for_some(x: np.ndarray, left: np.ndarray) -> Choice:
    """Standardise all columns but those that are left as they are."""
    if left.all():
        return Choice("none", *_none(x))
    reason, part = _standard(x[:, ~left])
    whole = Scaling.create(np.zeros(len(left)), np.ones(len(left)))
    bend = part.bend
    if bend is not None:
        centre, spread = np.zeros(len(left)), np.full(len(left), np.inf)
        centre[~left], spread[~left] = bend.centre.value, bend.spread.value
        bend = Bend(_fixed(centre), _fixed(spread))
    whole, part = (eqx.tree_at(lambda s: s.bend, one, None) for one in (whole, part))
    joined = jax.tree.map(lambda w, p: w.at[~left].set(p), whole, part)
    reason += f", {left.sum()} left as they are for their likelihoods"
    return Choice(
        "standard", reason, Scaling(joined.shift, joined.scale, joined.inverse_scale, bend)
    )


class _Statistics(NamedTuple):
    """NumPy's statistics, or those of its functions that pass over NaN, which are slower."""

    least: Callable[..., np.ndarray]
    most: Callable[..., np.ndarray]
    mean: Callable[..., np.ndarray]
    deviation: Callable[..., np.ndarray]
    quantile: Callable[..., np.ndarray]


_OF_ALL = _Statistics(np.min, np.max, np.mean, np.std, np.quantile)
_OF_OBSERVED = _Statistics(np.nanmin, np.nanmax, np.nanmean, np.nanstd, np.nanquantile)


def _statistics(x: np.ndarray) -> _Statistics:
    return _OF_OBSERVED if x.dtype.kind == "f" and np.isnan(x).any() else _OF_ALL


def _recognise(x: np.ndarray, image: bool) -> str:
    of = _statistics(x)
    low, high = float(of.least(x)), float(of.most(x))
    whole = x.dtype.kind in "iub" or bool(np.all((x == np.round(x)) | np.isnan(x)))
    if low >= 0 and high <= 1 and whole:
        return "binary"
    if low >= 0 and high <= 1 and (image or _share_one_range(x) or _spread_alike(x)):
        return "unit"
    intensities = image or x.dtype == np.uint8 or (whole and low == 0 and _share_one_range(x))
    if intensities and whole and low >= 0 and 128 <= high <= 255:
        return "pixels"
    if intensities:
        return "range"
    return "standard"


def _share_one_range(x: np.ndarray) -> bool:
    """Tell whether the columns look like intensities of one instrument: many, filling one range."""
    of = _statistics(x)
    least, most = of.least(x, axis=0), of.most(x, axis=0)
    varied = most > least
    filling = most[varied] - least[varied] >= 0.9 * (float(most.max()) - float(least.min()))
    return bool(varied.sum() >= 16 and filling.mean() >= 0.3)


def _spread_alike(x: np.ndarray) -> bool:
    """Tell whether the columns that vary do so by about as much: shares, grey levels, scores."""
    deviation = _statistics(x).deviation(x.astype(np.float64), axis=0)
    varied = deviation[deviation > LEAST]
    return not len(varied) or float(varied.max()) <= ALIKE * float(varied.min())


def _as_they_are(x: np.ndarray, found: str) -> tuple[str, Scaling]:
    zeros = np.zeros(x.shape[1])
    return f"{found}, used as they are", Scaling.create(zeros, zeros + 1)


def _none(x: np.ndarray) -> tuple[str, Scaling]:
    return _as_they_are(x, "values")


def _binary(x: np.ndarray) -> tuple[str, Scaling]:
    return _as_they_are(x, "zeros and ones")


def _unit(x: np.ndarray) -> tuple[str, Scaling]:
    return _as_they_are(x, "values within [0, 1]")


def _pixels(x: np.ndarray) -> tuple[str, Scaling]:
    zeros = np.zeros(x.shape[1])
    return "8-bit values, divided by 255", Scaling.create(zeros, zeros + 255)


def _range(x: np.ndarray) -> tuple[str, Scaling]:
    of = _statistics(x)
    low, high = float(of.least(x)), float(of.most(x))
    ones = np.ones(x.shape[1])
    reason = f"one range for all features, [{low:g}, {high:g}] to [0, 1]"
    return reason, Scaling.create(ones * low, ones * (high - low if high - low > LEAST else 1))


def _minmax(x: np.ndarray) -> tuple[str, Scaling]:
    of = _statistics(x)
    low = of.least(x, axis=0).astype(np.float64)
    width = of.most(x, axis=0) - low
    reason = "each column from its own range to [0, 1]"
    constant = width <= LEAST
    return reason, Scaling.create(low, np.where(constant, 1, width), constant=constant)


class _Standard(NamedTuple):
    """What standardises columns, (D,) each; the spread of one that does not bend is infinity."""

    mean: np.ndarray
    deviation: np.ndarray
    centre: np.ndarray
    spread: np.ndarray
    constant: np.ndarray


def _standard(x: np.ndarray) -> tuple[str, Scaling]:
    step = max(1, COLUMNS_VALUES // len(x))
    parts = [_standard_of(x[:, j : j + step]) for j in range(0, x.shape[1], step)]
    found = _Standard(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    reason, bend = "each column to mean 0 and variance 1", None
    bent = np.isfinite(found.spread)
    if bent.any():
        reason += f", {bent.sum()} skewed bent by asinh first"
        bend = Bend(_fixed(found.centre), _fixed(found.spread))
    if found.constant.any():
        reason += f", {found.constant.sum()} constant only centred"
    return reason, Scaling.create(found.mean, found.deviation, bend, found.constant)


def _standard_of(x: np.ndarray) -> _Standard:
    """Look at some columns, in double precision."""
    x = x.astype(np.float64)
    of = _statistics(x)
    width = of.most(x, axis=0) - of.least(x, axis=0)
    constant = width <= LEAST
    deviation = np.where(constant, 1, of.deviation(x, axis=0))
    skewness = of.mean(((x - of.mean(x, axis=0)) / deviation) ** 3, axis=0)
    low, middle, high = of.quantile(x, [0.25, 0.5, 0.75], axis=0)
    bent = (np.abs(skewness) > SKEWED) & (high > low)
    spread = np.where(bent, np.maximum(high - low, 1e-6 * width), np.inf)  # asinh below 15
    y = np.where(bent, np.arcsinh((x - middle) / spread), x)
    deviation = np.where(constant, 1, of.deviation(y, axis=0))
    return _Standard(of.mean(y, axis=0), deviation, middle, spread, constant)


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
