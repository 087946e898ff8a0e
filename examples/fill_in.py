"""Fill in missing entries.

An importance-weighted autoencoder learns from tables with missing entries, and fills them in from
the entries that are there.
"""

# %%
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, SimpleImputer
from sklearn.preprocessing import StandardScaler

from isthmus import figures, recipes

# %% [markdown]
# ## A table with holes
#
# The table has 569 rows and 30 columns. A third of its entries are removed at random. The columns
# are standardised first, so that errors of different columns can be averaged.

# %%
data = load_breast_cancer()
whole = StandardScaler().fit_transform(data.data)
missing = np.random.default_rng(0).random(whole.shape) < 1 / 3
X = np.where(missing, np.nan, whole)

# %% [markdown]
# ## Fit and fill in
#
# Missing entries are NaN. `impute` leaves the observed entries as they are, bit for bit.

# %%
model = recipes.missing_iwae(8, epochs=200, random_state=0).fit(X)
filled = model.impute(X)
print("entries left missing:", np.isnan(filled).sum())
print("observed entries unchanged:", (filled[~missing] == X[~missing]).all())

# %% [markdown]
# ## Compare
#
# Two plain methods: the mean of each column, and iterative regression of each column on all others.

# %%
with np.errstate(all="ignore"):
    others = {
        "column mean": SimpleImputer().fit_transform(X),
        "iterative regression": IterativeImputer(max_iter=5, tol=0.1, random_state=0),
    }
    others["iterative regression"] = others["iterative regression"].fit_transform(X)
errors = {
    name: np.square(table - whole)[missing].mean()
    for name, table in {**others, "missing_iwae": filled}.items()
}
for name, error in errors.items():
    print(f"{name}: mean squared error {error:.3f} on the missing entries")

# %%
figures.bars(
    {"error": list(errors.values())},
    list(errors),
    y_label="mean squared error",
)

# %% [markdown]
# ## When to use which
#
# The columns of this table are nearly linear in each other, and linear regression is then hard to
# beat. The autoencoder is worth trying where columns depend on each other in other ways, where
# there are many of them (regression fits one model per column and round), and where new rows must
# be filled in quickly.
#
# ## The same on the command line
#
# Empty cells of a CSV file are missing entries.
#
# ```bash
# isthmus fit table.csv --recipe missing_iwae --out runs/filled
# isthmus impute runs/filled table.csv --out filled.csv
# ```
