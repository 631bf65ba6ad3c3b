"""Where the arithmetic runs."""

import torch
from torch import Tensor

from stylestudio.progress import Steps


def pick() -> torch.device:
    """The graphics card where CUDA finds one, else the processor."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def has_fast_bfloat16(device: torch.device) -> bool:
    """Whether this device multiplies bfloat16 in hardware; elsewhere it would be slower than float32."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported()
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


def quickly(work: Steps[Tensor], device: torch.device) -> Steps[Tensor]:
    """The same steps with their convolutions in bfloat16 where that is fast; what comes out is float32 again."""
    if not has_fast_bfloat16(device):
        return (yield from work)
    while True:
        try:
            with torch.autocast(device.type, torch.bfloat16):  # never over a yield: it counts for the whole thread
                next(work)
        except StopIteration as stop:
            return stop.value.float()
        yield


def describe(device: torch.device) -> str:
    """The device in words."""
    if device.type == "cuda":
        return f"graphics card ({torch.cuda.get_device_name(device)})"
    return f"processor, {torch.get_num_threads()} threads"
