import pytest

from isthmus import Autoencoder

optuna = pytest.importorskip("optuna", reason="optuna is not installed")


@pytest.mark.filterwarnings("ignore")
def test_a_study_prunes_by_a_callback(digits, small) -> None:
    """A callback reports every epoch, and ends a fit by its return value or by raising."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)

    class Never(optuna.pruners.BasePruner):
        def prune(self, study, trial) -> bool:
            return trial.number > 0 and trial.last_step == 2

    def objective(trial) -> float:
        def report(record) -> None:
            trial.report(record.train_loss, record.epoch)
            if trial.should_prune():
                raise optuna.TrialPruned

        rate = trial.suggest_float("learning_rate", 1e-4, 1e-2, log=True)
        settings = small | {"epochs": 4, "learning_rate": rate, "callbacks": [report]}
        fitted = Autoencoder(2, **settings).fit(digits[0])
        return fitted.measure(digits[0])["mse"]

    study = optuna.create_study(pruner=Never(), sampler=optuna.samplers.RandomSampler(seed=0))
    study.optimize(objective, n_trials=3)
    states = [trial.state.name for trial in study.trials]
    assert states == ["COMPLETE", "PRUNED", "PRUNED"]
    assert study.best_value > 0
