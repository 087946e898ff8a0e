"""Find outliers.

A detector wraps any autoencoder. It gives each new example a score, a p-value, and the features
that made it unusual.
"""

# %%
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

from isthmus import OutlierDetector, figures

# %% [markdown]
# ## Usual and unusual rows
#
# The detector learns from benign tumours only. New rows are benign or malignant, and the malignant
# ones are the outliers to find.

# %%
data = load_breast_cancer()
benign, malignant = data.data[data.target == 1], data.data[data.target == 0]
train, usual = train_test_split(benign, test_size=100, random_state=0)
unusual = malignant[:40]
new = np.concatenate([usual, unusual])
is_unusual = np.repeat([False, True], [100, 40])

# %% [markdown]
# ## Fit and score
#
# Without an autoencoder named, the detector fits a small one. A share of the rows is held out to
# learn which scores usual rows have; `calibration="split"` does so once, which is quicker.

# %%
detector = OutlierDetector(calibration="split", random_state=0).fit(train)
scores = -detector.score_samples(new)

# %% [markdown]
# ## Compare with an isolation forest
#
# The area under the curve is the probability that an outlier scores higher than a usual row.

# %%
forest = IsolationForest(random_state=0).fit(train)
area = roc_auc_score(is_unusual, scores)
forest_area = roc_auc_score(is_unusual, -forest.score_samples(new))
print(f"area under the curve: detector {area:.3f}, isolation forest {forest_area:.3f}")

# %% [markdown]
# ## Which rows to report
#
# `p_values` are conformal: of usual rows at most a share t has a p-value of at most t, on average
# over what was held out. `select` chooses outliers so that, on average, at most the given share of
# those chosen is wrong.

# %%
chosen = detector.select(new, fdr=0.2)
wrong = (chosen & ~is_unusual).sum()
print(f"{chosen.sum()} of {len(new)} rows chosen, {wrong} of them are usual")

# %% [markdown]
# ## Why is a row unusual?
#
# `explain` shares the score out to the features and says what would have been usual.

# %%
row = new[[np.argmax(scores)]]
reasons = detector.explain(row)
for feature in reasons.top(3)[0]:
    found, expected = reasons.found[0, feature], reasons.expected[0, feature]
    print(f"{data.feature_names[feature]}: {found:.3g}, usual {expected:.3g}")

# %%
top = reasons.top(8)[0]
figures.curves(
    {
        "usual rows": (range(8), np.median(usual[:, top] / usual[:, top].mean(axis=0), axis=0)),
        "the row": (range(8), row[0, top] / usual[:, top].mean(axis=0)),
    },
    x_label="the eight features that contribute most",
    y_label="value, in means of usual rows",
)

# %% [markdown]
# ## The same on the command line
#
# ```bash
# isthmus outliers table.csv --out runs/odd
# isthmus outliers runs/odd new.csv --fdr 0.1 --out found.csv
# ```
