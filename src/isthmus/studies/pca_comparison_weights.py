"""Input weights of the hidden units as images, and what can be measured of them."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from isthmus.plainjson import Facts
from isthmus.report import charts
from isthmus.studies.pca_comparison_parts import ONE, Digits, slug

if TYPE_CHECKING:
    from isthmus.studies.workbench import Workbench


def weights(bench: "Workbench", digits: Digits, fitted: Facts) -> None:
    """Show the input weights of 256 units as images, and measure what the report says of them."""
    inside = lit(digits.images["train"])
    bench.section(
        "Weights of 256 units",
        f"""Input weights of each hidden unit of the autoencoder with one hidden layer, as a
        28x28 image scaled to its own largest weight. Pixels lit in less than 1% of the training
        images are left out ({int(inside.sum())} of 784 stay): without noise nothing trains their
        weights.""",
    )
    kernels = {name: m.first_layer_weights_.reshape(-1, 28, 28) for name, m in fitted.items()}
    for name, kernel in kernels.items():
        shown = np.where(inside, kernel[:96], 0.0)
        shown /= np.abs(shown).max(axis=(1, 2), keepdims=True)
        bench.figure(
            slug(f"weights {name}"),
            charts.Weights(shown, columns=12),
            f"Input weights of the first 96 of 256 hidden units: {name}.",
            main=name == "without noise",
        )
    alike = {name: neighbour_correlation(k, inside) for name, k in kernels.items()}
    for name, values in alike.items():
        bench.record(
            ONE, f"weights, {name}", "correlation of neighbouring weights", "256 units",
            values.mean(), unit="Moran's I", better="higher",
        )  # fmt: skip
    pen_strokes(bench, kernels, inside)
    bench.claim(
        "Weights are less regular with noise, the more so the more noise.",
        bool(np.all(np.diff([values.mean() for values in alike.values()]) < 0)),
        "Correlation of neighbouring weights (Moran's I), mean over units: "
        + ", ".join(f"{values.mean():.2f} {name}" for name, values in alike.items())
        + ".",
    )


def pen_strokes(bench: "Workbench", kernels: Mapping[str, np.ndarray], inside: np.ndarray) -> None:
    """Test whether units look for strokes: connected, and in one place."""
    measures = {"connected": neighbour_correlation, "local": most_in_a_window}
    passed = {
        name: {m: beyond_chance(measure, kernel, inside) for m, measure in measures.items()}
        for name, kernel in kernels.items()
    }
    both = {name: (p["connected"] & p["local"]).mean() for name, p in passed.items()}
    bench.claim(
        "Hidden units act as detectors of pen strokes.",
        bool(both["without noise"] > 0.5),
        """A detector of strokes is taken to be connected (weights go with their neighbours', by
        Moran's I) and local (squared weights lie in a window of 9x9), each beyond 99% of the same
        weights in random order; the claim holds if most units without noise are both. """
        + "; ".join(
            f"{name}: connected {p['connected'].mean():.0%}, local {p['local'].mean():.0%}, "
            f"both {both[name]:.0%}"
            for name, p in passed.items()
        )
        + ".",
    )


def beyond_chance(
    measure: Callable[[np.ndarray, np.ndarray], np.ndarray],
    weights: np.ndarray,
    inside: np.ndarray,
) -> np.ndarray:
    """Tell which pictures measure more than 99% of the same weights in random order."""
    return measure(weights, inside) > np.quantile(measure(shuffled(weights, inside), inside), 0.99)


def lit(images: np.ndarray, share: float = 0.01) -> np.ndarray:
    """Return which pixels (H, W) are not black in at least a share of the images.

    Examples
    --------
    >>> lit(np.array([[[0, 9]], [[0, 0]]])).tolist()
    [[False, True]]
    """
    return (images > 0).mean(axis=0) >= share


def neighbour_correlation(weights: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Return how alike neighbouring weights are: Moran's I of each picture (units,).

    Parameters
    ----------
    weights : (units, H, W)
        Input weights.
    inside : (H, W)
        Pixels that count; neighbours share an edge.

    Returns
    -------
    ndarray
        1 where neighbours are equal, about 0 where the order of the weights is chance, -1 on a
        chessboard.

    Examples
    --------
    >>> board = np.indices((4, 4)).sum(axis=0) % 2
    >>> neighbour_correlation(board[None], np.ones((4, 4), bool)).tolist()
    [-1.0]
    """
    chosen = weights[:, inside]
    deviations = np.where(inside, weights - chosen.mean(axis=1)[:, None, None], 0.0)
    products = (deviations[:, 1:] * deviations[:, :-1]).sum(axis=(1, 2))
    products += (deviations[:, :, 1:] * deviations[:, :, :-1]).sum(axis=(1, 2))
    pairs = (inside[1:] & inside[:-1]).sum() + (inside[:, 1:] & inside[:, :-1]).sum()
    return products / pairs / chosen.var(axis=1)


def most_in_a_window(weights: np.ndarray, inside: np.ndarray, side: int = 9) -> np.ndarray:
    """Return the largest share of each picture's squared weights in a square window (units,).

    Examples
    --------
    >>> one = np.zeros((1, 12, 12))
    >>> one[0, 2, 2] = one[0, 11, 11] = 1
    >>> most_in_a_window(one, np.ones((12, 12), bool)).tolist()
    [0.5]
    """
    squares = np.where(inside, weights, 0.0) ** 2
    windows = np.lib.stride_tricks.sliding_window_view(squares, (side, side), axis=(1, 2))
    return windows.sum(axis=(3, 4)).max(axis=(1, 2)) / squares.sum(axis=(1, 2))


def shuffled(weights: np.ndarray, inside: np.ndarray, seed: int = 0) -> np.ndarray:
    """Return pictures whose weights inside are in random order, each in its own."""
    mixed = np.array(weights)
    mixed[:, inside] = np.random.default_rng(seed).permuted(weights[:, inside], axis=1)
    return mixed
