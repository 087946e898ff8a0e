"""What a fitted autoencoder says of examples: errors, likelihoods, findings."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from isthmus.annotations import ExamplesLike, RandomState, Targets
from isthmus.checks import check_whole
from isthmus.doctor import Finding, Fit
from isthmus.errors import SettingError
from isthmus.estimators import importance, inference, measuring, symbols
from isthmus.estimators.inputs import examples_to_walk
from isthmus.estimators.tabular import Tabular

if TYPE_CHECKING:
    from isthmus.estimators.base import AbstractAutoencoder


class Measured(Tabular):
    """The methods of a fitted autoencoder that measure examples."""

    def assess(self, X: ExamplesLike, labels: Targets | None = None) -> dict[str, np.ndarray]:
        """Return all that a report needs of examples, computed in one pass.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples in their own units, few enough that D values for each fit in memory.
        labels : (n,), optional
            Labels of the examples, where the model is conditioned on labels.

        Returns
        -------
        dict of arrays, one row per example
            ``code`` (n, d); ``scaled`` (n, D): the examples in the scaled space, zero where they
            are missing; ``squares``, ``squares_input`` (n, D): squared errors of the
            reconstruction in the scaled space and in the data's own units; ``nats`` (n,): negative
            log likelihood at the code; ``floor_nats`` (n,): its lower bound; for a masked
            likelihood ``observed`` (n, D): 0 for missing entries and 1 for the others; for a
            stochastic latent ``kl`` (n,), ``drawn_nats`` (n,) of one draw and, where the latent
            gives it, ``kl_dimensions`` (n, d).
        """
        check_is_fitted(self)
        self.need_decoder()
        examples = examples_to_walk(self, X)
        numbers = self._label_numbers(labels, "assess", examples)
        rows = inference.map_rows(inference.assess_with_code, self.model_, examples, numbers)
        if not self.model_.latent.stochastic:
            del rows["kl"], rows["drawn_nats"]
        return rows

    def measure(self, X: ExamplesLike, labels: Targets | None = None) -> measuring.Measures:
        """Measure the reconstructions of ``X``.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples in their own units.
        labels : (n,), optional
            Labels of the examples, where the model is conditioned on labels.

        Returns
        -------
        dict
            ``mse``: squared error an element, scaled space, missing ones left out; ``mse_input``:
            in the data's own units; ``nats``: negative log likelihood at the code, nats an example;
            ``floor_nats``: the least that the likelihood allows; ``kl``, ``elbo`` and
            ``negative_elbo``: divergence, evidence lower bound of one draw and its negative, which
            is a loss, nats an example, for stochastic latents;
            ``kl_per_dimension`` (d,); ``errors`` (n,): mean squared error an example, scaled;
            ``column_mse``, ``column_mse_input`` (D,); ``outside``: how many examples lie outside
            the support of the likelihood, where their log likelihood is minus infinity: means of
            nats leave them out.
        """
        check_is_fitted(self)
        self.need_decoder()
        examples = examples_to_walk(self, X)
        numbers = self._label_numbers(labels, "measure", examples)
        return measuring.measure(self.model_, examples, numbers)

    def diagnose(
        self,
        X: ExamplesLike,
        y: Targets | None = None,
        X_test: ExamplesLike | None = None,
        y_test: Targets | None = None,
    ) -> tuple[Finding, ...]:
        """Return what is wrong with the data, the settings or the fitted model.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Training examples in their own units.
        y : (n,), optional
            Their targets.
        X_test, y_test
            Further examples and their targets, on which overfitting is judged.

        Returns
        -------
        tuple of `isthmus.doctor.Finding`
            The most serious first: ``check``, ``severity`` (``"stop"``, ``"look"`` or ``"note"``),
            ``sentence``, ``remedy`` and ``evidence``.

        Examples
        --------
        >>> from isthmus import Autoencoder
        >>> X = np.repeat(np.random.default_rng(0).normal(size=(20, 3)), 4, axis=0)
        >>> found = Autoencoder(1, hidden=(4,), epochs=2, random_state=0).fit(X).diagnose(X)
        >>> found[0].check, found[0].severity
        ('repeated-rows', 'stop')
        """
        return self.examine(X, y, X_test, y_test)[1]

    def examine(
        self,
        X: ExamplesLike,
        y: Targets | None = None,
        X_test: ExamplesLike | None = None,
        y_test: Targets | None = None,
        names: Sequence[str] | None = None,
    ) -> tuple[Fit | None, tuple[Finding, ...]]:
        """Return the model as plain numbers, which verdicts are made of, and what is wrong.

        The parameters and the second result are those of `diagnose`, and ``names`` of the columns
        where the model has none; the first result is None for a model without a decoder.
        """
        from isthmus.estimators import diagnosis

        check_is_fitted(self)
        return diagnosis.examine(cast("AbstractAutoencoder", self), X, y, X_test, y_test, names)

    def score_samples(self, X: ExamplesLike, labels: Targets | None = None) -> np.ndarray:
        """Return how usual each example is.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples in their own units.
        labels : (n,), optional
            Labels of the examples, where the model is conditioned on labels.

        Returns
        -------
        ndarray (n,)
            Log likelihood at the code, less the posterior's divergence where there is one; nats,
            higher is more usual.
        """
        check_is_fitted(self)
        self.need_decoder()
        examples = examples_to_walk(self, X)
        numbers = self._label_numbers(labels, "score_samples", examples)
        parts = [
            -(rows["nats"] + rows["kl"]).astype(np.float64)
            for rows in inference.iterate_rows(inference.assess, self.model_, examples, numbers)
        ]
        return np.concatenate(parts)

    def log_likelihood(
        self,
        X: ExamplesLike,
        n_samples: int = 5000,
        random_state: RandomState = None,
        labels: Targets | None = None,
    ) -> np.ndarray:
        r"""Estimate the log likelihood of each example, the code integrated out.

        .. math:: \log \frac1K \sum_{k=1}^K \frac{p(x | z_k) \, p(z_k)}{q(z_k | x)},
            \quad z_k \sim q(z | x)

        In expectation a lower bound of log p(x) that rises with K, and with one draw the evidence
        lower bound. Time is that of decoding K codes an example; memory does not grow with K.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples in their own units.
        n_samples
            Draws K of each posterior, >= 1; the first of more are those of fewer.
        random_state
            As everywhere in scikit-learn.
        labels : (n,), optional
            Labels of the examples, where the model is conditioned on labels.

        Returns
        -------
        ndarray (n,)
            Nats an example, higher is likelier. Of a density it is that of the scaled examples: in
            units of the data's own it is less by the sum of the logarithms of the scales. Of
            bits it is a log probability; of grey levels under the Bernoulli likelihood neither, but
            minus their cross-entropy.

        Raises
        ------
        SettingError
            If the latent is not stochastic, or there is no decoder.

        References
        ----------
        Burda, Grosse and Salakhutdinov, Importance weighted autoencoders, ICLR 2016, section 5.1:
        5,000 draws.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from isthmus.recipes import vae
        >>> X = load_digits().data[:200]
        >>> fitted = vae(2, hidden=(16,), epochs=2, random_state=0).fit(X)
        >>> few, many = (fitted.log_likelihood(X, k, random_state=0).mean() for k in (1, 50))
        >>> bool(few < many)
        True
        """
        self._need_drawn_code()
        check_whole("log_likelihood", "n_samples", n_samples, 1)
        examples = examples_to_walk(self, X)
        seed = check_random_state(random_state).randint(2**31 - 1)
        numbers = self._label_numbers(labels, "log_likelihood", examples)
        return importance.log_likelihood(self.model_, examples, n_samples, seed, numbers)

    def _need_drawn_code(self) -> None:
        """Raise `SettingError` unless the fitted model draws codes and decodes them."""
        check_is_fitted(self)
        self.need_decoder()
        if not self.model_.latent.stochastic:
            raise SettingError(
                f"log_likelihood needs a code that is drawn, and the latent here is "
                f"{type(self.model_.latent).__name__}: fit with latent='gaussian' for instance."
            )

    def symbols(self, X: ExamplesLike) -> tuple[np.ndarray, symbols.SymbolCodes] | None:
        """Return the symbols (n, T) of examples under a discrete latent, and the codes of symbols.

        None for any other latent, and for a model that is conditioned on labels.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from isthmus.recipes import fsq_vae
        >>> X = load_digits().data[:200]
        >>> fitted = fsq_vae(3, levels=5, hidden=(8,), epochs=1, random_state=0).fit(X)
        >>> written, of = fitted.symbols(X)
        >>> written.shape, bool(np.allclose(of.codes(written), fitted.transform(X)))
        ((200, 3), True)
        """
        check_is_fitted(self)
        return symbols.symbols_of(cast("AbstractAutoencoder", self), X)

    def need_decoder(self) -> None:
        """Raise `SettingError` if the model has no decoder."""
        if self.model_.decoder is None:
            raise SettingError(
                "This model has no decoder (decoder=None), so it reconstructs nothing."
            )
