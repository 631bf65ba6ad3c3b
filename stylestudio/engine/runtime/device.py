"""Where the arithmetic runs: the processor, and the graphics cards that there may be."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import cast

import torch
from torch import Tensor

PROCESSOR = torch.device("cpu")
CARD_FULL = ("MPS backend out of memory", "CUDA error: out of memory", "ALLOC_FAILED")
"""In what PyTorch's parts for graphics cards say where they raise no `torch.OutOfMemoryError`."""

LIMITED = ("mps",)
"""Apple's cards: they know no double precision, and for them PyTorch, from 2.6 to 2.13, has no eigenvectors; 2.6 has no
running maxima and no anti-aliasing either."""


def graphics_cards() -> list[torch.device]:
    """The graphics cards that PyTorch finds, the best first; whether one can be relied on, a trial run shows."""
    found = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return [torch.device(kind) for kind, there in found.items() if there]


def has_fast_bfloat16(device: torch.device) -> bool:
    """Whether this device multiplies bfloat16 in hardware; elsewhere it would be slower than float32."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type in LIMITED:  # Apple's older chips only imitate it, and none gains by it
        return False
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


def bfloat16_where_fast(device: torch.device) -> torch.autocast:
    """Within, convolutions in bfloat16 where that is fast; it counts for the whole thread."""
    return torch.autocast(device.type, torch.bfloat16, has_fast_bfloat16(device))


def device_for_limited(device: torch.device) -> torch.device:
    """Where to do what `LIMITED` cards cannot: on this device, else on the processor."""
    return PROCESSOR if device.type in LIMITED else device


def in_float64(values: Tensor) -> Tensor:
    """The same values in double precision: on their own device, or on the processor where that knows none."""
    return values.to(device_for_limited(values.device)).double()


@contextmanager
def one_thread() -> Generator[None]:
    """For decompositions of some hundred rows: several threads gain nothing there, and wait for one another where
    another program uses a core: 512 x 512 took 10 s instead of 0.15 s."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def eigen(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """The eigenvalues (N,), rising, and eigenvectors (N, N), as columns, of a symmetric matrix (N, N)."""
    with one_thread():
        return cast(tuple[Tensor, Tensor], torch.linalg.eigh(matrix))  # pyright: ignore[reportUnknownMemberType]


def orthonormal(columns: Tensor) -> Tensor:
    """Of (D, N), N columns at right angles and of length 1 that span the same."""
    with one_thread():
        return cast(Tensor, torch.linalg.qr(columns)[0])  # pyright: ignore[reportUnknownMemberType]


def make_contiguous(part: Tensor) -> Tensor:
    """A map (1, C, h, w) with nothing between its values.

    Of one that is cut out of a wider map, convolutions on Apple's cards read other values in some versions of PyTorch.
    """
    return part.contiguous(memory_format=torch.channels_last)


def describe(device: torch.device) -> str:
    """The device in words."""
    if device.type == "cuda":
        return f"graphics card ({torch.cuda.get_device_name(device)})"
    if device.type == "mps":
        return "graphics card (Apple Metal)"
    return f"processor, {torch.get_num_threads()} threads"


def is_out_of_memory(error: Exception) -> bool:
    """Whether a graphics card has run out of memory; the processor's lack of it is another thing."""
    return isinstance(error, torch.OutOfMemoryError) or (
        isinstance(error, RuntimeError) and any(words in str(error) for words in CARD_FULL)
    )


def empty_cache() -> None:
    """Give back the graphics cards' memory that no tensor uses any more; without a card, do nothing."""
    torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()
