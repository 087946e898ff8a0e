"""Whether p-values and selections of outliers hold on tables with known outliers.

    python -m benchmarks.outlier_probabilities FOLDER [--seeds 5] [--rows 1500]

Protocols and splits are those of `benchmarks.outliers`. A row a table, means over the seeds: the
share of usual test rows with a p-value of at most 0.1 (nominal: 0.1), the false discovery rate of
a selection at 0.2, and the share of the outliers that it finds. In protocol B the calibration rows
are usual ones, as the promise wants; in A outliers are among them, which makes p-values too large.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
from benchmarks.outliers import split

RATE, FDR = 0.1, 0.2


def measure(path: Path, protocol: str, seed: int, rows: int) -> tuple[float, float, float]:
    """Return (share of usual rows at or below the rate, false discovery share, power)."""
    from isthmus import OutlierDetector

    table = split(path, protocol, seed, rows)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        detector = OutlierDetector(random_state=seed).fit(table.fitted)
    p = detector.p_values(table.judged)
    chosen = detector.select(table.judged, fdr=FDR)
    usual = table.labels == 0
    wrong = (chosen & usual).sum() / max(1, chosen.sum())
    return float((p[usual] <= RATE).mean()), float(wrong), float(chosen[~usual].mean())


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=1_500)
    parser.add_argument("--protocols", default="BA")
    options = parser.parse_args()
    for protocol in options.protocols:
        print(f"Protocol {protocol}\n")
        print(f"| table | p at most {RATE} | false discoveries at {FDR} | outliers found |")
        print("| --- | --- | --- | --- |")
        every = []
        for path in sorted(options.folder.glob("*.npz")):
            found = np.array(
                [measure(path, protocol, seed, options.rows) for seed in range(options.seeds)]
            )
            every.append(found.mean(axis=0))
            error = (
                found.std(axis=0, ddof=1) / np.sqrt(len(found)) if len(found) > 1 else 0 * found[0]
            )
            cells = " | ".join(
                f"{m:.3f} ± {e:.3f}" for m, e in zip(found.mean(axis=0), error, strict=True)
            )
            print(f"| {path.stem} | {cells} |", flush=True)
        mean = np.mean(every, axis=0)
        print(f"| mean | {mean[0]:.3f} | {mean[1]:.3f} | {mean[2]:.3f} |\n")


if __name__ == "__main__":
    main()
