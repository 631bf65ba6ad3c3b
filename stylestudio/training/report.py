"""How well the inverse network undoes the encoder, on pictures that it never learnt from."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from stylestudio.engine.networks.decoder import InverseNetwork
from stylestudio.engine.networks.encoder import Encoder
from stylestudio.evaluation.measures import colour_shift, grid_energy, psnr
from stylestudio.evaluation.torchvision import save_image
from stylestudio.training.data import centre_crop
from stylestudio.training.losses import Maps, decode_chained, decode_each_block, true_features, variances

CROP = 256


@dataclass(frozen=True)
class ReconstructionScores:
    """Over the held-out crops: mean `psnr` and `grid` in dB, mean `colour_shift` in levels of 255 for each channel;
    errors as shares of variance, of the blocks chained and alone on true features; mean PSNR folder by folder."""

    psnr: float
    grid: float
    colour_shift: tuple[float, ...]
    relu4_1: float
    chained: dict[str, float]
    true: dict[str, float]
    folders: tuple[float, ...]

    def line(self) -> str:
        chained, true = (
            " ".join(f"{layer} {error:.4f}" for layer, error in errors.items()) for errors in (self.chained, self.true)
        )
        first = f"PSNR {self.psnr:.2f} dB, relu4_1 error {self.relu4_1:.3f}, grid {self.grid:.2f} dB"
        return f"{first}; chained {chained}; true {true}"

    def facts(self) -> dict[str, object]:
        return asdict(self)


def held_out_crops(pictures: Sequence[Path]) -> Tensor:
    """(N, 3, 256, 256) the centres of the held-out pictures."""
    return torch.stack([centre_crop(path, CROP) for path in pictures])


class ErrorShares:
    """Squared errors and variances summed over crops, so that an even crop does not weigh more than a rich one."""

    def __init__(self) -> None:
        self.errors: defaultdict[str, float] = defaultdict(float)
        self.variances: defaultdict[str, float] = defaultdict(float)

    def add(self, estimates: Maps, truth: Maps) -> None:
        variance = variances(truth)
        for name, estimate in estimates.items():
            self.errors[name] += (estimate - truth[name]).square().mean().item()
            self.variances[name] += variance[name].item()

    def shares(self) -> dict[str, float]:
        return {name: error / self.variances[name] for name, error in self.errors.items()}


@torch.no_grad()
def report(encoder: Encoder, network: InverseNetwork, crops: Tensor, per_folder: int = 32) -> ReconstructionScores:
    """Measure the network in full precision on `crops` (N, 3, 256, 256), which come folder by folder."""
    decibels, grids, shifts = [], [], []
    again, through, true = ErrorShares(), ErrorShares(), ErrorShares()
    device = next(network.parameters()).device
    for crop in crops:
        truth = true_features(encoder, crop[None].to(device))
        found = decode_chained(network, truth["relu4_1"])
        image = found["image"].clamp(0, 1)
        decibels.append(psnr(image[0].cpu(), crop))
        grids.append(grid_energy(image[0].cpu()))
        shifts.append(colour_shift(image[0].cpu(), crop))
        again.add({"relu4_1": encoder(image)["relu4_1"]}, truth)
        through.add(found, truth)
        true.add(decode_each_block(network, truth), truth)
    count = len(crops)
    return ReconstructionScores(
        psnr=sum(decibels) / count,
        grid=sum(grids) / count,
        colour_shift=tuple(torch.stack(shifts).mean(0).tolist()),
        relu4_1=again.shares()["relu4_1"],
        chained=through.shares(),
        true=true.shares(),
        folders=tuple(sum(decibels[i : i + per_folder]) / per_folder for i in range(0, count, per_folder)),
    )


@torch.no_grad()
def contact_sheet(encoder: Encoder, network: InverseNetwork, crops: Tensor, path: Path, columns: int = 8) -> None:
    """Write pairs of held-out crop (above) and reconstruction (below), `columns` across, to look at."""
    device = next(network.parameters()).device
    cells = []
    for group in crops[: len(crops) // columns * columns].split(columns):
        cells += [*group, *(network(encoder(crop[None].to(device))["relu4_1"])[0].cpu() for crop in group)]
    save_image(cells, path, nrow=columns, padding=0)
