from pathlib import Path

import pytest
import torch
from handmade_pictures import make_folder, picture
from torch import Tensor

from stylestudio.evaluation.torchvision import to_tensor


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
