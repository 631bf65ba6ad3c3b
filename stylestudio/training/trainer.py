"""Trains the inverse network: all blocks alone first, then the first one chained, also on overfit features.

The blocks are held to the encoder's own layers, because the program replaces features at each of them. Once they are,
the finer ones stay: chained they would learn to soften what the first cannot know, and longer alone they grow soft too,
and then they soften the style's true features. Style left went from 0.48 to 0.69 so on six sample pairs, and from 0.38
to 0.62 on five. Read `train` first.
"""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel

from stylestudio.engine.networks.decoder import InverseNetwork
from stylestudio.engine.networks.encoder import Encoder
from stylestudio.engine.runtime.device import has_fast_bfloat16
from stylestudio.training.data import batches
from stylestudio.training.losses import (
    decode_chained,
    decode_each_block,
    error_shares,
    true_features,
    variances,
)
from stylestudio.training.overfit_features import overfit_features
from stylestudio.training.state import restore, save_atomically, training_tensors

BLOCK_WEIGHTS = {"relu3_1": 1.0, "relu2_1": 1.0, "relu1_1": 0.5, "image": 1.0}
CHAINED_WEIGHTS = {"relu3_1": 1.5, "relu2_1": 1.5, "relu1_1": 0.5, "image": 60.0}
"""The image leads, the blocks' errors are held. The features of the image encoded again were part of this once: without
them, and with the image weighing more, PSNR rose by 0.45 dB and overfit pictures stayed the same, but *single* got
softer. What either change did alone was not measured."""
FINER_CONVOLUTIONS = ("conv5", "conv6", "conv7", "conv8", "conv9")
OVERFIT_WEIGHT = 0.5
LARGE_FROM, LARGER = 0.9, 2
"""Of the plan, from where on crops are so many times as large each way, and as many times fewer."""
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


def weighted_sum(losses: dict[str, Tensor], weights: dict[str, float]) -> Tensor:
    return torch.stack([loss * weights[name] for name, loss in losses.items()]).sum()


def split_batch(truth: dict[str, Tensor], count: int) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """The batch in two parts, the first of `count` pictures."""
    return {k: v[:count] for k, v in truth.items()}, {k: v[count:] for k, v in truth.items()}


def block_loss(network: InverseNetwork, truth: dict[str, Tensor], variance: dict[str, Tensor]) -> Tensor:
    """Each block alone, on the encoder's true features."""
    return weighted_sum(error_shares(decode_each_block(network, truth), truth, variance), BLOCK_WEIGHTS)


def chained_loss(network: InverseNetwork, truth: dict[str, Tensor], variance: dict[str, Tensor]) -> Tensor:
    """From relu4_1 alone through all blocks: what each of them gives, down to the image."""
    return weighted_sum(error_shares(decode_chained(network, truth["relu4_1"]), truth, variance), CHAINED_WEIGHTS)


def overfit_loss(network: InverseNetwork, encoder: Encoder, replaced: Tensor, variance: dict[str, Tensor]) -> Tensor:
    """Overfit features (B, 512, h, w) at relu4_1, decoded and encoded again, are the overfit features.

    arXiv 1612.04337, section 3.3.
    """
    again = encoder(decode_chained(network, replaced)["image"])["relu4_1"]
    return sum_of(error_shares({"relu4_1": again}, {"relu4_1": replaced}, variance))


def sum_of(losses: dict[str, Tensor]) -> Tensor:
    return torch.stack(list(losses.values())).sum()


def update_average(average: Tensor, parameter: Tensor, steps: Tensor | int) -> Tensor:
    """Exponential with `AVERAGE_DECAY`; over fewer steps at first, so that what it began with is soon forgotten."""
    return average.lerp(parameter, 1 - min(AVERAGE_DECAY, (1 + int(steps)) / (10 + int(steps))))


class Trainer:
    """A run: the network, its running average, the optimiser and how far it has come."""

    def __init__(self, encoder: Encoder, network: InverseNetwork, plan: Plan, device: torch.device) -> None:
        self.plan, self.device = plan, device
        self.encoder = encoder.to(device).eval().requires_grad_(False)
        self.network = network.to(device)
        self.averaged = AveragedModel(self.network, avg_fn=update_average).requires_grad_(False)
        self.average = cast(InverseNetwork, self.averaged.module)
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=plan.learning_rate)
        self.counters = Counters()

    def loss(self, image: Tensor) -> Tensor:
        """Every block alone on true features at first; later all chained, and some once more on overfit features."""
        truth = true_features(self.encoder, image)
        variance = variances(truth)
        alone = self.counters.crops < self.plan.block_by_block * self.plan.crops
        for name in FINER_CONVOLUTIONS:
            self.network.get_submodule(name).requires_grad_(alone)
        if alone:
            return block_loss(self.network, truth, variance)
        loss = chained_loss(self.network, truth, variance)
        if self.plan.overfit_share > 0 and self.counters.steps % self.plan.overfit_every == 0:
            overfits = min(max(1, round(self.plan.overfit_share * len(image))), len(image) - 1)
            replaced = overfit_features(*split_batch(truth, overfits))
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
        self.averaged.update_parameters(self.network)
        self.counters.loss = loss.item()
        self.counters.steps += 1
        self.counters.crops += len(image)
        self.counters.seconds += time.monotonic() - started

    def save(self, path: Path) -> None:
        facts = {name: str(getattr(self.counters, name)) for name in ("seconds", "crops", "steps")}
        save_atomically(training_tensors(self.network, self.average, self.optimizer), path, facts)

    def resume(self, path: Path) -> None:
        facts = restore(path, self.network, self.average, self.optimizer)
        self.counters = Counters(float(facts["seconds"]), int(facts["crops"]), int(facts["steps"]))
        self.averaged.n_averaged.fill_(self.counters.steps)

    def is_done(self) -> bool:
        return self.counters.crops >= self.plan.crops


def train(trainer: Trainer, folders: list[list[Path]]) -> Iterator[Counters]:
    """Train until the plan is done, telling after every step; stopping between two of them loses nothing."""
    plan, counters = trainer.plan, trainer.counters
    for ends, larger in ((LARGE_FROM * plan.crops, 1), (plan.crops, LARGER)):
        count = max(2, plan.batch // larger**2)
        images = batches(folders, plan.crop_size * larger, count, plan.seed, counters.crops)
        while counters.crops < ends:
            trainer.step(next(images))
            yield counters
