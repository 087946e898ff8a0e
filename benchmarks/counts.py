"""Random count tables that must train, and a plain factor model beside them.

    python -m benchmarks.counts [--tables 1000] [--compare 20]

Tables have means of 0.01 to 100,000, are overdispersed and sparse to every degree, and their rows
differ in size by up to a hundred times. First: do losses stay finite? Then, on some of them: the
held-out bound of `Autoencoder(2, latent="gaussian", likelihood="negative_binomial")` beside a
negative binomial factor model's, which is the same with linear networks, and beside one
distribution for all rows.
"""

import argparse
import warnings

import numpy as np
from scipy.stats import nbinom

from isthmus import Autoencoder
from isthmus.errors import NonFiniteLossError
from isthmus.likelihoods import NegativeBinomial, Poisson

ROWS, COLUMNS = 128, (4, 16)


def table(seed: int) -> np.ndarray:
    """Return counts (128, 4 or 16): gamma rates of low rank, rows of many sizes, some zeroed."""
    rng = np.random.default_rng(seed)
    width = COLUMNS[seed % len(COLUMNS)]
    means = 10 ** rng.uniform(-2, 5, width)
    factors = rng.normal(size=(ROWS, 2)) @ rng.normal(size=(2, width)) * rng.uniform(0, 1.5)
    sizes = 10 ** rng.normal(0, rng.uniform(0, 0.7), (ROWS, 1))
    r = 10 ** rng.uniform(-1, 3)
    rates = means * sizes * np.exp(factors) * rng.gamma(r, 1 / r, (ROWS, width))
    counts = rng.poisson(np.minimum(rates, 1e8))
    return np.where(rng.random(counts.shape) < rng.uniform(0, 0.9), 0, counts).astype(float)


def trains(seed: int) -> bool:
    """Tell whether a model trains on a table with finite losses and outputs."""
    x = table(seed)
    likelihood = (NegativeBinomial(), Poisson(), NegativeBinomial(sized=True))[seed % 3]
    model = Autoencoder(
        2, latent="gaussian", likelihood=likelihood, hidden=(16,), epochs=5, random_state=seed
    )
    try:
        losses = model.fit(x).history_["train_loss"]
    except NonFiniteLossError as error:
        print(f"table {seed}: {error}")
        return False
    finite = np.isfinite(losses).all() and np.isfinite(model.reconstruct(x)).all()
    if not finite:
        print(f"table {seed}: losses {losses}")
    return bool(finite)


def bounds(seed: int) -> tuple[float, float, float]:
    """Return bounds on a held-out half, nats per row: autoencoder, factor model, no code."""
    x = table(seed)
    learned, unseen = x[::2], x[1::2]
    settings = {"latent": "gaussian", "likelihood": "negative_binomial", "random_state": 0}
    settings |= {"epochs": 200}
    found = []
    for hidden, size in (("auto", 2), ((), 2)):
        model = Autoencoder(size, hidden=hidden, **settings).fit(learned)
        found.append(float(model.score_samples(unseen).mean()))
    means = learned.mean(axis=0) + 1e-3
    variance = learned.var(axis=0)
    r = np.clip(means**2 / np.maximum(variance - means, 1e-6), 1e-2, 1e4)
    alone = sum(
        float(-np.asarray(_cost(means[j], r[j], unseen[:, [j]])).mean()) for j in range(x.shape[1])
    )
    return found[0], found[1], alone


def _cost(mean: float, r: float, x: np.ndarray) -> np.ndarray:
    return -nbinom.logpmf(x, r, r / (r + mean))


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=1000)
    parser.add_argument("--compare", type=int, default=20)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    trained = sum(trains(seed) for seed in range(given.tables))
    print(f"{trained} of {given.tables} tables trained with finite losses")
    rows = np.array([bounds(seed) for seed in range(given.compare)])
    for seed, (own, factor, alone) in enumerate(rows):
        print(
            f"table {seed}: autoencoder {own:.1f}, factor model {factor:.1f}, no code {alone:.1f}"
        )
    if len(rows):
        wins = int((rows[:, 0] >= rows[:, 1]).sum())
        print(f"the autoencoder's bound is the higher one on {wins} of {len(rows)}")


if __name__ == "__main__":
    main()
