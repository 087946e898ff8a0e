"""One model on several devices and hosts: every batch divided among them, the weights on each.

This is JAX's own SPMD: the one program of the loop is compiled for all devices, and the compiler
adds the exchange of gradients. A mean over the batch is a mean over all of it, in a normalisation
too, so the result is that of one device, to rounding.
"""

from dataclasses import dataclass
from typing import Any, Self, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.checks import is_whole
from isthmus.engine.compiled import compile_ahead, compile_run
from isthmus.engine.feed import Block
from isthmus.engine.optimiser import Optimiser
from isthmus.engine.steps import Clock, Logs, State, evaluate_steps, run_steps
from isthmus.errors import SettingError
from isthmus.model import Model

T = TypeVar("T")


@dataclass(frozen=True)
class Devices:
    """Devices that train one model together.

    Parameters
    ----------
    mesh
        A line of them, its axis called ``batch``; all processes of `jax.distributed` take part.

    Examples
    --------
    >>> Devices.of(None) is None
    True
    >>> Devices.of(1).count
    1
    """

    mesh: Mesh

    @classmethod
    def of(cls, setting: int | str | None) -> Self | None:
        """Return the devices of a setting.

        Parameters
        ----------
        setting
            How many; ``"all"`` of all hosts; or None, the default device without any of this.

        Raises
        ------
        SettingError
            If there are not as many, or some hosts would have none.
        """
        if setting is None:
            return None
        known = jax.devices()
        number: Any = len(known) if isinstance(setting, str) and setting == "all" else setting
        if not is_whole(number, 1):
            raise SettingError(
                f"devices is {setting!r}; it must be 'all', None or a whole number of at least 1."
            )
        if number > len(known):
            raise SettingError(
                f"devices is {setting}, and JAX sees {len(known)} ({known[0].platform}): give at "
                "most as many, or 'all'."
            )
        if jax.process_count() > 1 and number < len(known):
            raise SettingError(
                f"devices is {setting}, and {jax.process_count()} processes train together: give "
                "'all', so that each takes part."
            )
        return cls(Mesh(np.array(known[:number]), ("batch",)))

    @property
    def count(self) -> int:
        """How many."""
        return self.mesh.size

    def check_batch(self, size: int) -> None:
        """Raise `SettingError` if a batch cannot be divided evenly."""
        if size % self.count:
            below = size - size % self.count
            sizes = f"{below} or {below + self.count}" if below else f"{self.count}"
            raise SettingError(
                f"batch_size is {size}, which {self.count} devices cannot divide: take {sizes}."
            )

    def run_block(self, inputs: tuple[Block, Optimiser, Clock], state: State) -> tuple[State, Logs]:
        """Run the steps of a block, as `isthmus.engine.steps.run_block` does on one device."""
        block, optimiser, clock = inputs
        numbers = self.share((optimiser, clock))
        return _run((self, self.divide(block), *numbers), self.share(state))

    def evaluate_block(
        self, block: Block, key: PRNGKeyArray, parameters: Model, rest: Model
    ) -> tuple[Float[Array, ""], Float[Array, ""]]:
        """Return sums over a block, as `isthmus.engine.steps.evaluate_block` does on one device."""
        return _evaluate(self, self.divide(block), *self.share((key, parameters, rest)))

    def divide(self, block: Block) -> Block:
        """Return a block whose batches (S, B, ...) are divided among the devices along B."""
        divided = NamedSharding(self.mesh, PartitionSpec(None, "batch"))
        batches = block._replace(steps=None)  # pyright: ignore[reportArgumentType]
        laid = jax.tree.map(lambda part: self._laid(part, divided), batches)
        return laid._replace(steps=block.steps)

    def share(self, tree: T) -> T:
        """Return a tree whose arrays lie on every device."""
        everywhere = NamedSharding(self.mesh, PartitionSpec())
        return jax.tree.map(
            lambda leaf: self._laid(leaf, everywhere) if eqx.is_array(leaf) else leaf, tree
        )

    def bring_home(self, tree: T) -> T:
        """Return a shared tree whose arrays lie on the default device."""
        return jax.tree.map(
            lambda leaf: jnp.asarray(np.asarray(leaf)) if eqx.is_array(leaf) else leaf, tree
        )

    def _laid(self, array: Array | np.ndarray, how: NamedSharding) -> Array:
        if jax.process_count() == 1:
            return jax.device_put(array, how)
        if jnp.issubdtype(array.dtype, jax.dtypes.prng_key):
            data = self._laid(jax.random.key_data(array), how)
            return jax.random.wrap_key_data(data, impl=jax.random.key_impl(array))
        if isinstance(array, jax.Array) and not array.is_fully_addressable:
            return array  # it lies so already
        host = np.asarray(array)
        return jax.make_array_from_callback(host.shape, how, lambda part: host[part])


@compile_run
def _run(inputs: tuple[Devices, Block, Optimiser, Clock], state: State) -> tuple[State, Logs]:
    devices, block, optimiser, clock = inputs
    return _everywhere(devices, run_steps((block, optimiser, clock), state))


@compile_ahead
def _evaluate(
    devices: Devices, block: Block, key: PRNGKeyArray, parameters: Model, rest: Model
) -> tuple[Float[Array, ""], Float[Array, ""]]:
    return _everywhere(devices, evaluate_steps(block, key, parameters, rest))


def _everywhere(devices: Devices, tree: T) -> T:
    """Have the compiler leave results on every device, so that every host can read them."""
    return eqx.filter_shard(tree, NamedSharding(devices.mesh, PartitionSpec()))
