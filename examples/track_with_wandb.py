"""Follow a fit in Weights & Biases, offline.

You need `pip install "isthmus[wandb]"`. Then look at it by

    wandb sync FOLDER/wandb/offline-run-*
"""

# %%
from pathlib import Path
from tempfile import mkdtemp

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from isthmus import Autoencoder
from isthmus.trackers import WeightsAndBiases

# %%
folder = Path(mkdtemp())
X_train, X_test = train_test_split(load_digits().data, random_state=0)

with WeightsAndBiases("digits", folder=folder) as tracker:
    estimator = Autoencoder(2, epochs=5, random_state=0, callbacks=[tracker]).fit(X_train)
    tracker.log_fit(estimator, X_test)

print(f"written to {folder}")
