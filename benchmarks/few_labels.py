"""Classifiers that learn from a few labels: isthmus beside what anyone could do in one line.

    python -m benchmarks.few_labels [mnist] [--labels 80,100,40] [--draws 10]
        [--methods isthmus,logistic,nearest,spreading] [--epochs 5]

The labels of a draw are spread evenly over the classes; every method gets the same ones. Accuracy
is that on the test set: the mean over the draws, and their standard deviation. The neighbours of
the examples are found once and kept in the cache folder: they know no labels. Label spreading
(scikit-learn) sees the test examples, unlabelled; the others do not. A source without a test set of
its own keeps a quarter for it.
"""

import argparse
import time
from itertools import product
from typing import Any

import numpy as np
from benchmarks.maps import load

from isthmus.unlabelled import keep_labels, known_labels

Data = dict[str, np.ndarray]

SPAN = 255.0


def flat(x: np.ndarray) -> np.ndarray:
    """Return examples (n, D) in [0, 1], where they are pixels."""
    rows = x.reshape(len(x), -1)
    return rows.astype(np.float32) / SPAN if rows.dtype == np.uint8 else rows


class Methods:
    """Each method: from the few labels to predictions for the test set."""

    def __init__(self, data: Data, settings: dict[str, Any]):
        self.data, self.settings = data, settings
        self._similarities: Any = None

    def isthmus(self, few: np.ndarray, seed: int) -> np.ndarray:
        """Return what an autoencoder's classifier predicts, which learned from all examples."""
        from isthmus import AutoencoderClassifier

        made = AutoencoderClassifier(random_state=seed, validation_fraction=0, **self.settings)
        return made.fit(self.data["train"], few).predict(self.data["test"])

    def logistic(self, few: np.ndarray, seed: int) -> np.ndarray:
        """Return what logistic regression on the columns predicts."""
        from sklearn.linear_model import LogisticRegression

        known = known_labels(few)
        made = LogisticRegression(max_iter=1000)
        made.fit(flat(self.data["train"][known]), few[known].astype(int))
        return made.predict(flat(self.data["test"]))

    def nearest(self, few: np.ndarray, seed: int) -> np.ndarray:
        """Return the label of the nearest labelled example."""
        from sklearn.neighbors import KNeighborsClassifier

        known = known_labels(few)
        made = KNeighborsClassifier(1)
        made.fit(flat(self.data["train"][known]), few[known].astype(int))
        return made.predict(flat(self.data["test"]))

    def spreading(self, few: np.ndarray, seed: int) -> np.ndarray:
        """Return what scikit-learn's LabelSpreading makes of the test examples, over 7 neighbours.

        Its own search of neighbours takes minutes; this one is exact too, on 50 principal axes.
        """
        from scipy.sparse import csr_matrix
        from sklearn.semi_supervised import LabelSpreading

        x = np.concatenate([flat(self.data["train"]), flat(self.data["test"])])
        if self._similarities is None:
            from isthmus.estimators.neighbour_graph import neighbour_graph

            graph = neighbour_graph(x, 7)
            ones = np.ones(graph.size, np.float32)
            starts = np.arange(0, graph.size + 1, 7)
            one_way = csr_matrix((ones, graph.ravel(), starts), (len(x), len(x)))
            self._similarities = one_way.maximum(one_way.T)
        known = known_labels(few)
        y = np.full(len(x), -1)
        y[: len(few)][known] = few[known].astype(int)
        made = LabelSpreading(kernel=lambda X, Y: self._similarities, alpha=0.99, max_iter=300)
        return made.fit(x[:, :1], y).transduction_[len(few) :]


NAMES = ("isthmus", "logistic", "nearest", "spreading")


Found = dict[tuple[int, str], list[tuple[float, float]]]
"""Accuracy and seconds of every draw, by number of labels and method."""


def measure(methods: Methods, counts: list[int], names: list[str], draws: int) -> Found:
    """Return what every method reaches, one draw of labels after the other."""
    data, found = methods.data, {(count, name): [] for count in counts for name in names}
    for draw, (count, name) in product(range(draws), found):
        few = keep_labels(data["y"], count, seed=draw)
        begun = time.perf_counter()
        right = getattr(methods, name)(few, draw) == data["y_test"]
        found[count, name].append((float(right.mean()), time.perf_counter() - begun))
        print(f"    draw {draw}, {count} labels, {name}: {right.mean():.4f}", flush=True)
    return found


def row(count: int, name: str, found: list[tuple[float, float]]) -> str:
    """Return a row of the table: mean and deviation of the accuracy, mean seconds."""
    accuracies, seconds = zip(*found, strict=True)
    deviation = np.std(accuracies, ddof=min(1, len(found) - 1))
    means = f"{np.mean(accuracies):.4f} | {deviation:.4f} | {np.mean(seconds):.1f}"
    return f"| {count} | {name} | {means} |"


def main() -> None:
    """Print a table of every source."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sources", nargs="*", default=["mnist"])
    parser.add_argument("--labels", default="80,100,40")
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--methods", default=",".join(NAMES))
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    counts, names = [*map(int, options.labels.split(","))], options.methods.split(",")
    for source in options.sources:
        data = load(source, options.limit)
        images = data["train"].ndim > 2
        settings = {
            "latent_dim": 32 if images else 8,
            "hidden": (256,),
            "epochs": options.epochs,
            "batch_size": 256,
            "classification_weight": 100.0,
            "corruption": "affine" if images else None,
        }
        found = measure(Methods(data, settings), counts, names, options.draws)
        print(f"\n{source}: {len(data['train'])} + {len(data['test'])} examples")
        print(f"{options.draws} draws\n\n| labels | method | accuracy | deviation | seconds |")
        print("| --- | --- | --- | --- | --- |")
        print("\n".join(row(*which, rows) for which, rows in found.items()), flush=True)


if __name__ == "__main__":
    main()
