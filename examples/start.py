"""A start of five minutes.

Fit an autoencoder to small images of handwritten digits, compare it with PCA, look at what it
rebuilds, and keep it in a file. You need nothing but `pip install .` in a clone of the repository.
"""

# %%
from pathlib import Path
from tempfile import mkdtemp

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import isthmus
from isthmus import evaluation, figures

# %% [markdown]
# ## Fit
#
# The digits are 1,797 images of 8 x 8 pixels, one per row. An autoencoder compresses each row to a
# short code, here of 8 numbers, and rebuilds the row from the code. It is a scikit-learn
# transformer: `fit` learns, `transform` encodes, `inverse_transform` decodes.
#
# All settings but the size of the code are chosen from the data. Here the number of epochs is
# small, so that this page is built quickly; without it the fit is better.

# %%
X, y = load_digits(return_X_y=True)
X_train, X_test = train_test_split(X, random_state=0)

autoencoder = isthmus.Autoencoder(latent_dim=8, epochs=20, random_state=0).fit(X_train)
codes = autoencoder.transform(X_test)
rebuilt = autoencoder.reconstruct(X_test)
print(X_test.shape, "->", codes.shape, "->", rebuilt.shape)

# %% [markdown]
# ## Compare with PCA
#
# PCA with the same size of code is the baseline of every fit. `measure` gives the mean squared
# error per element on the test set, in the scaled space that both models share.

# %%
error = autoencoder.measure(X_test)["mse"]
pca = evaluation.fit_pca(autoencoder.scale(X_train), 8)
pca_error = pca.mse(autoencoder.scale(X_test), 8)
print(f"autoencoder {error:.4f}, PCA {pca_error:.4f}")

# %% [markdown]
# ## Look
#
# Ten digits of the test set above their reconstructions.

# %%
images = X_test[:10].reshape(-1, 8, 8)
figures.reconstructions({"test set": (images, rebuilt[:10].reshape(-1, 8, 8))})

# %% [markdown]
# ## Keep
#
# A model is one `.safetensors` file of numbers and settings. Loading it executes nothing that it
# holds, and the loaded model gives the same codes, bit for bit.

# %%
path = Path(mkdtemp()) / "digits.safetensors"
autoencoder.save(path)
same = isthmus.load(path).transform(X_test)
print(f"{path.name}: {path.stat().st_size // 1024} KiB, same codes: {(same == codes).all()}")

# %% [markdown]
# ## The same on the command line
#
# One command fits, compares, and writes a report that opens in a browser without a network:
#
# ```bash
# isthmus fit digits --latent-dim 8 --out runs/digits
# isthmus encode runs/digits digits --out codes.parquet
# isthmus reconstruct runs/digits digits --out rebuilt/
# ```
#
# `digits` is built in. A path to a table (`.csv`, `.parquet`), an array (`.npy`, `.npz`) or a
# folder of images stands in the same place.
#
# ## Where next
#
# Each page under *Jobs* is one thing that an autoencoder does for you. The page of
# [recipes](../recipes.md) lists the autoencoders known by name.
