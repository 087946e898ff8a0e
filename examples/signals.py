"""Learn from signals.

A signal is a row: its values in the order of time. What moves along the axis of time is hard for
PCA and easy for an autoencoder.
"""

# %%
import numpy as np

from isthmus import Autoencoder, evaluation, figures

# %% [markdown]
# ## Signals with two degrees of freedom
#
# Each signal is one pulse. Its place and its width differ, so two numbers describe it.

# %%
rng = np.random.default_rng(0)
time = np.linspace(0, 1, 64)
place, width = rng.uniform(0.25, 0.75, 2000), rng.uniform(0.05, 0.12, 2000)
signals = np.exp(-(((time - place[:, None]) / width[:, None]) ** 2) / 2)
signals += rng.normal(scale=0.02, size=signals.shape)
train, test = signals[:1600], signals[1600:]

# %% [markdown]
# ## A code of two numbers
#
# `scaling="none"` keeps the shape of the pulse: the default would standardise each instant by
# itself.

# %%
model = Autoencoder(
    2, hidden=(64, 64), scaling="none", likelihood="gaussian", epochs=60, random_state=0
).fit(train)
pca = evaluation.fit_pca(train, 16)
error = model.measure(test)["mse"]
pca_errors = {size: pca.mse(test, size) for size in (2, 4, 8, 16)}
print(f"autoencoder of 2 numbers: {error:.5f}; variance of the noise {0.02**2:.5f}")
print("PCA:", {size: round(value, 5) for size, value in pca_errors.items()})

# %% [markdown]
# ## A signal and its reconstructions

# %%
rebuilt = model.reconstruct(test[:1])[0]
by_pca = pca.reconstruct(test[:1], 2)[0]
figures.curves(
    {
        "signal": (time, test[0]),
        "autoencoder, 2 numbers": (time, rebuilt),
        "PCA, 2 components": (time, by_pca),
    },
    x_label="time",
    y_label="value",
)

# %% [markdown]
# ## What the code learned
#
# The place of the pulse is a smooth function of the code: the accuracy of 5 nearest neighbours on
# the quarter of the range that a pulse lies in.

# %%
quarter = np.digitize(place, np.quantile(place, (0.25, 0.5, 0.75)))
codes = model.transform(signals)
accuracy = evaluation.knn_accuracy(codes[:1600], quarter[:1600], codes[1600:], quarter[1600:])
print(f"accuracy of the quarter, predicted from the code: {accuracy:.1%}")

# %%
names = np.array(["first quarter", "second quarter", "third quarter", "last quarter"])
figures.code_scatter(codes[1600:], names[quarter[1600:]])

# %% [markdown]
# ## The same on the command line
#
# ```bash
# isthmus fit signals.npy --latent-dim 2 --out runs/signals
# isthmus encode runs/signals signals.npy --out codes.csv
# ```
