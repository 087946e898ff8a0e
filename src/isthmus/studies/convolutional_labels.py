"""The study of a convolutional autoencoder: what few labels tell of codes, without fine-tuning."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

import isthmus
from isthmus.report import charts
from isthmus.studies.convolutional_transfer import BEST_SIZE, LABELS, Images, labelled

if TYPE_CHECKING:
    from isthmus.studies.workbench import Workbench


def spread(
    train: np.ndarray, test: np.ndarray, images: Images, unlabelled: int, draws: Sequence[int]
) -> list[float]:
    """Return the test accuracy of labels spread from code to neighbouring code, a number a draw.

    Parameters
    ----------
    train, test : (n, d), (m, d)
        Codes of the images.
    images
        Have the digits; only the labelled ones' are seen.
    unlabelled
        How many training codes without a label the graph holds.
    draws
        Seeds of the draws of labelled images.
    """
    from sklearn.semi_supervised import LabelSpreading

    found = []
    for draw in draws:
        chosen = labelled(images.train_digits, LABELS, draw)
        others = np.setdiff1d(np.arange(len(train)), chosen)[:unlabelled]
        digits = np.concatenate([images.train_digits[chosen], np.full(len(others), -1)])
        graph = LabelSpreading(kernel="knn", n_neighbors=10, alpha=0.9, max_iter=1000)
        graph.fit(train[np.concatenate([chosen, others])], digits)
        found.append(float(graph.score(test, images.test_digits)))
    return found


def label_efficiency(
    bench: "Workbench", images: Images, autoencoder: "isthmus.Autoencoder", pca: Any
) -> None:
    """Compare the codes with PCA's and with the pixels, for few and for many labels."""
    counts, draws = bench.pick(((10, 20, 40, 80, 160, 320, 1000), 20), quick=((10, 20, 80), 3))
    pixels = {part: flat(getattr(images, part)) for part in ("train", "test")}
    spaces = {
        f"codes, d={BEST_SIZE}": {p: autoencoder.transform(getattr(images, p)) for p in pixels},
        f"PCA, d={BEST_SIZE}": {p: pca.transform(x, BEST_SIZE) for p, x in pixels.items()},
        "pixels": pixels,
    }
    bench.section(
        "How many labels",
        f"""The report stops at about {LABELS} labels. Here {counts[0]} to {counts[-1]:,} are given
        to a logistic regression (C = 1, features divided by their root mean square spread) on the
        codes, on PCA's and on the pixels, the same {draws} draws of images for each.""",
    )
    found = {
        name: bench.keep(
            f"label efficiency, {name}",
            lambda space=space: {
                str(n): probe(space, images, n, range(draws)) for n in counts
            },
            counts, draws, space["train"][:1000], space["test"], images.train_digits,
        )
        for name, space in spaces.items()
    }  # fmt: skip
    for name, of_counts in found.items():
        for count in counts:
            bench.record(
                f"logistic regression, {name}", f"{count} labels", "accuracy", "test",
                of_counts[str(count)].tolist(), unit="fraction", better="higher",
            )  # fmt: skip
    lines = {
        name: (counts, [v.mean() for v in c.values()], [v.std(ddof=1) for v in c.values()])
        for name, c in found.items()
    }
    bench.figure(
        "label-efficiency",
        charts.Curves(lines, x_label="labels", y_label="test accuracy", log_x=True),
        f"Test accuracy against the number of labels; bars: one standard deviation of {draws}.",
    )


def flat(images: np.ndarray) -> np.ndarray:
    """Return images as rows in [0, 1]."""
    return images.reshape(len(images), -1).astype(np.float32) / 255


def probe(
    space: Mapping[str, np.ndarray], images: Images, count: int, draws: Sequence[int]
) -> list[float]:
    """Return the test accuracy of a logistic regression, a number a draw of the labels."""
    from sklearn.linear_model import LogisticRegression

    mean, scale = space["train"].mean(axis=0), space["train"].std(axis=0)
    spread = float(np.sqrt((scale**2).mean()))
    train, test = ((space[part] - mean) / spread for part in ("train", "test"))
    found = []
    for draw in draws:
        chosen = labelled(images.train_digits, count, draw)
        fitted = LogisticRegression(max_iter=1000).fit(train[chosen], images.train_digits[chosen])
        found.append(float(fitted.score(test, images.test_digits)))
    return found
