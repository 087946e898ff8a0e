"""What automatic weight decay does to the held-out loss, on small tables of every kind.

    python -m benchmarks.decay [--seeds 3]

Each table is fitted with and without it, by the same seed, code and parts. The loss is measured on
a quarter of the rows that is held out: nats a row, the divergence of a stochastic code included.
"""

import argparse
import os
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.counts import table as counts
from sklearn import datasets

from isthmus import Autoencoder
from isthmus.data import open_source
from isthmus.data.source import take

TABLES = ("penguins", "mpg", "titanic", "planets")
CLASSICS: dict[str, Callable[[], Any]] = {
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "breast cancer": datasets.load_breast_cancer,
    "diabetes": datasets.load_diabetes,
    "digits, 400": datasets.load_digits,
}


def tables() -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Yield names, rows and settings of fits."""
    for name in TABLES:
        path = Path(os.environ.get("ISTHMUS_DATA", "data"), "tables", f"{name}.csv")
        if path.exists():
            yield name, open_source(path).examples, {}
    for name, load in CLASSICS.items():
        yield name, load().data[:400], {}
    rng = np.random.default_rng(0)
    yield "log-normal", np.exp(2 * rng.normal(size=(300, 3)) @ rng.normal(size=(3, 8))), {}
    one = rng.normal(size=(300, 6))
    one[:, 0] = rng.poisson(300, 300)  # one column of large numbers
    yield "one large column", one, {"scaling": "none"}
    for seed in (0, 1, 2, 3):
        model = {"latent": "gaussian", "likelihood": "negative_binomial"}
        yield f"counts {seed}", counts(seed), model


def loss(rows: Any, settings: dict[str, Any], seed: int) -> float:
    """Return nats a row on the held-out quarter."""
    order = np.random.default_rng(seed).permutation(len(rows))
    cut = len(rows) // 4
    model = Autoencoder(2, random_state=seed, **settings).fit(take(rows, order[cut:]))
    measured = model.measure(take(rows, order[:cut]))
    return float(measured.get("negative_elbo", measured["nats"]))


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    print("| table | without, nats | with, nats | worse by |")
    print("| --- " * 4 + "|")
    for name, rows, settings in tables():
        pairs = [
            [loss(rows, settings | {"penalties": one}, seed) for one in ((), "auto")]
            for seed in range(options.seeds)
        ]
        without, with_it = np.mean(pairs, axis=0)
        share = (with_it - without) / abs(without)
        print(f"| {name} | {without:.3f} | {with_it:.3f} | {share:+.1%} |", flush=True)


if __name__ == "__main__":
    main()
