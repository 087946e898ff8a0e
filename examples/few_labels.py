"""Learn from few labels.

Labels cost time; examples often cost nothing. An autoencoder learns its code from all examples, and
a classifier on the code needs few labels.
"""

# %%
import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from isthmus import figures, recipes

# %% [markdown]
# ## All digits, few labels
#
# The autoencoder sees every image of the training set and no label. A code of 16 numbers with noise
# on it, as the recipe `vae` has, puts similar digits together.

# %%
X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0, stratify=y)
model = recipes.vae(latent_dim=16, beta=0.2, epochs=60, random_state=0).fit(X_train)
codes, test_codes = model.transform(X_train), model.transform(X_test)

# %% [markdown]
# ## A classifier on the code, and on the pixels
#
# Logistic regression is fitted to `n` labelled digits of each class, ten times, each with other
# digits. The baseline is the same regression on the pixels.


# %%
def accuracies(train: np.ndarray, test: np.ndarray, n: int) -> np.ndarray:
    """Return the test accuracy of ten draws of ``n`` labelled examples per class."""
    scale = train.std()
    scores = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        rows = [rng.choice(np.flatnonzero(y_train == k), n, replace=False) for k in range(10)]
        chosen = np.concatenate(rows)
        classifier = LogisticRegression(max_iter=1000).fit(train[chosen] / scale, y_train[chosen])
        scores.append(classifier.score(test / scale, y_test))
    return np.array(scores)


counts = [1, 2, 5, 10]
on_code = np.array([accuracies(codes, test_codes, n) for n in counts])
on_pixels = np.array([accuracies(X_train, X_test, n) for n in counts])
for n, ours, plain in zip(counts, on_code.mean(1), on_pixels.mean(1), strict=True):
    print(f"{n:2d} labels per class: on the code {ours:.1%}, on the pixels {plain:.1%}")

# %%
figures.curves(
    {
        "on the code": (counts, on_code.mean(1), on_code.std(1)),
        "on the pixels": (counts, on_pixels.mean(1), on_pixels.std(1)),
    },
    x_label="labels per class",
    y_label="test accuracy",
    log_x=True,
)

# %% [markdown]
# ## When all examples are labelled
#
# `isthmus.AutoencoderClassifier` learns the code together with the classes, and
# `isthmus.AutoencoderRegressor` with quantities. On the command line:
#
# ```bash
# isthmus fit digits --classifier --out runs/classes
# isthmus predict runs/classes new.npy --out classes.csv
# ```
