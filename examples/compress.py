"""Compress examples to short codes.

How many numbers does an example need? A sweep fits several sizes of code, and compares the error
of each with PCA's.
"""

# %%
import numpy as np
from sklearn.datasets import load_digits

from isthmus import Autoencoder, Sweep, figures, recipes

# %% [markdown]
# ## The error by size of code
#
# `Sweep` is used as scikit-learn's searches are. It holds out the same examples for every fit, and
# gives PCA's error on them too. Fits that differ in numbers alone can be trained together, as one
# program; by default the sweep measures which way is faster.

# %%
X = load_digits().data
sizes = [2, 4, 8, 16]
sweep = Sweep(Autoencoder(epochs=20), {"latent_dim": sizes}, strategy="together").fit(X)
errors = sweep.cv_results_["mean_mse"]
pca_errors = [sweep.pca_mse_[size] for size in sizes]
for size, error, pca_error in zip(sizes, errors, pca_errors, strict=True):
    print(f"{size:2d} numbers: autoencoder {error:.4f}, PCA {pca_error:.4f}")

# %%
figures.curves(
    {"autoencoder": (sizes, errors), "PCA": (sizes, pca_errors)},
    x_label="size of the code",
    y_label="mean squared error (scaled)",
    log_x=True,
)

# %% [markdown]
# ## Which size?
#
# The advice is the smallest size beyond which a further dimension explains less than one percent of
# the variance.

# %%
print(sweep.advice_.reason)

# %% [markdown]
# ## Codes in bits
#
# Numbers of 32 bits are a wasteful code. A quantised code is made of symbols: here 4 of them, each
# one of 64 vectors of a codebook, so 24 bits per image instead of 64 pixels.

# %%
quantised = recipes.vq_vae(16, size=64, parts=4, epochs=30, random_state=0).fit(X)
codes = quantised.transform(X)
parts = codes.reshape(len(X), 4, 4)
used = len(np.unique(parts.reshape(-1, 4), axis=0))
print(f"mean squared error {quantised.measure(X)['mse']:.4f}; {used} of 64 vectors are used")

# %%
images = X[:10].reshape(-1, 8, 8)
figures.reconstructions({"24 bits": (images, quantised.reconstruct(X[:10]).reshape(-1, 8, 8))})

# %% [markdown]
# ## The same on the command line
#
# ```bash
# isthmus sweep digits --grid latent_dim=2,4,8,16 --seeds 3 --out runs/sizes
# isthmus fit digits --recipe vq_vae --latent-dim 16 --out runs/bits
# ```
