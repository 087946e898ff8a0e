"""One model on several devices, and on several hosts, is the model of one device, to rounding."""

import json
import os
import socket
import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import clone

from isthmus import Autoencoder, load
from isthmus.engine import Devices
from isthmus.errors import SettingError

FIT = """
import json, sys
import jax
{before}
import numpy as np
from isthmus import Autoencoder

x = np.random.default_rng(0).normal(size=(90, 6)).astype(np.float32)
fits = []
for devices in {settings}:
    fit = Autoencoder(
        2, hidden=(5,), epochs=3, batch_size=16, latent="gaussian", corruption="gaussian",
        validation_fraction=0.2, patience=2, random_state=0, devices=devices,
    ).fit(x)
    rows = fit.history_["train_loss"] + fit.history_["validation_loss"]
    fits.append([jax.device_count(), rows, fit.transform(x[:3]).tolist(), fit.best_epoch_])
print(json.dumps(fits))
"""
JOIN = """
jax.config.update("jax_cpu_collectives_implementation", "gloo")
jax.distributed.initialize("localhost:{port}", num_processes=2, process_id=int(sys.argv[1]))
"""


def start(text, *arguments, devices=1):
    flags = f"{os.environ['XLA_FLAGS']} --xla_force_host_platform_device_count={devices}"
    environment = os.environ | {"XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"}
    command = [sys.executable, "-c", text, *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def answer(process):
    try:
        out, _ = process.communicate(timeout=300)
    finally:
        process.kill()
    assert process.returncode == 0
    return json.loads(out.splitlines()[-1])


def test_four_devices_and_two_hosts_learn_as_one_device():
    with socket.socket() as found:
        found.bind(("localhost", 0))
        port = found.getsockname()[1]
    one, four = answer(start(FIT.format(before="", settings="(None, 'all')"), devices=4))
    hosts = FIT.format(before=JOIN.format(port=port), settings="('all',)")
    parts = [start(hosts, str(i)) for i in (0, 1)]
    (first,), (second,) = map(answer, parts)
    assert (one[0], four[0], first[0]) == (4, 4, 2)
    for other in (four, first):
        np.testing.assert_allclose(other[1], one[1], rtol=1e-4)
        np.testing.assert_allclose(other[2], one[2], rtol=1e-3, atol=1e-4)
        assert other[3] == one[3]
    assert first == second


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        (0, "whole number of at least 1"),
        ("many", "'all', None or a whole number"),
        (True, "whole number"),
        (10_000, "JAX sees"),
    ],
)
def test_devices_that_there_are_not(setting, words):
    with pytest.raises(SettingError, match=words):
        Devices.of(setting)


def test_a_batch_that_cannot_be_divided_is_told():
    from types import SimpleNamespace

    four = Devices(SimpleNamespace(size=4))
    four.check_batch(64)
    with pytest.raises(SettingError, match=r"batch_size is 50, .* take 48 or 52"):
        four.check_batch(50)
    with pytest.raises(SettingError, match="take 4"):
        four.check_batch(3)


def test_where_a_fit_ran_is_not_kept(tmp_path, digits):
    given = Autoencoder(2, hidden=(4,), epochs=1, devices=1, random_state=0)
    assert clone(given).devices == 1
    fitted = clone(given).fit(digits)
    plain = clone(given).set_params(devices=None).fit(digits)
    np.testing.assert_allclose(fitted.transform(digits), plain.transform(digits), rtol=1e-4)
    assert load(fitted.save(tmp_path / "m.safetensors")).devices is None
