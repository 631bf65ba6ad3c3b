import copy
import itertools
import math
import os
import signal
from pathlib import Path

import pytest
import torch
from torch import Tensor

from stylestudio.cli.train import stop_requested
from stylestudio.engine.coding import Networks
from stylestudio.engine.networks.decoder import InverseNetwork
from stylestudio.engine.networks.encoder import Encoder
from stylestudio.training import trainer as trainer_module
from stylestudio.training.data import split_held_out
from stylestudio.training.losses import true_features, variances
from stylestudio.training.trainer import (
    FINER_CONVOLUTIONS,
    WARM_UP_STEPS,
    Counters,
    Plan,
    Trainer,
    block_loss,
    chained_loss,
    learning_rate,
    train,
)

CPU = torch.device("cpu")


@pytest.fixture
def no_warm_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainer_module, "WARM_UP_STEPS", 1)


def fresh_trainer(encoder: Encoder, seed: int = 0, **plan: float) -> Trainer:
    torch.manual_seed(seed)
    whole = {"crops": 400, "crop_size": 32, "batch": 2, "learning_rate": 1e-3} | plan
    return Trainer(encoder, InverseNetwork(), Plan(**whole), CPU)  # type: ignore[arg-type]


def small(batch: Tensor) -> Tensor:
    return batch[:2, :, :32, :32].contiguous()


def test_training_block_by_block_lowers_the_loss(encoder: Encoder, batch: Tensor, no_warm_up: None) -> None:
    trainer = fresh_trainer(encoder, block_by_block=1.0)
    truth = true_features(encoder, batch)
    with torch.no_grad():
        before = block_loss(trainer.network, truth, variances(truth))
    for _ in range(6):
        trainer.step(batch)
    with torch.no_grad():
        after = block_loss(trainer.network, truth, variances(truth))
    assert after < 0.9 * before


def test_training_chained_lowers_the_chained_loss(encoder: Encoder, batch: Tensor, no_warm_up: None) -> None:
    trainer = fresh_trainer(encoder, overfit_share=0.0)
    truth = true_features(encoder, batch)
    with torch.no_grad():
        before = chained_loss(trainer.network, truth, variances(truth))
    for _ in range(5):
        trainer.step(batch)
    with torch.no_grad():
        after = chained_loss(trainer.network, truth, variances(truth))
    assert after < 0.99 * before  # the first block alone learns here, and finer ones that know nothing follow it


def test_overfit_features_add_to_the_loss(networks: Networks, batch: Tensor) -> None:
    plain, more = (
        Trainer(networks.encoder, copy.deepcopy(networks.inverse), Plan(100, overfit_share=share), CPU)
        for share in (0.0, 0.5)
    )
    with torch.no_grad():
        losses = plain.loss(batch).item(), more.loss(batch).item()
    assert 0 < losses[0] < losses[1]
    assert math.isfinite(losses[1])


def test_chained_learning_reaches_the_first_block_and_leaves_the_finer_ones_and_the_encoder_alone(
    encoder: Encoder, batch: Tensor
) -> None:
    trainer = fresh_trainer(encoder, overfit_share=0.5)
    weights = {name: tensor.clone() for name, tensor in encoder.state_dict().items()}
    before = {name: tensor.clone() for name, tensor in trainer.network.state_dict().items()}
    trainer.step(small(batch))
    for name, tensor in trainer.network.state_dict().items():
        assert torch.equal(tensor, before[name]) == (name.split(".")[0] in FINER_CONVOLUTIONS), name
    for name, tensor in encoder.state_dict().items():
        assert torch.equal(tensor, weights[name])


def test_block_by_block_every_block_learns(encoder: Encoder, batch: Tensor) -> None:
    trainer = fresh_trainer(encoder, block_by_block=1.0)
    before = {name: tensor.clone() for name, tensor in trainer.network.state_dict().items()}
    trainer.step(small(batch))
    for name, tensor in trainer.network.state_dict().items():
        assert not torch.equal(tensor, before[name]), name


def test_counters_tell_how_far_it_has_come(encoder: Encoder, batch: Tensor) -> None:
    trainer = fresh_trainer(encoder, crops=4, block_by_block=1.0)
    assert not trainer.is_done()
    for _ in range(2):
        trainer.step(small(batch))
    assert (trainer.counters.crops, trainer.counters.steps) == (4, 2)
    assert trainer.counters.seconds > 0
    assert trainer.counters.loss > 0
    assert trainer.is_done()


def test_the_average_follows_the_network_slowly(encoder: Encoder, batch: Tensor, no_warm_up: None) -> None:
    trainer = fresh_trainer(encoder, block_by_block=1.0)
    start = trainer.average.state_dict()["conv9.weight"].clone()
    for _ in range(3):
        trainer.step(small(batch))
    average, now = (module.state_dict()["conv9.weight"] for module in (trainer.average, trainer.network))
    assert not torch.equal(average, start)
    assert not torch.equal(average, now)
    assert (average - now).norm() < (start - now).norm()


def test_a_resumed_run_is_the_run_that_was_saved(encoder: Encoder, batch: Tensor, tmp_path: Path) -> None:
    saved, resumed = (fresh_trainer(encoder, seed, block_by_block=1.0) for seed in (1, 2))
    for _ in range(2):
        saved.step(small(batch))
    saved.save(tmp_path / "state.safetensors")
    resumed.resume(tmp_path / "state.safetensors")
    assert (resumed.counters.crops, resumed.counters.steps) == (4, 2)
    assert resumed.counters.seconds == pytest.approx(saved.counters.seconds)
    assert learning_rate(resumed.plan, resumed.counters) == learning_rate(saved.plan, saved.counters)
    assert_same_run(resumed, saved, exactly=True)
    for trainer in (saved, resumed):
        trainer.step(small(batch))
    assert resumed.averaged.n_averaged == saved.averaged.n_averaged == 3
    assert resumed.optimizer.param_groups[0]["lr"] == saved.optimizer.param_groups[0]["lr"]
    assert_same_run(resumed, saved, exactly=False)


def assert_same_run(one: Trainer, other: Trainer, *, exactly: bool) -> None:
    relative, absolute = (0.0, 0.0) if exactly else (1e-3, 1e-5)
    for module, same in ((one.network, other.network), (one.average, other.average)):
        for name, tensor in module.state_dict().items():
            torch.testing.assert_close(tensor, same.state_dict()[name], rtol=relative, atol=absolute)
    pairs = zip(one.network.parameters(), other.network.parameters(), strict=True)
    for mine, theirs in pairs:
        found, expected = one.optimizer.state[mine], other.optimizer.state[theirs]
        assert set(found) == set(expected) == {"step", "exp_avg", "exp_avg_sq"}
        for key in found:
            torch.testing.assert_close(found[key], expected[key], rtol=relative, atol=absolute)


def test_the_learning_rate_warms_up_and_follows_a_cosine() -> None:
    plan = Plan(1000, learning_rate=0.5)
    rates = [
        learning_rate(plan, Counters(crops=crops, steps=WARM_UP_STEPS)) for crops in (0, 250, 500, 750, 1000, 2000)
    ]
    assert rates == pytest.approx([0.5, 0.25 * (1 + math.sqrt(0.5)), 0.25, 0.25 * (1 - math.sqrt(0.5)), 0, 0])
    first, half = (learning_rate(plan, Counters(steps=steps)) for steps in (0, WARM_UP_STEPS // 2 - 1))
    assert first == pytest.approx(0.5 / WARM_UP_STEPS)
    assert half == pytest.approx(0.25)


def test_training_ends_when_the_plan_is_done(encoder: Encoder, photos: Path, paintings: Path) -> None:
    trainer = fresh_trainer(encoder, crops=5, block_by_block=1.0)
    told = [counters.crops for counters in train(trainer, split_held_out([photos, paintings])[0])]
    assert told == [2, 4, 6]


class Looking(Trainer):
    """Learns nothing, but remembers what it was shown."""

    def step(self, image: Tensor) -> None:
        self.seen = [*getattr(self, "seen", []), image]
        self.counters.crops += len(image)
        self.counters.steps += 1


def shown(trainer: Looking, photos: Path, steps: int) -> list[Tensor]:
    for _ in itertools.islice(train(trainer, split_held_out([photos])[0]), steps):
        pass
    return trainer.seen


def test_a_resumed_run_is_shown_the_crops_that_it_would_have_been_shown(
    encoder: Encoder, photos: Path, tmp_path: Path
) -> None:
    plan = Plan(crops=12, crop_size=32, batch=2)
    whole, first, second = (Looking(encoder, InverseNetwork(), plan, CPU) for _ in range(3))
    parts = shown(first, photos, 2)
    first.save(tmp_path / "state.safetensors")
    second.resume(tmp_path / "state.safetensors")
    parts += shown(second, photos, 99)
    expected = shown(whole, photos, 99)
    assert [image.shape[2] for image in expected] == [32] * 6
    assert all(map(torch.equal, parts, expected))
    assert len(parts) == len(expected)


def test_crops_are_larger_and_fewer_at_the_end(encoder: Encoder, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def step(trainer: Trainer, image: Tensor) -> None:
        seen.append((len(image), *image.shape[2:]))
        trainer.counters.crops += len(image)

    monkeypatch.setattr(Trainer, "step", step)
    trainer = fresh_trainer(encoder, crops=100, batch=10)
    for _ in train(trainer, split_held_out([photos])[0]):
        pass
    assert seen == [(10, 32, 32)] * 9 + [(2, 64, 64)] * 5


def test_ctrl_c_stops_between_two_steps(encoder: Encoder, photos: Path) -> None:
    trainer = fresh_trainer(encoder, block_by_block=1.0)
    steps = train(trainer, split_held_out([photos])[0])
    with stop_requested() as stop:
        for counters in steps:
            if counters.steps == 2:
                os.kill(os.getpid(), signal.SIGINT)
            if stop.is_set():
                break
    steps.close()  # type: ignore[attr-defined]
    assert trainer.counters.steps == 2
    assert trainer.counters.crops == 4
