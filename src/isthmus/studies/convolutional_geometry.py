"""The study of a convolutional autoencoder: paths in its code, correlations, Jacobians."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

import isthmus
from isthmus.report import charts
from isthmus.studies.convolutional_labels import flat
from isthmus.studies.convolutional_transfer import BEST_SIZE, Images, lead

if TYPE_CHECKING:
    from jaxtyping import Array

    from isthmus.studies.workbench import Workbench

Fits = Mapping[tuple[int, int], Any]
"""Fitted autoencoders by code size and seed."""

LARGE = 20
SIGNIFICANT = 0.05
EXACT = 1e-10
"""Identities hold if both sides differ relatively by less: double precision, sums included."""


def pairs_of(digits: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Draw pairs (count, 2) of examples with different digits.

    Examples
    --------
    >>> digits = np.array([3, 3, 5])
    >>> pairs = pairs_of(digits, 4, seed=0)
    >>> bool((digits[pairs[:, 0]] != digits[pairs[:, 1]]).all())
    True
    """
    rng = np.random.default_rng(seed)
    pairs = rng.integers(len(digits), size=(40 * count, 2))
    return pairs[digits[pairs[:, 0]] != digits[pairs[:, 1]]][:count]


def path(
    fitted: "isthmus.Autoencoder", images: np.ndarray, pairs: np.ndarray, shares: np.ndarray
) -> np.ndarray:
    """Decode alpha z1 + (1 - alpha) z2: images (shares, pairs, 28, 28) in [0, 1]."""
    first, second = (fitted.transform(images[pairs[:, i]]) for i in (0, 1))
    codes = np.concatenate([a * first + (1 - a) * second for a in shares])
    decoded = fitted.inverse_transform(codes) / 255
    return decoded.reshape(len(shares), len(pairs), *decoded.shape[1:])


def nearest(queries: np.ndarray, data: np.ndarray, chunk: int = 200) -> np.ndarray:
    """Return the mean squared distance a feature of each row to its nearest row of the data.

    Examples
    --------
    >>> nearest(np.array([[0.0, 0.0]]), np.array([[1.0, 1.0], [2.0, 0.0]]))
    array([1.])
    """
    squares = (data**2).sum(axis=1)
    least = [
        (squares - 2 * part @ data.T).min(axis=1) + (part**2).sum(axis=1)
        for part in np.array_split(queries, max(1, len(queries) // chunk))
    ]
    return np.maximum(np.concatenate(least), 0) / queries.shape[1]


def interpolation(bench: "Workbench", images: Images, fits: Fits) -> None:
    """Decode paths between digits, and measure how far they leave the data."""
    count = bench.pick(200, quick=20)
    shares, sizes = np.linspace(0, 1, 9), (BEST_SIZE, LARGE)
    pairs = pairs_of(images.test_digits, count, seed=0)
    bench.section(
        "Interpolation",
        f"""Decoded are alpha z1 + (1 - alpha) z2 between the codes of two test images. How far a
        path leaves the data is measured over {count} pairs of different digits: the squared
        distance a pixel of a decoded image to its nearest training image, over that of the
        reconstructions at both ends, so that a sharper decoder is at no disadvantage.""",
    )
    decoded = {size: path(fits[size, 0], images.test, pairs, shares) for size in sizes}
    for size in sizes:
        rows = {f"{i + 1}: {images.test_digits[b]} to {images.test_digits[a]}": decoded[size][:, i]
                for i, (b, a) in enumerate(pairs[:5, ::-1])}  # fmt: skip
        bench.figure(
            f"interpolation-d-{size}",
            charts.ImageRows(rows, [f"{a:.2g}" for a in shares], (0, 1)),
            f"Decoded paths between test images by alpha, code of {size}.",
            main=True,
        )
    distances = bench.keep(
        "distances of paths to the data",
        lambda: {str(size): to_data(decoded[size], flat(images.train)) for size in sizes},
        images.train, *decoded.values(),
    )  # fmt: skip
    judge_paths(bench, {size: distances[str(size)] for size in sizes}, shares)


def to_data(decoded: np.ndarray, train: np.ndarray) -> np.ndarray:
    """Return the distance to the nearest training image, (shares, pairs)."""
    rows = decoded.reshape(-1, train.shape[1]).astype(np.float32)
    return nearest(rows, train).reshape(decoded.shape[:2])


def departure(distances: np.ndarray) -> np.ndarray:
    """Return, of each pair, the distance half way over the mean distance of the two ends.

    Examples
    --------
    >>> departure(np.array([[1.0], [4.0], [3.0]]))
    array([2.])
    """
    return distances[len(distances) // 2] / distances[[0, -1]].mean(axis=0)


def judge_paths(
    bench: "Workbench", distances: Mapping[int, np.ndarray], shares: np.ndarray
) -> None:
    """Draw the distances along the paths, and record whether a larger code looks better."""
    lines = {
        f"d = {size}": (shares, (values / values[[0, -1]].mean(axis=0)).mean(axis=1))
        for size, values in distances.items()
    }
    bench.figure(
        "departure",
        charts.Curves(lines, x_label="alpha", y_label="distance to data, over that of "
                               "the ends"),
        "Distance of decoded images to their nearest training image along the paths.",
    )  # fmt: skip
    ratios = {size: departure(values) for size, values in distances.items()}
    for size, values in ratios.items():
        bench.record(
            "base", f"d={size}", "distance to data half way, over the ends'", "test",
            float(values.mean()), unit="ratio",
        )  # fmt: skip
        bench.record(
            "base", f"d={size}", "distance to data half way", "test",
            float(distances[size][len(shares) // 2].mean()), unit="mse a pixel",
        )  # fmt: skip
    nearer, error = lead(ratios[BEST_SIZE], ratios[LARGE])
    bench.claim(
        "Interpolation at d = 20 does not look better than at d = 10.",
        nearer <= 2 * error,
        f"""Half way, decoded images are {ratios[BEST_SIZE].mean():.2f} times as far from the data
        as the ends at d = {BEST_SIZE}, and {ratios[LARGE].mean():.2f} times at d = {LARGE};
        d = {LARGE} is nearer by {nearer:.3f} ± {error:.3f} (standard error, over the same pairs),
        and better would be by more than two standard errors.""",
    )


def decorrelation(bench: "Workbench", images: Images, fits: Fits) -> None:
    """Measure how far the dimensions of the code are correlated, against its size."""
    count = min(3300, len(images.test))
    bench.section(
        "Decorrelation",
        f"""Correlations between the dimensions of the code, over {count:,} test images (the report
        has about 3,300 and does not say which). Judged by the rank correlation (Spearman) with d
        over all sizes and seeds.""",
    )
    found = {key: isthmus.evaluation.diagnose(fitted.transform(images.test[:count]))
             for key, fitted in fits.items()}  # fmt: skip
    sizes, seeds = (sorted({key[i] for key in fits}) for i in (0, 1))
    codes = fits[BEST_SIZE, 0].transform(images.test[:count])
    names = range(1, BEST_SIZE + 1)
    bench.figure(
        "correlation-matrix",
        charts.Matrix(np.corrcoef(codes.T), names, names, row_label="dimension",
                               column_label="dimension"),
        f"Correlation matrix of a code of {BEST_SIZE}.",
    )  # fmt: skip
    measures = {"highest": "max_correlation", "mean": "mean_correlation"}
    lines = {}
    for name, key in measures.items():
        values = np.array([[found[size, seed][key] for seed in seeds] for size in sizes])
        for size, of_seeds in zip(sizes, values, strict=True):
            bench.record("base", f"d={size}", f"{name} absolute correlation", "test",
                         of_seeds.tolist(), unit="correlation")  # fmt: skip
        lines[name] = (sizes, values.mean(axis=1))
        rho, p = growth(sizes, values)
        bench.claim(
            f"The {name} absolute correlation between code dimensions grows with d.",
            rho > 0 and p < SIGNIFICANT,
            f"""Spearman's rho with d is {rho:.2f} (p = {p:.3f}); on average
            {values[0].mean():.2f} at d = {sizes[0]} and {values[-1].mean():.2f} at
            d = {sizes[-1]}.""",
        )
    bench.figure(
        "correlation-by-size",
        charts.Curves(lines, x_label="code size d", y_label="absolute correlation"),
        "Highest and mean absolute correlation off the diagonal against the code size.",
    )


def growth(sizes: Sequence[int], values: np.ndarray) -> tuple[float, float]:
    """Return Spearman's rho of values (sizes, seeds) with the size, and its p.

    Examples
    --------
    >>> growth([1, 2, 3], np.array([[0.1], [0.2], [0.9]]))[0].round(6)
    np.float64(1.0)
    """
    from scipy.stats import spearmanr

    result: Any = spearmanr(np.repeat(sizes, values.shape[1]), values.ravel())
    return result.statistic, result.pvalue


def residual_jacobians(bench: "Workbench") -> None:
    """Verify the Jacobians of residual maps by automatic differentiation."""
    width, trials = 6, bench.pick(100, quick=10)
    bench.section(
        "Theory: Jacobians of residual maps",
        f"""For T(x) = x + h(x) the Jacobian is I + Dh, and for f(x + g(x + h(x))) it is
        Df (I + Dg (I + Dh)), each factor at its own argument. Verified with automatic
        differentiation on {trials} triples of random smooth maps of {width} variables,
        x -> B tanh(A x + c), in double precision.""",
    )
    import jax

    with jax.enable_x64(True):
        found = np.array([jacobian_differences(width, seed) for seed in range(trials)])
    for name, worst in zip(("x + h(x)", "f(x + g(x + h(x)))"), found.max(axis=0), strict=True):
        bench.record("residual maps", name, "largest relative difference of the Jacobians",
                     "random maps", float(worst), unit="relative")  # fmt: skip
    bench.claim(
        "The Jacobian of f(x + g(x + h(x))) is Df (I + Dg (I + Dh)).",
        bool(found.max() < EXACT),
        f"The largest relative difference over {trials} triples is {found.max():.1e}.",
    )


def jacobian_differences(width: int, seed: int) -> tuple[float, float]:
    """Return how far, relatively, both identities are off for random f, g and h."""
    import jax
    import jax.numpy as jnp

    rng = np.random.default_rng(seed)
    x = rng.normal(size=width)
    f, g, h = (smooth_map(rng, width, jnp.tanh) for _ in range(3))
    one = np.eye(width)

    def residual(x: np.ndarray) -> np.ndarray:
        return x + h(x)

    def chain(x: np.ndarray) -> np.ndarray:
        return f(x + g(residual(x)))

    Dh, Dg, Df = jax.jacfwd(h)(x), jax.jacfwd(g)(residual(x)), jax.jacfwd(f)(x + g(residual(x)))
    return (
        relative_difference(jax.jacfwd(residual)(x), one + Dh),
        relative_difference(jax.jacfwd(chain)(x), Df @ (one + Dg @ (one + Dh))),
    )


def smooth_map(
    rng: np.random.Generator, width: int, bend: "Callable[[np.ndarray], Array | np.ndarray]"
) -> Callable[[np.ndarray], np.ndarray]:
    """Draw a map x -> B bend(A x + c) of ``width`` variables."""
    A, B = (rng.normal(size=(width, width)) for _ in range(2))
    c = rng.normal(size=width)
    return lambda x: B @ bend(A @ x + c)


def relative_difference(left: np.ndarray, right: np.ndarray) -> float:
    """Return the norm of the difference over the norm of the right one.

    Examples
    --------
    >>> relative_difference(np.array([[3.0]]), np.array([[2.0]]))
    0.5
    """
    left, right = np.asarray(left, float), np.asarray(right, float)
    return float(np.linalg.norm(left - right) / np.linalg.norm(right))
