"""One of Apple's graphics cards, played by the processor: a device without double precision.

A tensor on it says that it is on PyTorch's device "meta", and holds one on the processor that does its work. Refused is
what the real card refuses: double precision, what PyTorch 2.6, the oldest that the program runs with, cannot do there,
and work on tensors of both devices together. How such a card rounds, and what it does wrong without a word, this cannot
show.
"""

from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map_only

from stylestudio.engine.runtime.device import PROCESSOR

CARD = torch.device("meta")
LACKING = ("_linalg_eigh", "_linalg_svd", "cummax", "cummin", "_upsample_bilinear2d_aa")
MOVING = ("copy_", "_to_copy")


class OnCard(Tensor):
    """What seems to lie on the card."""

    held: Tensor

    @staticmethod
    def __new__(cls, held: Tensor) -> "OnCard":
        if held.dtype == torch.float64:
            raise TypeError(
                "Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support float64."
            )
        like: dict[str, Any] = {"strides": held.stride(), "dtype": held.dtype, "device": CARD}
        found = Tensor._make_wrapper_subclass(cls, held.shape, storage_offset=held.storage_offset(), **like)  # noqa: SLF001
        found.held = held
        return found

    def new_tensor(self, *given: Any, **named: Any) -> Tensor:
        """PyTorch's own would make it without asking `ApplesCard`."""
        return OnCard(torch.tensor(*given, **{"dtype": self.dtype} | named))

    @classmethod
    def __torch_dispatch__(cls, operation: Any, types: Any, given: Any = (), named: Any = None) -> Any:
        raise AssertionError("The card is there only as long as `ApplesCard` is entered.")


class ApplesCard(TorchDispatchMode):
    """As long as it is entered, there is such a card."""

    def __torch_dispatch__(self, operation: Any, types: Any, given: Any = (), named: Any = None) -> Any:
        named = dict(named or {})
        tensors = [value for value in tree_leaves((given, named)) if isinstance(value, Tensor)]
        there = [one for one in tensors if isinstance(one, OnCard)]
        place = named.get("device") or (CARD if there else PROCESSOR)
        if there:
            refuse(operation, tensors)
        named |= {"device": PROCESSOR} if "device" in named else {}
        found = operation(*tree_map_only(OnCard, held_by, given), **tree_map_only(OnCard, held_by, named))
        if place != CARD:
            return found
        known = {id(one.held): one for one in there}
        return tree_map_only(Tensor, lambda one: known[id(one)] if id(one) in known else OnCard(one), found)


def refuse(operation: Any, tensors: list[Tensor]) -> None:
    """Raise what PyTorch raises where the card cannot do this with these."""
    name = operation.overloadpacket.__name__
    if name in LACKING:
        raise NotImplementedError(f"The operator '{operation}' is not currently implemented for the MPS device.")
    if name not in MOVING and any(one.dim() and not isinstance(one, OnCard) for one in tensors):
        raise RuntimeError(f"Expected all tensors to be on the same device, in {operation}.")


def held_by(tensor: OnCard) -> Tensor:
    return tensor.held
