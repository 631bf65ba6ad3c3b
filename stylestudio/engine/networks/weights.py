"""Network weights on disk: safetensors files listed in a manifest, loaded only if their hash is the listed one."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file  # pyright: ignore[reportUnknownVariableType]
from torch import nn

from stylestudio.engine.coding import Networks
from stylestudio.engine.networks.decoder import InverseNetwork
from stylestudio.engine.networks.encoder import BLOCK_DEPTHS, Encoder
from stylestudio.engine.runtime.device import PROCESSOR
from stylestudio.engine.runtime.selftest import choose_device
from stylestudio.errors import StudioError, WeightsError, lacks_memory, out_of_memory_error

REINSTALL = "Install Style Studio again, from a complete download."


@dataclass(frozen=True)
class WeightsFile:
    """A file of the manifest: its role ("encoder" or "inverse"), name, sha256 and architecture."""

    role: str
    path: Path
    sha256: str
    architecture: str


def read_manifest(folder: Path) -> list[WeightsFile]:
    """The files that `folder`/manifest.json lists. Raises `WeightsError` if it cannot be read."""
    try:
        entries = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["weights"]
        return [WeightsFile(e["role"], folder / e["file"], e["sha256"], e["architecture"]) for e in entries]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError("The list of network weights cannot be read.", hint=REINSTALL) from error


def file_hash(path: Path) -> str:
    """The file's sha256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_into(network: nn.Module, file: WeightsFile) -> None:
    """Fill the network from its file, as float32.

    Raises `WeightsError` if it is missing, altered or another's, and `SystemLacks` where memory runs out.
    """
    try:
        if file_hash(file.path) != file.sha256:
            raise WeightsError(f"The network weights in {file.path.name} have been altered.", hint=REINSTALL)
        tensors = {name: tensor.float() for name, tensor in load_file(file.path).items()}
        network.load_state_dict(tensors)
    except (OSError, SafetensorError, RuntimeError, MemoryError) as error:
        raise loading_error(file.path, error) from error
    network.eval().requires_grad_(False)


def loading_error(path: Path, error: Exception) -> StudioError:
    """Why the weights in this file were not loaded, where that ended in this error."""
    if lacks_memory(error):
        return out_of_memory_error()
    if isinstance(error, FileNotFoundError):
        return WeightsError(f"The network weights {path.name} are missing.", hint=REINSTALL)
    if isinstance(error, PermissionError):
        return WeightsError(f"The network weights {path.name} may not be read.", hint="Allow it in their properties.")
    return WeightsError(f"The network weights in {path.name} cannot be used.", hint=REINSTALL)


def load_networks(folder: Path, device: torch.device = PROCESSOR) -> Networks:
    """The encoder and the inverse network listed in `folder`/manifest.json, on `device`. Raises `WeightsError`."""
    files = {file.role: file for file in read_manifest(folder)}
    if not {"encoder", "inverse"} <= files.keys():
        raise WeightsError("The list of network weights is incomplete.", hint=REINSTALL)
    if files["encoder"].architecture not in BLOCK_DEPTHS:
        raise WeightsError("The list of network weights names an unknown network.", hint=REINSTALL)
    encoder, inverse = Encoder(files["encoder"].architecture), InverseNetwork()
    load_into(encoder, files["encoder"])
    load_into(inverse, files["inverse"])
    return Networks(encoder.to(device), inverse.to(device))


def load_on_best_device(folder: Path) -> Networks:
    """The same on the first graphics card that a trial run proves right, else on the processor. Raises `WeightsError`.

    The trial takes a second or two, and no time where there is no card.
    """
    networks = load_networks(folder)
    device, _ = choose_device(networks)
    return Networks(networks.encoder.to(device), networks.inverse.to(device))
