"""What a training run keeps on disk, as safetensors: written whole or not at all, so that it can always go on."""

from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn


def save_atomically(tensors: dict[str, Tensor], path: Path, facts: dict[str, str]) -> None:
    """Write tensors and facts to `path`, which keeps its old content until the new one is complete."""
    unfinished = path.with_suffix(".unfinished")
    save_file({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, unfinished, facts)
    unfinished.replace(path)


def training_tensors(network: nn.Module, average: nn.Module, optimizer: torch.optim.Adam) -> dict[str, Tensor]:
    """Everything that a run needs to go on: parameters, their average and Adam's moments."""
    tensors = {f"network.{name}": tensor for name, tensor in network.state_dict().items()}
    tensors |= {f"average.{name}": tensor for name, tensor in average.state_dict().items()}
    for name, parameter in network.named_parameters():
        for key, value in optimizer.state[parameter].items():
            tensors[f"adam.{name}.{key}"] = value
    return tensors


def restore(path: Path, network: nn.Module, average: nn.Module, optimizer: torch.optim.Adam) -> dict[str, str]:
    """Put a saved run back in place and return its facts."""
    with safe_open(path, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        facts = file.metadata()
    for prefix, module in (("network.", network), ("average.", average)):
        module.load_state_dict({k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)})
    for name, parameter in network.named_parameters():
        prefix = f"adam.{name}."
        moments = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
        if moments:
            device = parameter.device
            optimizer.state[parameter] = {k: v if k == "step" else v.to(device) for k, v in moments.items()}
    return facts
