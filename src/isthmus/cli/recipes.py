"""`isthmus recipes`: the named autoencoders."""

from isthmus.cli import consoles, options, tables


def recipes(json: options.JsonOption = False) -> None:
    """List the recipes that `isthmus fit --recipe` knows."""
    from isthmus.recipes import RECIPES

    rows = [
        {
            "name": name,
            "good_for": recipe.good_for,
            "slots": recipe.sentence,
            "paper": recipe.paper,
        }
        for name, recipe in RECIPES.items()
    ]
    if json:
        consoles.print_json(rows)
    else:
        consoles.out().print(tables.records(rows))
