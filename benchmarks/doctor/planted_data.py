"""Mistakes in data and plans: every one is a name, the check that must name it, and the data."""

from collections.abc import Callable, Iterator

import numpy as np
from benchmarks.doctor import sets

from isthmus.doctor import Data, Plan

Plant = tuple[str, str, Callable[[], Data]]


def planted() -> Iterator[Plant]:
    """Yield every mistake: what was done, the check that must name it, and how to make it."""
    yield from _rows()
    yield from _columns()
    yield from _images()
    yield from _settings()


def _rows() -> Iterator[Plant]:
    yield "noise repeated four times", "repeated-rows", lambda: Data(np.repeat(_noise(), 4, axis=0))
    yield "half of the test rows are in training", "repeated-rows", _test_in_training
    yield "5% of the rows are copies", "repeated-rows", lambda: Data(_with_copies(0.05))
    yield "a test row in two is a jittered training row", "near-duplicates", _jittered
    yield "rows in the order of time", "row-order", lambda: Data(_random_walk())
    yield "rows sorted by label, and a limit", "sorted-labels", _sorted
    yield "a third of the rows in other units", "mixed-ranges", _thousandfold
    yield "the test part in other units", "parts-differ", _test_in_other_units
    yield "columns of the test part in another order", "parts-differ", _test_reversed


def _columns() -> Iterator[Plant]:
    yield "the label among the columns", "label-columns", _label_column
    yield "the label, times ten, with a little noise", "label-columns", _noisy_label
    yield "a column called target", "label-columns", _named_label
    yield "row numbers", "identifier-columns", lambda: Data(_beside(np.arange(178)))
    yield "shuffled identifiers", "identifier-columns", _shuffled_identifiers
    yield "a constant column", "constant-columns", lambda: Data(_beside(np.full(178, 3.0)))
    yield "a column twice", "duplicate-columns", lambda: Data(_beside(sets.wine()[0][:, 4]))
    yield "a column in another unit", "duplicate-columns", _other_unit
    yield "a category as one-hot columns", "one-hot-columns", _one_hot
    yield "columns of other sizes, scaling off", "dominant-columns", _unscaled
    yield "one value of 1e6 under minmax", "extreme-values", _million
    yield "one misplaced decimal point", "extreme-values", _decimal_point
    yield "-999 for missing values", "placeholder-values", _placeholder
    yield "0 for a blood pressure (29_Pima as it is)", "placeholder-values", sets.pima
    yield "a tenth of a column is missing", "missing-values", _missing
    yield "the header read as a row", "header-row", _header


def _images() -> Iterator[Plant]:
    yield "a third of the digits are negatives", "mixed-polarity", lambda: _negatives(0.33)
    yield "a twentieth of MNIST are negatives", "mixed-polarity", _mnist_negatives
    yield "4x16 for 8x8", "image-shape", lambda: _digits((4, 16, 1))
    yield "14x56 for 28x28", "image-shape", lambda: Data(sets.mnist(), image_shape=(14, 56, 1))
    yield "shuffled pixels", "image-shape", _shuffled_pixels
    yield "half of the images divided by 255", "mixed-ranges", _half_divided
    yield "blank images", "blank-images", _blank


def _settings() -> Iterator[Plant]:
    yield "counts under Gaussian", "count-data", lambda: _planned(sets.counts(), "gaussian")
    yield "reals under Bernoulli after minmax", "grey-bits", _reals_as_bits
    yield "fractions under Poisson", "fractional-counts", _fractions
    yield "bits under Gaussian, drawn code", "gaussian-bits", _bits_as_reals
    yield "batch larger than the data", "batch-size", lambda: _wine(Plan(batch_size=1024))
    yield "as many dimensions as examples", "too-few-examples", _few
    yield "a code wider than the input", "copying", lambda: _wine(Plan(latent_dim=20))


def _noise() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(200, 16))


def _with_copies(share: float) -> np.ndarray:
    x = sets.breast_cancer()
    again = np.random.default_rng(1).choice(len(x), round(share * len(x)), replace=False)
    return np.concatenate([x, x[again]])


def _test_in_training() -> Data:
    x = sets.digits()
    return Data(x[:1500], test=np.concatenate([x[1500:], x[:300]]))


def _jittered() -> Data:
    x = sets.diabetes()
    rng = np.random.default_rng(2)
    copies = x[rng.choice(len(x), 60, replace=False)]
    return Data(np.concatenate([x, copies + 1e-3 * x.std(axis=0) * rng.normal(size=copies.shape)]))


def _random_walk() -> np.ndarray:
    return np.cumsum(np.random.default_rng(3).normal(size=(800, 5)), axis=0)


def _sorted() -> Data:
    x, y = sets.wine()
    return Data(x, y, plan=Plan(limit=60))


def _thousandfold() -> Data:
    x = sets.breast_cancer().copy()
    x[::3] *= 1000
    return Data(x)


def _test_in_other_units() -> Data:
    x = sets.shuffled(sets.diabetes())
    return Data(x[:350], test=2.54 * x[350:] + 0.1)


def _test_reversed() -> Data:
    x = sets.shuffled(sets.wine()[0])
    return Data(x[:130], test=x[130:, ::-1])


def _beside(column: np.ndarray) -> np.ndarray:
    return np.column_stack([sets.wine()[0], column])


def _label_column() -> Data:
    x, y = sets.wine()
    return Data(np.column_stack([x, y]), y)


def _noisy_label() -> Data:
    x, y = sets.wine()
    noise = 0.02 * np.random.default_rng(4).normal(size=len(y))
    return Data(np.column_stack([x, 10 * y + noise]), y)


def _named_label() -> Data:
    x, y = sets.wine()
    return Data(np.column_stack([x, y]), names=[*(f"x{j}" for j in range(13)), "target"])


def _shuffled_identifiers() -> Data:
    return Data(_beside(1000 + np.random.default_rng(5).permutation(178)))


def _other_unit() -> Data:
    return Data(_beside(32 + 1.8 * sets.wine()[0][:, 2]))


def _one_hot() -> Data:
    return Data(_beside(np.eye(5)[np.random.default_rng(6).integers(0, 5, 178)]))


def _unscaled() -> Data:
    return _wine(Plan(scaling="none"))


def _wine(plan: Plan) -> Data:
    return Data(sets.wine()[0], plan=plan)


def _million() -> Data:
    x = sets.diabetes().copy()
    x[17, 3] = 1e6
    return Data(x, plan=Plan(scaling="minmax"))


def _decimal_point() -> Data:
    x = sets.breast_cancer().copy()
    x[40, 4] *= 1e4
    return Data(x)


def _placeholder() -> Data:
    x = sets.wine()[0].copy()
    x[np.random.default_rng(7).random(178) < 0.06, 2] = -999
    return Data(x)


def _missing() -> Data:
    x = sets.wine()[0].copy()
    x[::10, 5] = np.nan
    return Data(x)


def _header() -> Data:
    x = sets.breast_cancer()
    return Data(np.vstack([np.arange(x.shape[1]), x]))


def _digits(shape: tuple[int, int, int]) -> Data:
    return Data(sets.digits(), image_shape=shape)


def _negatives(share: float) -> Data:
    x = sets.digits().copy()
    flipped = np.random.default_rng(8).random(len(x)) < share
    x[flipped] = 16 - x[flipped]
    return Data(x, image_shape=(8, 8, 1))


def _mnist_negatives() -> Data:
    x = sets.mnist().copy()
    x[::20] = 255 - x[::20]
    return Data(x, image_shape=(28, 28, 1))


def _shuffled_pixels() -> Data:
    x = sets.mnist()
    return Data(x[:, np.random.default_rng(9).permutation(x.shape[1])], image_shape=(28, 28, 1))


def _half_divided() -> Data:
    x = sets.mnist().astype(float)
    x[::2] /= 255
    return Data(x, image_shape=(28, 28, 1))


def _blank() -> Data:
    x = sets.digits().copy()
    x[::30] = 0
    return Data(x, image_shape=(8, 8, 1))


def _planned(x: np.ndarray, likelihood: str, **plan: object) -> Data:
    return Data(x, plan=Plan(likelihood=likelihood, **plan))  # pyright: ignore[reportArgumentType]


def _reals_as_bits() -> Data:
    return _planned(sets.diabetes(), "bernoulli", scaling="minmax", stochastic=True)


def _fractions() -> Data:
    return _planned(sets.breast_cancer(), "poisson", scaling="none")


def _bits_as_reals() -> Data:
    return _planned(sets.bits(), "gaussian", stochastic=True)


def _few() -> Data:
    return Data(sets.breast_cancer()[:25], plan=Plan(latent_dim=25))
