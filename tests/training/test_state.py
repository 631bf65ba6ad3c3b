import copy
import os
import signal
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from torch import nn

from stylestudio.cli.train import stop_requested
from stylestudio.training import state
from stylestudio.training.state import restore, save_atomically, training_tensors


def small_run(seed: int) -> tuple[nn.Module, nn.Module, torch.optim.Adam]:
    torch.manual_seed(seed)
    network = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    return network, copy.deepcopy(network).requires_grad_(False), torch.optim.Adam(network.parameters(), lr=0.1)


def learn(network: nn.Module, optimizer: torch.optim.Adam, steps: int) -> None:
    for step in range(steps):
        optimizer.zero_grad()
        network(torch.full((1, 3), 1.0 + step)).square().sum().backward()
        optimizer.step()


def test_saved_tensors_and_facts_come_back(tmp_path: Path) -> None:
    path = tmp_path / "some.safetensors"
    save_atomically({"a": torch.arange(6.0).view(2, 3).t()}, path, {"crops": "12"})
    with safe_open(path, framework="pt") as file:
        assert file.get_tensor("a").tolist() == [[0, 3], [1, 4], [2, 5]]
        assert file.metadata() == {"crops": "12"}
    assert [found.name for found in tmp_path.iterdir()] == ["some.safetensors"]


def test_the_old_file_stays_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(_tensors: object, path: Path, _facts: object) -> None:
        path.write_bytes(b"half")
        raise OSError("no space left")

    path = tmp_path / "some.safetensors"
    save_atomically({"a": torch.ones(2)}, path, {})
    before = path.read_bytes()
    monkeypatch.setattr(state, "save_file", full_disk)
    with pytest.raises(OSError, match="no space"):
        save_atomically({"a": torch.zeros(2)}, path, {})
    assert path.read_bytes() == before


def test_a_restored_run_learns_on_as_if_it_had_never_stopped(tmp_path: Path) -> None:
    network, average, optimizer = small_run(1)
    learn(network, optimizer, 5)
    save_atomically(training_tensors(network, average, optimizer), tmp_path / "run.safetensors", {"steps": "5"})
    other, other_average, other_optimizer = small_run(2)
    facts = restore(tmp_path / "run.safetensors", other, other_average, other_optimizer)
    assert facts == {"steps": "5"}
    for run, again in ((network, optimizer), (other, other_optimizer)):
        learn(run, again, 3)
    for name, tensor in network.state_dict().items():
        assert torch.equal(other.state_dict()[name], tensor)
        assert torch.equal(other_average.state_dict()[name], average.state_dict()[name])


def test_a_run_that_has_not_learnt_yet_can_be_restored(tmp_path: Path) -> None:
    run, other = small_run(1), small_run(2)
    save_atomically(training_tensors(*run), tmp_path / "run.safetensors", {"steps": "0"})
    restore(tmp_path / "run.safetensors", *other)
    assert torch.equal(other[0].state_dict()["0.weight"], run[0].state_dict()["0.weight"])
    assert not other[2].state


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_asks_to_stop_and_nothing_more(number: signal.Signals) -> None:
    former = signal.getsignal(number)
    with stop_requested() as stop:
        assert not stop.is_set()
        os.kill(os.getpid(), number)
        assert stop.wait(5)
    assert signal.getsignal(number) is former


def test_handlers_come_back_after_an_error() -> None:
    former = signal.getsignal(signal.SIGINT)
    with pytest.raises(RuntimeError), stop_requested():
        raise RuntimeError
    assert signal.getsignal(signal.SIGINT) is former
