"""Look at data in two dimensions.

A code of two numbers places each example in the plane. Points that lie close together are decoded
to similar examples, so the plane is a map of the data.
"""

# %%
import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.model_selection import train_test_split

from isthmus import evaluation, figures, recipes

# %% [markdown]
# ## Fit a code of two numbers
#
# The recipe `vae` is a good first choice: its noise on the code keeps neighbours similar.

# %%
X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)

model = recipes.vae(latent_dim=2, beta=0.3, epochs=60, random_state=0).fit(X_train)
codes, test_codes = model.transform(X_train), model.transform(X_test)

# %% [markdown]
# ## The map
#
# Each point is a digit of the test set; its colour is its label. The fit never saw the labels.

# %%
figures.code_scatter(test_codes, y_test)

# %% [markdown]
# ## How to read it
#
# - Groups of one colour are digits that look alike.
# - Distances between far groups mean little: only neighbourhoods do.
# - A mixed region is where two numbers are not enough.
#
# What lies between the points? Decode a grid of codes:

# %%
xs, ys = (np.linspace(*np.quantile(axis, (0.02, 0.98)), 12) for axis in codes.T)
grid = np.array([(x, y) for y in ys[::-1] for x in xs])
figures.decoded_grid(model.inverse_transform(grid).reshape(-1, 8, 8), xs, ys[::-1])

# %% [markdown]
# ## Is it better than PCA?
#
# A number for it: the accuracy of 5 nearest neighbours on the code, trained on the training set's
# codes. PCA's two components are the baseline.

# %%
pca = PCA(2).fit(X_train)
accuracy = evaluation.knn_accuracy(codes, y_train, test_codes, y_test)
pca_accuracy = evaluation.knn_accuracy(
    pca.transform(X_train), y_train, pca.transform(X_test), y_test
)
print(f"accuracy of 5 nearest neighbours: code {accuracy:.1%}, PCA {pca_accuracy:.1%}")

# %% [markdown]
# ## The knobs
#
# - `beta` weighs the divergence from the prior. Small values spread the groups apart; large ones
#   push all codes to the middle.
# - `epochs`: more give a better map. The default is about 20,000 steps.
#
# The recipe `map` is made for looking: its code keeps neighbours of the data together. It trains
# longer. On the command line, the first of these fits it, and the report of either has the map:
#
# ```bash
# isthmus map digits --out runs/map
# isthmus fit digits --recipe vae --latent-dim 2 --out runs/vae
# ```
