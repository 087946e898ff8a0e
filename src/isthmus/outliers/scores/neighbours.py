"""Distances to the nearest usual examples, in code and residual, at several scales."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from isthmus.checks import check_between, check_whole
from isthmus.outliers.distances import count_identical, freed, nearest_rows, neighbour_distances
from isthmus.outliers.encoded import Encoded
from isthmus.outliers.robust import robust_scale
from isthmus.outliers.scores.abstract import TINY, AbstractScore, normalised
from isthmus.outliers.tails import Tail

SPACES = ("code and residual", "the same, normalised", "columns")
"""Where distances are measured; the last needs no network."""

UNUSUAL = 2.5
"""An example that is further above the median, in standard deviations, does not stand for what is
usual where a reason is given."""

SHOWN = 5
"""Nearest examples that are given as what would have been usual."""

LEAST = 1e-6
"""Share of the usual distance that is added before a logarithm is taken: identical examples have
distance 0."""

CALIBRATED_ON = 1_000
"""Examples, at most, from which the usual distances are learned."""


@dataclass(eq=False, repr=False)
class Neighbours(AbstractScore):
    r"""Distance to the k-th nearest example, at several k, in three spaces; combined by tails.

    The spaces: code and residual joined, as they are, which keeps the distances of the examples
    when the autoencoder is linear; the same with every coordinate divided by its own spread, where
    a small residual counts that is unusual for its feature; and the columns by their robust spread,
    where no network has a say. The logarithm of each distance d is brought to one unit by its
    `Tail`, and

    .. math:: s(x) = \max_k \tfrac13 \sum_{\text{spaces}} t(\log d_k(x)).

    A single outlier is far from its nearest example; outliers that come as a group are near each
    other, and far only from the k-th, for k beyond the size of the group. The largest over k takes
    both, without a guess at their number. An example that is identical to one of the reference is
    taken for that one, and not compared with it.

    Parameters
    ----------
    scales
        How many k, evenly spaced on a logarithmic axis from 1 up, >= 1.
    largest
        The largest k, as a share of the examples: groups up to this size are found. In (0, 0.5].
    reference
        Examples that are kept to compare with, at most.

    References
    ----------
    Ramaswamy, Rastogi and Shim, Efficient algorithms for mining outliers from large data sets,
    SIGMOD 2000: the distance to the k-th neighbour.
    """

    scales: int = 4
    largest: float = 0.2
    reference: int = 5_000

    def fit(self, encoded: Encoded) -> Self:
        """Keep examples, and learn the coordinates' spreads and the usual distances."""
        check_whole("score Neighbours", "scales", self.scales, 1)
        check_between("score Neighbours", "largest", self.largest, 0, 0.5, open_low=True)
        check_whole("score Neighbours", "reference", self.reference, 2)
        self.code_spread_ = _spread(encoded.codes - encoded.codes.mean(axis=0))
        self.residual_spread_ = _spread(encoded.residuals)
        self.column_spread_ = robust_scale(encoded.columns)
        kept = encoded[_evenly(len(encoded), self.reference)]
        self._keep(kept)
        top = max(1, round(self.largest * len(kept)))
        ks = np.geomspace(1, top, self.scales).round().astype(int)
        self.ks_ = np.unique(np.minimum(ks, max(1, len(kept) - 2)))
        some = kept[_evenly(len(kept), CALIBRATED_ON)]
        distances = self._distances(some)  # (n, spaces, scales)
        self.least_ = LEAST * np.median(distances, axis=0) + TINY
        logarithms = np.log(distances + self.least_)
        tails = [[Tail.of(scale) for scale in space] for space in logarithms.transpose(1, 2, 0)]
        self.tails_ = np.array([[(tail.median, tail.spread) for tail in space] for space in tails])
        self._note_usual()
        return self

    def calibrate(self, held_out: Encoded) -> np.ndarray:
        """Return scores (n,) by all the other examples, and keep these for comparison too.

        One that is compared with one more example can only come nearer to its neighbours. So the
        scores of these are no less than they would be with a new example among their neighbours,
        and p-values by them are valid.
        """
        own = self._kept()
        room = max(0, self.reference - len(held_out))
        self._keep(_joined(own[_evenly(len(own), room)] if room else own[:0], held_out))
        self._note_usual()
        alone = np.minimum(count_identical(held_out.x, self.x_), 2)
        return self._largest(self._distances(held_out, alone))

    def score(self, encoded: Encoded) -> np.ndarray:
        """Return how unusual each example is (n,), in standard deviations of a usual one."""
        return self._largest(self._distances(encoded))

    def shares(self, encoded: Encoded) -> np.ndarray:
        """Return each feature's share (n, D) in the squared distances to the nearest usual ones.

        In code and residual it is the share in these distances; of columns it is by how much the
        distances fall where the feature may have any value, see `isthmus.outliers.distances.freed`.
        """
        t = self._standard(self._distances(encoded)).mean(axis=1)
        scale = t.argmax(axis=1)
        parts = np.zeros(encoded.x.shape)
        for j, k in enumerate(self.ks_):
            rows = np.flatnonzero(scale == j)
            if len(rows):
                parts[rows] = self._parts(encoded[rows], int(k))
        return normalised(parts)

    def neighbours(self, encoded: Encoded) -> np.ndarray:
        """Return the nearest usual examples (n, 5, D) by their columns, without identical ones."""
        usual = self._usual()
        mine, kept = self._coordinates(encoded)[-1], self._coordinates(usual)[-1]
        skipped = np.minimum(count_identical(encoded.x, usual.x), 1)
        return usual.columns[nearest_rows(mine, kept, SHOWN, skipped)]

    def _parts(self, encoded: Encoded, k: int) -> np.ndarray:
        """Return each feature's mean share (n, D) in the distances of each space."""
        kept = self._usual()
        k = min(k, len(kept) - 1)
        skipped = np.minimum(count_identical(encoded.x, kept.x), 1)
        *networks, (mine, columns) = zip(
            self._coordinates(encoded), self._coordinates(kept), strict=True
        )
        total = np.stack([normalised(freed(row[None], columns, SHOWN))[0] for row in mine])
        for space, (own, others) in enumerate(networks):
            near = nearest_rows(own, others, k, skipped)
            for row, indices in enumerate(near):
                squares = self._squares(space, encoded[row : row + 1], kept[indices])
                total[row] += normalised(squares.sum(axis=0, keepdims=True))[0]
        return total / len(SPACES)

    def _squares(self, space: int, one: Encoded, others: Encoded) -> np.ndarray:
        """Return squared differences (m, D) by feature; the code's are shared as its decoding's."""
        residual = (one.residuals - others.residuals) ** 2
        code = (one.codes - others.codes) ** 2
        if space == 1:
            residual = residual / self.residual_spread_**2
            code = code / self.code_spread_**2
        moved = normalised((one.reconstructions - others.reconstructions) ** 2)
        return residual + moved * code.sum(axis=1, keepdims=True)

    def _keep(self, kept: Encoded) -> None:
        self.x_, self.columns_ = kept.x, kept.columns
        self.codes_, self.residuals_ = kept.codes, kept.residuals

    def _note_usual(self) -> None:
        """Note which of the kept examples are usual, by the others."""
        self.usual_ = self.score(self._kept()) <= UNUSUAL

    def _usual(self) -> Encoded:
        return self._kept()[self.usual_]

    def _kept(self) -> Encoded:
        return Encoded(self.x_, self.codes_, self.residuals_, self.columns_)

    def _coordinates(self, encoded: Encoded) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        plain = np.hstack([encoded.codes, encoded.residuals])
        spread = np.concatenate([self.code_spread_, self.residual_spread_])
        return plain, plain / spread, encoded.columns / self.column_spread_

    def _distances(self, encoded: Encoded, skipped: np.ndarray | None = None) -> np.ndarray:
        """Return distances (n, spaces, scales) to the k-th nearest kept example."""
        if skipped is None:
            skipped = np.minimum(count_identical(encoded.x, self.x_), 1)
        pairs = zip(self._coordinates(encoded), self._coordinates(self._kept()), strict=True)
        found = [neighbour_distances(mine, kept, self.ks_, skipped) for mine, kept in pairs]
        return np.stack(found, axis=1)

    def _standard(self, distances: np.ndarray) -> np.ndarray:
        """Return distances (n, spaces, scales) in standard deviations of usual logarithms."""
        logarithms = np.log(distances + self.least_)
        return (logarithms - self.tails_[..., 0]) / self.tails_[..., 1]

    def _largest(self, distances: np.ndarray) -> np.ndarray:
        return self._standard(distances).mean(axis=1).max(axis=1)


def _spread(centred: np.ndarray) -> np.ndarray:
    """Return the root mean square (D,) of columns; 1 where there is none."""
    spread = np.sqrt(np.mean(np.square(centred, dtype=np.float64), axis=0))
    floor = 1e-3 * float(np.sqrt(np.mean(spread**2))) if spread.size else 0.0
    return np.where(spread > floor, spread, floor if floor > 0 else 1.0).astype(np.float32)


def _evenly(n: int, most: int) -> np.ndarray:
    """Return which of ``n`` rows to take so that they are ``most``, evenly spaced."""
    return np.arange(n) if n <= most else np.linspace(0, n - 1, most).round().astype(int)


def _joined(*parts: Encoded) -> Encoded:
    names = ("x", "codes", "residuals", "columns")
    return Encoded(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
