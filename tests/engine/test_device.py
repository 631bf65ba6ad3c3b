import pytest
import torch
from torch import Tensor, nn

from stylestudio.engine import device
from stylestudio.engine.device import describe, has_fast_bfloat16, pick, quickly
from stylestudio.progress import Steps, finish


def test_a_graphics_card_is_picked_exactly_where_cuda_finds_one() -> None:
    assert pick().type == ("cuda" if torch.cuda.is_available() else "cpu")


def test_the_processor_is_described_with_its_threads() -> None:
    assert describe(torch.device("cpu")) == f"processor, {torch.get_num_threads()} threads"


def test_fast_bfloat16_is_a_plain_answer() -> None:
    assert has_fast_bfloat16(torch.device("cpu")) in (True, False)


def convolved(layer: nn.Module, x: Tensor) -> Steps[Tensor]:
    for _ in range(3):
        x = layer(x)
        yield
    return x


@pytest.mark.parametrize("fast", [True, False])
def test_convolutions_are_quick_in_bfloat16_only_where_that_is_fast(
    fast: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "has_fast_bfloat16", lambda _: fast)
    torch.manual_seed(0)
    layer, x = nn.Conv2d(8, 8, 3, padding=1), torch.randn(1, 8, 12, 12)
    with torch.no_grad():
        exact = finish(convolved(layer, x))
        found = finish(quickly(convolved(layer, x), torch.device("cpu")))
    assert found.dtype == torch.float32
    assert torch.equal(found, exact) == (not fast)
    torch.testing.assert_close(found, exact, atol=0.02 * exact.std().item(), rtol=0.02)


def test_between_two_steps_nothing_else_is_in_bfloat16(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "has_fast_bfloat16", lambda _: True)
    work = quickly(convolved(nn.Conv2d(4, 4, 1), torch.randn(1, 4, 4, 4)), torch.device("cpu"))
    next(work)
    assert not torch.is_autocast_enabled("cpu")
