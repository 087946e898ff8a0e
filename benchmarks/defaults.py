"""The defaults against PCA: the table of docs/defaults.md.

    python benchmarks/defaults.py [SOURCE ...] [--dims 2,8,32] [--seeds 3]

For every source, code size and seed: a fifth held out for testing (or the source's own test part),
a tenth of the rest for validation, `isthmus.Autoencoder(latent_dim)` with nothing else set, and
PCA of the same code size on the same training part. Prints a Markdown table of the ratio of test
errors, in the scaled space that both share; below 1 the autoencoder is better.
"""

import argparse
import sys
import time

import numpy as np
from sklearn import datasets

import isthmus
from isthmus.evaluation import fit_pca

TABLES = {
    "wine": datasets.load_wine,
    "breast-cancer": datasets.load_breast_cancer,
    "diabetes": datasets.load_diabetes,
    "iris": datasets.load_iris,
}


def parts(name: str, seed: int) -> dict[str, np.ndarray]:
    """Return the training, validation and test part of a source, flat."""
    source = isthmus.open_source(TABLES[name]().data if name in TABLES else name)
    share = 0.0 if source.test is not None else 0.2
    where = isthmus.data.split(len(source), validation=0.1, test=share, seed=seed)
    test = source.test.examples[:] if source.test is not None else source.examples[where.test]
    taken = {
        "train": source.examples[where.train],
        "validation": source.examples[where.validation],
        "test": test,
    }
    return {part: np.asarray(examples) for part, examples in taken.items()}


def ratio(name: str, latent_dim: int, seed: int) -> tuple[float, float]:
    """Return (test error over PCA's, seconds of the fit)."""
    data = parts(name, seed)
    begun = time.perf_counter()
    autoencoder = isthmus.Autoencoder(latent_dim, random_state=seed)
    autoencoder.fit(data["train"], validation_data=data["validation"])
    seconds = time.perf_counter() - begun
    anchor = fit_pca(autoencoder.scale(data["train"]), latent_dim)
    pca = anchor.mse(autoencoder.scale(data["test"]), latent_dim)
    return autoencoder.measure(data["test"])["mse"] / pca, seconds


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sources", nargs="*", default=[*TABLES, "digits"])
    parser.add_argument("--dims", default="2,8,32")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    print("| data | code | test error over PCA's, a seed each | mean | seconds a fit |")
    print("| --- | --- | --- | --- | --- |")
    for name in options.sources:
        features = parts(name, 0)["train"][0].size
        for latent_dim in (int(d) for d in options.dims.split(",")):
            if latent_dim >= features:
                continue
            runs = [ratio(name, latent_dim, seed) for seed in range(options.seeds)]
            ratios = [r for r, _ in runs]
            each = ", ".join(f"{r:.3f}" for r in ratios)
            seconds = np.median([s for _, s in runs])
            print(f"| {name} | {latent_dim} | {each} | {np.mean(ratios):.3f} | {seconds:.1f} |")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
