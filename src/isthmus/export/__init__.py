"""Export: a fitted model as a file that other programs run, checked against the model."""
