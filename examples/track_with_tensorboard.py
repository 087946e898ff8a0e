"""Follow a fit in TensorBoard.

You need `pip install "isthmus[tensorboard]"`. Then look at it by

    tensorboard --logdir FOLDER
"""

# %%
from pathlib import Path
from tempfile import mkdtemp

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from isthmus import Autoencoder
from isthmus.trackers import TensorBoard

# %%
folder = Path(mkdtemp())
X_train, X_test = train_test_split(load_digits().data, random_state=0)

with TensorBoard(folder / "first") as tracker:
    estimator = Autoencoder(2, epochs=5, random_state=0, callbacks=[tracker]).fit(X_train)
    tracker.log_fit(estimator, X_test)

print(f"written to {folder}")
