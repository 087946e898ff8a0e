"""Several scores as one, by their calibrated tails."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from isthmus.errors import SettingError, unknown
from isthmus.estimators.stored import copy_of
from isthmus.outliers.encoded import Encoded
from isthmus.outliers.scores.abstract import AbstractScore, Fitted, normalised
from isthmus.outliers.tails import Tail, surprise

RULES = ("mean", "max")


@dataclass(eq=False, repr=False)
class Combined(AbstractScore):
    r"""Scores brought to one unit by their tails, and then their mean, or the largest of them.

    Parameters
    ----------
    scores
        Members of `isthmus.outliers.scores`.
    rule
        ``"mean"``: unusual by all; ``"max"``: unusual by any.
    """

    scores: Sequence[AbstractScore] = ()
    rule: str = "mean"

    def __post_init__(self) -> None:
        self.reads = frozenset().union(*(score.reads for score in self.scores))

    def fit(self, encoded: Encoded) -> Self:
        """Fit the scores to one half of the examples, and learn their tails from the other.

        Each score is fitted anew to all of them then.
        """
        if not self.scores:
            raise SettingError("score Combined has no scores: give it some, Combined([...]).")
        if self.rule not in RULES:
            raise SettingError(unknown("rule of score Combined", self.rule, RULES))
        first, second = encoded[::2], encoded[1::2]
        tails = [Tail.of(copy_of(score).fit(first).calibrate(second)) for score in self.scores]
        self.tails_ = np.array([(tail.median, tail.spread) for tail in tails])
        self.scores_ = [copy_of(score).fit(encoded) for score in self.scores]
        return self

    def calibrate(self, held_out: Encoded) -> np.ndarray:
        """Return scores (n,) of held-out examples, as every score's own ``calibrate`` does."""
        raw = np.stack([score.calibrate(held_out) for score in self.scores_], axis=1)
        return self._together(raw)

    def score(self, encoded: Encoded) -> np.ndarray:
        """Return how unusual each example is (n,), in standard deviations of a usual one."""
        return self._together(self._raw(encoded))

    def shares(self, encoded: Encoded) -> np.ndarray:
        """Return each feature's share (n, D): of the scores in their mean, or of the largest."""
        parts = np.stack([score.shares(encoded) for score in self.scores_])
        weights = surprise(self._standard(self._raw(encoded)))  # (n, scores)
        if self.rule == "max":
            weights = weights == weights.max(axis=1, keepdims=True)
        return normalised(np.einsum("ns,snd->nd", weights.astype(np.float64), parts))

    def state(self) -> Fitted:
        """Return the tails, and what each score has, under its place."""
        own: Fitted = {"tails_": self.tails_}
        for i, score in enumerate(self.scores_):
            own |= {f"{i}.{name}": value for name, value in score.state().items()}
        return own

    def restore(self, state: Fitted) -> Self:
        """Take over what another instance had fitted."""
        self.tails_ = state["tails_"]
        self.scores_ = []
        for i, score in enumerate(self.scores):
            own = {k.removeprefix(f"{i}."): v for k, v in state.items() if k.startswith(f"{i}.")}
            self.scores_.append(copy_of(score).restore(own))
        return self

    def _raw(self, encoded: Encoded) -> np.ndarray:
        return np.stack([score.score(encoded) for score in self.scores_], axis=1)

    def _standard(self, raw: np.ndarray) -> np.ndarray:
        tails = [Tail(*numbers) for numbers in self.tails_.tolist()]
        return np.stack([tail(raw[:, i]) for i, tail in enumerate(tails)], axis=1)

    def _together(self, raw: np.ndarray) -> np.ndarray:
        standard = self._standard(raw)
        return standard.mean(axis=1) if self.rule == "mean" else standard.max(axis=1)
