"""Why an example has its score: contributions of features, and what would have been usual."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from isthmus.annotations import Examples
from isthmus.outliers.folds import Fold


@dataclass(frozen=True)
class Reasons:
    """Reasons for the scores of examples, in the data's own units where values are.

    Parameters
    ----------
    scores : (n,)
        Higher is more unusual.
    contributions : (n, D)
        What each feature adds to the score, >= 0; the sum over the features is the score.
    found : (n, D)
        The values.
    reconstructed : (n, D)
        What the autoencoder makes of them.
    neighbours : (n, k, D) or None
        The nearest usual examples, the nearest one first, where the score compares with some.
    """

    scores: np.ndarray
    contributions: np.ndarray
    found: np.ndarray
    reconstructed: np.ndarray
    neighbours: np.ndarray | None

    @property
    def expected(self) -> np.ndarray:
        """Usual values (n, D): medians of the nearest usual examples, or the reconstructions."""
        return self.reconstructed if self.neighbours is None else np.median(self.neighbours, axis=1)

    def usual(self, levels: Sequence[int]) -> np.ndarray:
        """Return usual values (n, D) whose columns of levels are shares of the nearest examples.

        A level of its own has no median: of three levels that are each rarer than half, none.
        """
        usual = self.expected.copy()
        if self.neighbours is not None and len(levels):
            usual[:, list(levels)] = self.neighbours[:, :, list(levels)].mean(axis=1)
        return usual

    def top(self, count: int = 3) -> np.ndarray:
        """Return the features (n, count) that contribute most, the first one first."""
        return np.argsort(-self.contributions, axis=1, kind="stable")[:, :count]

    def grouped(self, groups: Sequence[Sequence[int]]) -> np.ndarray:
        """Return contributions (n, groups) of groups of features, such as one-hot columns."""
        return np.stack([self.contributions[:, list(g)].sum(axis=1) for g in groups], axis=1)


def explain(folds: Sequence[Fold], X: Examples) -> Reasons:
    """Return the reasons for the scores of examples, means over the folds."""
    encoded = [fold.encode(X) for fold in folds]
    pairs = list(zip(folds, encoded, strict=True))
    scores = np.stack([fold.surprise(seen) for fold, seen in pairs])  # (folds, n)
    shares = np.stack([fold.score.shares(seen) for fold, seen in pairs])  # (folds, n, D)
    first, seen = pairs[0]
    back = np.asarray(first.autoencoder.unscale(seen.reconstructions)).reshape(seen.x.shape)
    return Reasons(
        scores=scores.mean(axis=0),
        contributions=(scores[:, :, None] * shares).mean(axis=0),
        found=seen.columns,
        reconstructed=back,
        neighbours=first.score.neighbours(seen),
    )
