"""Learn from a few labels.

Most examples have no label. The autoencoder learns from all of them, and its classifier from those
that have one. Where neighbours predict labels well, it learns from the others too.
"""

# %%
import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from isthmus import AutoencoderClassifier, figures

# %% [markdown]
# ## Forty labels of 1,347
#
# Four of each digit. The mark of a missing label is -1, None or NaN.

# %%
X, y = load_digits(return_X_y=True)
X = X.reshape(-1, 8, 8).astype(np.uint8)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0, stratify=y)
labels = np.full(len(y_train), -1)
for digit in range(10):
    rows = np.flatnonzero(y_train == digit)[:4]
    labels[rows] = digit

# %% [markdown]
# ## Fit
#
# With so few labels the reconstruction would outweigh the classifier: it gets a weight of 10.

# %%
settings = {"hidden": (64,), "epochs": 30, "classification_weight": 10.0, "random_state": 0}
classifier = AutoencoderClassifier(16, **settings).fit(X_train, labels)
print(classifier.propagation_)

# %% [markdown]
# `propagation_` says that labels spread to unlabelled neighbours, and why: each labelled example
# was predicted from the other labelled ones, by its neighbours and by logistic regression.
#
# ## Compare with logistic regression on the pixels

# %%
known = labels >= 0
linear = LogisticRegression(max_iter=500).fit(X_train[known].reshape(-1, 64), labels[known])
linear_accuracy = linear.score(X_test.reshape(-1, 64), y_test)
accuracy = classifier.score(X_test, y_test)
print(f"autoencoder {accuracy:.1%}, logistic regression {linear_accuracy:.1%}")

# %% [markdown]
# ## What to label next
#
# The classifier asks for examples that it is unsure of and that differ from each other.

# %%
unlabelled = np.flatnonzero(~known)
asked = unlabelled[classifier.ask(X_train[unlabelled], 10)]
print("rows:", *asked)

# %%
figures.samples(X_train[asked], columns=10)

# %% [markdown]
# Somebody gives their labels, and the fit is repeated with ten more.

# %%
more = labels.copy()
more[asked] = y_train[asked]
better = AutoencoderClassifier(16, **settings).fit(X_train, more)
print(f"with ten more labels {better.score(X_test, y_test):.1%}")

# %% [markdown]
# ## The same on the command line
#
# `--labelled` hides all but some labels, to try it out. In a table, an empty cell is a missing
# label.
#
# ```bash
# isthmus fit digits --classifier --labelled 40 --latent-dim 16 --out runs/few
# isthmus label runs/few --ask 10 --out ask.csv --pictures ask.png
# ```
