"""Whether planted mistakes are named, and clean data is left alone.

    python -m benchmarks.doctor [--data] [--fits] [--json FILE]

Prints a line for each planted mistake with the sentence that names it, and every alarm (look or
stop) on clean data and on models with their defaults. ISTHMUS_DATA must point at the shared data.
"""

import argparse
import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.doctor import planted_data, planted_fits, sets

from isthmus.doctor import Finding, examine_data


def _named(what: str, check: str, findings: Any) -> dict[str, Any]:
    """Print and return whether a mistake was named by its check."""
    found = next((one for one in findings if one.check == check), None)
    others = [one.check for one in findings if one.severity != "note" and one is not found]
    print(f"{'named ' if found else 'MISSED'} {what} [{check}]")
    if found:
        print(f"       {found.severity}: {found.words()}")
    return {"what": what, "check": check, "named": found is not None, "others": others} | (
        {"severity": found.severity, "sentence": found.words()} if found else {}
    )


def _alarms(what: str, findings: Any) -> list[Finding]:
    """Print and return the alarms on clean data."""
    alarms = [one for one in findings if one.severity != "note"]
    print(f"{'ALARM ' if alarms else 'clean '} {what}")
    for one in alarms:
        print(f"       {one.severity}: {one.words()} [{one.check}]")
    return alarms


def _fitted(make: Any, x: np.ndarray, y: np.ndarray | None = None) -> Any:
    """Fit to four fifths of the rows, and let the doctor look at all."""
    order = np.random.default_rng(0).permutation(len(x))
    cut = int(0.8 * len(x))
    rows = [x[part] for part in (order[:cut], order[cut:])]
    labels = [None, None] if y is None else [y[part] for part in (order[:cut], order[cut:])]
    estimator = make()
    estimator.fit(rows[0], *([] if labels[0] is None else [labels[0]]))
    return estimator.diagnose(rows[0], labels[0], rows[1], labels[1])


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", action="store_true", help="checks of data only")
    parser.add_argument("--fits", action="store_true", help="checks of fitted models only")
    parser.add_argument("--json", type=Path, help="write the table there, too")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    rows: list[dict[str, Any]] = []
    alarms = clean = 0
    if not given.fits:
        for what, check, make in planted_data.planted():
            rows.append(_named(what, check, examine_data(make())))
        for what, data in sets.clean():
            alarms += bool(_alarms(what, examine_data(data)))
            clean += 1
    if not given.data:
        for what, check, make, x, y in planted_fits.planted():
            rows.append(_named(what, check, _fitted(make, x(), y)))
        for what, make, x in planted_fits.clean():
            alarms += bool(_alarms(what, _fitted(make, x())))
            clean += 1
    named = sum(row["named"] for row in rows)
    print(f"{named} of {len(rows)} planted mistakes named; {alarms} of {clean} clean cases alarmed")
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
