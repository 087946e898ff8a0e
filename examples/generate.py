"""Generate new examples.

A variational autoencoder learns a code whose distribution is known. Codes drawn from it are decoded
to new examples.
"""

# %%
import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from isthmus import evaluation, figures, recipes, samplers

# %% [markdown]
# ## Fit and sample
#
# The recipe `vae` draws codes from a normal prior.

# %%
X, y = load_digits(return_X_y=True)
model = recipes.vae(latent_dim=8, beta=0.5, epochs=40, random_state=0).fit(X)
new = model.sample(24, random_state=0)
figures.samples(new.reshape(-1, 8, 8))

# %% [markdown]
# ## A better distribution of codes
#
# The codes of the training set are never quite normal. A sampler fits their distribution after the
# fit, and works for plain codes too: here a mixture of Gaussians.

# %%
generator = samplers.fit("mixture", model, X, random_state=0)
figures.samples(generator.sample(24, random_state=0).reshape(-1, 8, 8))

# %% [markdown]
# ## Which is closer to the data?
#
# The Fréchet distance compares two sets of examples by their means and covariances: smaller is
# closer. Here it is taken on 16 components of PCA, with as many new digits as there are real ones.

# %%
pca = PCA(16).fit(X)
real = pca.transform(X)
candidates = {
    "prior": pca.transform(model.sample(len(X), random_state=1)),
    "mixture": pca.transform(generator.sample(len(X), random_state=1)),
}
distances = {
    name: evaluation.frechet_distance(real, features) for name, features in candidates.items()
}
for name, distance in distances.items():
    print(f"{name}: Fréchet distance {distance:.1f}")

# %% [markdown]
# ## By label
#
# A conditional variational autoencoder generates examples of a label. `sample` takes one label for
# each new example.

# %%
conditional = recipes.conditional_vae(latent_dim=4, epochs=30, random_state=0).fit(X, y)
labels = np.repeat(np.arange(10), 4)
by_label = conditional.sample(labels=labels, random_state=0).reshape(10, 4, 8, 8)
figures.image_table({f"draw {i + 1}": by_label[:, i] for i in range(4)}, columns=range(10))

# %% [markdown]
# ## The same on the command line
#
# ```bash
# isthmus fit digits --recipe vae --latent-dim 8 --out runs/vae
# isthmus generate runs/vae --n 64 --out samples.png
# isthmus fit digits --recipe conditional_vae --out runs/labels
# isthmus generate runs/labels --given 7 --out sevens.png
# ```
