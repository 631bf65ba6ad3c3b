from collections.abc import Iterator

import pytest
import torch

from stylestudio.engine.coding import Networks
from stylestudio.engine.networks.weights import load_networks
from stylestudio.paths import resource


@pytest.fixture(scope="session")
def networks() -> Networks:
    """The shipped networks."""
    return load_networks(resource("weights"))


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Pictures as small as these gain nothing from threads, and on a busy machine lose much by waiting for them."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
