"""How faithful the code is as a map: neighbourhoods and distances, compared with other maps."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from isthmus.annotations import ExamplesLike
from isthmus.evaluation.maps import map_quality
from isthmus.evaluation.peers import installed_peers
from isthmus.plainjson import JsonObject
from isthmus.report.evaluated_fit import EvaluatedFit
from isthmus.report.section import Metrics, Section
from isthmus.report.voters import voters_of

NEIGHBOURS = 12
"""Neighbours of the measures, as in published comparisons of maps."""

KEYS = ("trustworthiness", "continuity", "hits", "distance_correlation")
"""The measures of a map, as `isthmus.evaluation.MapQuality` calls them."""

LEAST = 50
"""Minimum number of examples for these measures to say something."""

VOTERS = (1, 5)
"""Numbers of nearest neighbours whose labels predict an example's."""

ASKED = 2_000
"""Maximum number of examples whose label is predicted."""


@dataclass(frozen=True)
class Compared:
    """The measures of each map: (method, its values by name) as rows."""

    rows: list[tuple[str, Mapping[str, float]]]
    neighbours: int
    examples: int
    votes: list[str]
    peers: list[str]
    keys: tuple[str, ...] = KEYS


class Map(Section[Compared]):
    """Neighbourhoods of the data that the code keeps, and those that PCA keeps."""

    name = "map"
    title = "The code as a map"
    template = """
<p class="lead">How well the code keeps the neighbourhoods and distances of {{
  data.examples | number }} examples of the {{ split | set_name }} set, with {{ data.neighbours }}
  neighbours. 1 is best.</p>
<div class="scroll">
<table class="comparison">
  <thead><tr><th></th><th scope="col" class="n">Trust&shy;worthiness</th>
    <th scope="col" class="n">Continuity</th><th scope="col" class="n">Neighbours kept</th>
    <th scope="col" class="n">Correlation of distances</th>
    {% for vote in data.votes %}
    <th scope="col" class="n">Accuracy of {{ vote }} nearest</th>
    {% endfor %}
  </tr></thead>
  <tbody class="block">
  {% for method, values in data.rows %}
    <tr><th scope="row" class="method">{{ method }}</th>
      {% for key in data.keys %}
      <td class="n">{{ values[key] | number }}</td>
      {% endfor %}
      {% for vote in data.votes %}
      <td class="n">{{ values["knn_" ~ vote] | percent if "knn_" ~ vote in values }}</td>
      {% endfor %}
    </tr>
  {% endfor %}
  </tbody>
</table>
</div>
<p class="soft" style="margin-top:1rem"><small>Trustworthiness is low if examples that are apart in
  the data are neighbours on the map; continuity is low if neighbours in the data are torn apart.
  {% if data.votes %}Accuracy is that of nearest training examples on the map.{% endif %}
  {% if data.peers %}{{ data.peers | join(" and ") }} saw these {{ data.examples | number }}
  examples alone, and are measured on the very examples that they were fitted to.{% endif %}
  </small></p>
"""

    def measure(self, fit: EvaluatedFit) -> JsonObject:
        return {"map": _measures(fit) if _applies(fit) else None}

    def collect(self, fit: EvaluatedFit, metrics: Metrics) -> Compared | None:
        found = metrics["map"]
        if found is None:
            return None
        names = {"code": "autoencoder", "pca": "PCA"}
        maps: Mapping[str, Mapping[str, float]] = found["maps"]
        rows = [(names.get(name) or name, values) for name, values in maps.items()]
        votes = [str(k) for k in VOTERS if f"knn_{k}" in maps["code"]]
        peers = [name for name in maps if name not in names]
        return Compared(rows, found["neighbours"], found["examples"], votes, peers)


def _applies(fit: EvaluatedFit) -> bool:
    """Tell whether the code is a map, or can be looked at as one, of enough examples."""
    looked_at = fit.model.code_size == 2 or fit.model.is_map
    return looked_at and len(fit.shown) >= LEAST and not _missing(fit.shown.examples)


def _missing(examples: ExamplesLike) -> bool:
    values = np.asarray(examples)
    return values.dtype.kind == "f" and bool(np.isnan(values).any())


def _measures(fit: EvaluatedFit) -> JsonObject:
    """Return the measures of the code, of PCA's, and of other packages' where this is a map."""
    shown = fit.shown
    scaled = np.asarray(fit.model.estimator.scale(shown.examples)).reshape(len(shown), -1)
    codes = {"code": np.asarray(shown.codes)}
    if fit.pca is not None:
        codes["pca"] = fit.pca.transform(scaled, len(fit.pca.components))
    if fit.model.is_map:
        codes |= {name: make(scaled, fit.seed) for name, make in installed_peers().items()}
    found = {
        name: map_quality(scaled, z, neighbours=NEIGHBOURS, seed=fit.seed)
        for name, z in codes.items()
    }
    votes = _votes(fit)
    maps = {
        name: {key: getattr(quality, key) for key in KEYS} | votes.get(name, {})
        for name, quality in found.items()
    }
    return {"neighbours": NEIGHBOURS, "examples": found["code"].examples, "maps": maps}


def _votes(fit: EvaluatedFit) -> dict[str, dict[str, float]]:
    """Return the accuracies of nearest training codes, by map and number of neighbours."""
    train = fit.results["train"].coded if "train" in fit.results else None
    asked = fit.measured.coded
    if fit.split == "train" or train is None or train.labels is None or asked.labels is None:
        return {}
    voters = voters_of(train, asked, ASKED)
    if voters is None:
        return {}
    found: dict[str, dict[str, float]] = {}
    for name, key in (("code", "codes"), ("pca", "pca_codes")):
        there, here = getattr(train, key), getattr(asked, key)
        if there is not None and here is not None:
            found[name] = {f"knn_{k}": voters.accuracy(there, here, k) for k in VOTERS}
    return found
