"""Trains the inverse network: block by block first, then chained, then also on overfit features. Read `train` first.

The blocks are held to the encoder's own layers all along, because the program replaces features at each of them.
"""

import copy
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from stylestudio.engine.decoder import InverseNetwork
from stylestudio.engine.device import has_fast_bfloat16
from stylestudio.engine.encoder import Encoder
from stylestudio.training.losses import (
    by_blocks,
    chained,
    error_shares,
    true_features,
    variances,
)
from stylestudio.training.overfit_features import overfit_features
from stylestudio.training.pictures import batches
from stylestudio.training.state import restore, save_atomically, training_tensors

BLOCK_WEIGHTS = {"relu3_1": 1.0, "relu2_1": 1.0, "relu1_1": 0.5, "image": 1.0}
CHAINED_WEIGHTS = {"relu3_1": 1.0, "relu2_1": 1.0, "relu1_1": 0.5, "image": 12.0}
FINER_CONVOLUTIONS = ("conv5", "conv6", "conv7", "conv8", "conv9")
FEATURE_LAYERS = ("relu2_1", "relu3_1", "relu4_1")
OVERFIT_WEIGHT = 0.5
AVERAGE_DECAY = 0.995
WARM_UP_STEPS = 100


@dataclass(frozen=True)
class Plan:
    """How much and on what to train; `crops` are those of the whole plan, over all its resumed parts.

    Of every `overfit_every`-th batch the `overfit_share` is also trained on as overfit features: matching takes time.
    """

    crops: int
    crop_size: int = 128
    batch: int = 8
    learning_rate: float = 1e-3
    block_by_block: float = 0.0
    overfit_share: float = 0.125
    overfit_every: int = 4
    seed: int = 0


@dataclass
class Counters:
    """How far a run has come."""

    seconds: float = 0.0
    crops: int = 0
    steps: int = 0
    loss: float = 0.0


def learning_rate(plan: Plan, counters: Counters) -> float:
    """Cosine from `plan.learning_rate` down to nothing over the plan, after a short warm-up."""
    done = min(counters.crops / plan.crops, 1.0)
    warm_up = min((counters.steps + 1) / WARM_UP_STEPS, 1.0)
    return plan.learning_rate * warm_up * 0.5 * (1 + math.cos(math.pi * done))


def weighted(losses: dict[str, Tensor], weights: dict[str, float]) -> Tensor:
    return torch.stack([loss * weights[name] for name, loss in losses.items()]).sum()


def halves(truth: dict[str, Tensor], count: int) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """The batch in two parts, the first of `count` pictures."""
    return {k: v[:count] for k, v in truth.items()}, {k: v[count:] for k, v in truth.items()}


@contextmanager
def frozen(network: InverseNetwork, convolutions: tuple[str, ...]) -> Iterator[None]:
    """What is computed here passes gradients through these convolutions, not to them."""
    parameters = [p for name in convolutions for p in network.get_submodule(name).parameters()]
    for parameter in parameters:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in parameters:
            parameter.requires_grad_(True)


def block_loss(network: InverseNetwork, truth: dict[str, Tensor], variance: dict[str, Tensor]) -> Tensor:
    """Each block alone, on the encoder's true features."""
    return weighted(error_shares(by_blocks(network, truth), truth, variance), BLOCK_WEIGHTS)


def chained_loss(
    network: InverseNetwork, encoder: Encoder, truth: dict[str, Tensor], variance: dict[str, Tensor]
) -> Tensor:
    """From relu4_1 alone through all blocks: their outputs, the image, and the image's features.

    Only the first block learns from it. The finer ones would learn to soften what the first cannot know, and then
    they soften the style's true features too: style left went from 0.48 to 0.69 on six sample pairs.
    """
    with frozen(network, FINER_CONVOLUTIONS):
        found = chained(network, truth["relu4_1"])
    again = encoder(found["image"])
    features = error_shares({layer: again[layer] for layer in FEATURE_LAYERS}, truth, variance)
    return weighted(error_shares(found, truth, variance), CHAINED_WEIGHTS) + sum_of(features)


def overfit_loss(
    network: InverseNetwork, encoder: Encoder, replaced: dict[str, Tensor], variance: dict[str, Tensor]
) -> Tensor:
    """Overfit features, decoded and encoded again, are the overfit features; `replaced` holds them layer by layer.

    arXiv 1612.04337, section 3.3: once with relu4_1 replaced alone, and once from the finest replaced layer on, as in
    coarse to fine.
    """
    finest = min(replaced)
    with frozen(network, FINER_CONVOLUTIONS):
        alone = encoder(chained(network, replaced["relu4_1"])["image"])
    fine = encoder(chained(network, replaced[finest], finest)["image"])
    losses = error_shares({layer: fine[layer] for layer in replaced}, replaced, variance)
    return sum_of(losses) + sum_of(error_shares({"relu4_1": alone["relu4_1"]}, replaced, variance))


def sum_of(losses: dict[str, Tensor]) -> Tensor:
    return torch.stack(list(losses.values())).sum()


class Trainer:
    """A run: the network, its running average, the optimiser and how far it has come."""

    def __init__(self, encoder: Encoder, network: InverseNetwork, plan: Plan, device: torch.device) -> None:
        self.plan, self.device = plan, device
        self.encoder = encoder.to(device).eval().requires_grad_(False)
        self.network = network.to(device)
        self.average = copy.deepcopy(self.network).requires_grad_(False)
        self.overfit = overfit_features(self.average)
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=plan.learning_rate)
        self.counters = Counters()

    def loss(self, image: Tensor) -> Tensor:
        """Half of the batch on true features, the other half chained, and some of it once more on overfit features."""
        truth = true_features(self.encoder, image)
        variance = variances(truth)
        if self.counters.crops < self.plan.block_by_block * self.plan.crops:
            return block_loss(self.network, truth, variance)
        half, rest = halves(truth, len(image) // 2)
        loss = block_loss(self.network, half, variance) + chained_loss(self.network, self.encoder, rest, variance)
        if self.plan.overfit_share > 0 and self.counters.steps % self.plan.overfit_every == 0:
            overfits = min(max(1, round(self.plan.overfit_share * len(image))), len(image) - 1)
            replaced = self.overfit(*halves(truth, overfits))
            loss = loss + OVERFIT_WEIGHT * overfit_loss(self.network, self.encoder, replaced, variance)
        return loss

    def step(self, image: Tensor) -> None:
        started = time.monotonic()
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.plan, self.counters)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=has_fast_bfloat16(self.device)):
            loss = self.loss(image.to(self.device, memory_format=torch.channels_last))
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.update_average()
        self.counters.loss = loss.item()
        self.counters.steps += 1
        self.counters.crops += len(image)
        self.counters.seconds += time.monotonic() - started

    @torch.no_grad()
    def update_average(self) -> None:
        decay = min(AVERAGE_DECAY, (1 + self.counters.steps) / (10 + self.counters.steps))
        pairs = zip(self.average.parameters(), self.network.parameters(), strict=True)
        for average, parameter in pairs:
            average.lerp_(parameter, 1 - decay)

    def save(self, path: Path) -> None:
        facts = {name: str(getattr(self.counters, name)) for name in ("seconds", "crops", "steps")}
        save_atomically(training_tensors(self.network, self.average, self.optimizer), path, facts)

    def resume(self, path: Path) -> None:
        facts = restore(path, self.network, self.average, self.optimizer)
        self.counters = Counters(float(facts["seconds"]), int(facts["crops"]), int(facts["steps"]))

    def done(self) -> bool:
        return self.counters.crops >= self.plan.crops


def train(trainer: Trainer, folders: list[list[Path]]) -> Iterator[Counters]:
    """Train until the plan is done, telling after every step; stopping between two of them loses nothing."""
    plan = trainer.plan
    for image in batches(folders, plan.crop_size, plan.batch, plan.seed + trainer.counters.steps):
        if trainer.done():
            return
        trainer.step(image)
        yield trainer.counters
