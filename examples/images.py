"""Learn from images.

A convolutional autoencoder shares its weights between places of the image. Examples are images
(n, H, W), (n, H, W, C), or rows with `image_shape` set.
"""

# %%
import numpy as np

import isthmus
from isthmus import Autoencoder, evaluation, figures, networks

# %% [markdown]
# ## Open images
#
# `open_source` reads a folder of images, an array, or a data set by name. The labels of a folder
# are the names of its subfolders.

# %%
source = isthmus.open_source("digits")
images = np.asarray(source.examples[:]).reshape(-1, 8, 8)
train, test = images[:1400], images[1400:]
print(source, images.shape)

# %% [markdown]
# ## Fit a convolutional network
#
# The decoder is the mirror of the encoder, for images of any height, width and number of channels.

# %%
model = Autoencoder(
    16,
    encoder=networks.Convolutional(channels=(8, 16), hidden=(64,)),
    epochs=20,
    random_state=0,
).fit(train)
rebuilt = model.reconstruct(test)
print("shape in and out:", test.shape, rebuilt.shape)

# %% [markdown]
# ## Compare with PCA

# %%
pca = evaluation.fit_pca(model.scale(train), 16)
error, pca_error = model.measure(test)["mse"], pca.mse(model.scale(test), 16)
print(f"autoencoder {error:.4f}, PCA {pca_error:.4f}")

# %% [markdown]
# ## Best, typical and worst
#
# Look at the worst examples first: they say what the code cannot hold.

# %%
order = np.argsort(model.measure(test)["errors"])
middle = len(order) // 2
groups = {"best": order[:4], "typical": order[middle : middle + 4], "worst": order[-4:]}
figures.reconstructions({name: (test[rows], rebuilt[rows]) for name, rows in groups.items()})

# %% [markdown]
# ## The same on the command line
#
# ```bash
# isthmus fit photos/ --architecture conv --latent-dim 16 --out runs/photos
# isthmus reconstruct runs/photos photos/ --out rebuilt/
# ```
