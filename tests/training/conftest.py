from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from handmade_pictures import make_folder, picture
from torch import Tensor

from stylestudio.engine.coding import Networks
from stylestudio.engine.networks.encoder import Encoder
from stylestudio.engine.networks.weights import load_networks
from stylestudio.paths import resource
from stylestudio.training.pictures import to_tensor


@pytest.fixture(scope="session")
def networks() -> Networks:
    """The shipped networks; copy what you change."""
    return load_networks(resource("weights"), torch.device("cpu"))


@pytest.fixture(scope="session")
def encoder(networks: Networks) -> Encoder:
    return networks.encoder


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_folder(tmp_path_factory.mktemp("learning") / "photos", 70)


@pytest.fixture(scope="session")
def paintings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_folder(tmp_path_factory.mktemp("learning") / "paintings", 66, first=500)


@pytest.fixture(scope="session")
def batch() -> Tensor:
    """(4, 3, 64, 64) in 0..1."""
    return torch.stack([to_tensor(picture(seed, 64, 64)) for seed in range(4)])


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Maps as small as these gain nothing from threads, and on a busy machine lose much by waiting for them."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
