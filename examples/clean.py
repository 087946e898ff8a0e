"""Clean noisy examples.

A denoising autoencoder is trained to rebuild clean examples from noisy copies. Its reconstruction
of a new noisy example is a clean one.
"""

# %%
import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.model_selection import train_test_split

from isthmus import corruption, evaluation, figures, recipes

# %% [markdown]
# ## Noisy digits
#
# Pixels run from 0 to 16. The noise has a standard deviation of 4, a quarter of the range.

# %%
X_train, X_test = train_test_split(load_digits().data, random_state=0)
noise = np.random.default_rng(0).normal(scale=4, size=X_test.shape)
noisy = np.clip(X_test + noise, 0, 16)

# %% [markdown]
# ## Fit
#
# The corruption is applied in training only, anew in every step. Its scale is in scaled units,
# where the pixels run from 0 to 1.

# %%
model = recipes.denoising(24, corruption=corruption.Gaussian(0.25), epochs=60, random_state=0).fit(
    X_train
)
cleaned = model.reconstruct(noisy)

# %% [markdown]
# ## Compare
#
# The plain method is to project on the leading components of PCA. The number of components that is
# best for PCA, chosen on the training set with noise of its own, is a fair opponent.

# %%
train_noisy = np.clip(X_train + np.random.default_rng(1).normal(scale=4, size=X_train.shape), 0, 16)


def project(size: int, X: np.ndarray) -> np.ndarray:
    """Return the projection of rows on the leading components of the clean training set."""
    pca = PCA(size).fit(X_train)
    return pca.inverse_transform(pca.transform(X))


best = min(range(4, 33, 4), key=lambda size: evaluation.mse(X_train, project(size, train_noisy)))
error, pca_error = evaluation.mse(X_test, cleaned), evaluation.mse(X_test, project(best, noisy))
print(f"mean squared error before: {evaluation.mse(X_test, noisy):.2f}")
print(f"after PCA with {best} components: {pca_error:.2f}")
print(f"after the denoising autoencoder: {error:.2f}")

# %%
clean, dirty, done = (rows[:10].reshape(-1, 8, 8) for rows in (X_test, noisy, cleaned))
figures.corruption(clean, dirty, done, limits=(0, 16))

# %% [markdown]
# ## Other kinds of damage
#
# `corruption.Masking`, `SaltAndPepper`, `BitFlips` and `BinarisedGaussian` stand in the same place,
# and `+` applies one after another. Choose the kind that your data suffers from. On the command
# line:
#
# ```bash
# isthmus fit digits --recipe denoising --latent-dim 24 --out runs/clean
# isthmus reconstruct runs/clean noisy.npy --out cleaned.npy
# ```
