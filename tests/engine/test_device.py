import pytest
import torch
from torch import nn

from stylestudio.engine.runtime import device
from stylestudio.engine.runtime.device import (
    bfloat16_where_fast,
    describe,
    eigen,
    empty_cache,
    graphics_cards,
    has_fast_bfloat16,
    is_out_of_memory,
)
from stylestudio.progress import Cancelled


def pretend(monkeypatch: pytest.MonkeyPatch, cuda: bool, mps: bool) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"),
    [(False, False, []), (True, False, ["cuda"]), (False, True, ["mps"]), (True, True, ["cuda", "mps"])],
)
def test_all_graphics_cards_are_offered_and_cuda_first(
    cuda: bool, mps: bool, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, cuda, mps)
    assert [card.type for card in graphics_cards()] == expected


def test_the_processor_is_described_with_its_threads() -> None:
    assert describe(torch.device("cpu")) == f"processor, {torch.get_num_threads()} threads"


def test_cards_are_described_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "Card 3000")
    assert describe(torch.device("cuda")) == "graphics card (Card 3000)"
    assert describe(torch.device("mps")) == "graphics card (Apple Metal)"


def test_bfloat16_counts_as_fast_neither_on_apples_cards_nor_where_a_card_only_imitates_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=True: including_emulation)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True)
    assert not has_fast_bfloat16(torch.device("cuda"))
    assert not has_fast_bfloat16(torch.device("mps"))


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB."),
        RuntimeError("MPS backend out of memory (MPS allocated: 5.1 GB, other allocations: 400 MB, max: 9.1 GB)."),
        RuntimeError("CUDA error: out of memory"),
        RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
    ],
)
def test_a_full_card_is_known_by_whatever_part_of_it_says_so(error: Exception) -> None:
    assert is_out_of_memory(error)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 99 bytes."),
        RuntimeError("shapes do not match"),
        MemoryError("MPS backend out of memory"),
    ],
)
def test_other_faults_are_not_taken_for_a_full_card(error: Exception) -> None:
    assert not is_out_of_memory(error)


@pytest.mark.parametrize("there", [True, False])
def test_the_cache_of_apples_cards_is_emptied_only_where_there_is_one(
    there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    emptied = []
    pretend(monkeypatch, cuda=False, mps=there)
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: emptied.append("cuda"))
    monkeypatch.setattr(torch.mps, "empty_cache", lambda: emptied.append("mps"))
    empty_cache()
    assert emptied == (["cuda", "mps"] if there else ["cuda"])


def test_fast_bfloat16_is_a_plain_answer() -> None:
    assert has_fast_bfloat16(torch.device("cpu")) in (True, False)


@pytest.mark.parametrize("fast", [True, False])
def test_convolutions_are_quick_in_bfloat16_only_where_that_is_fast(
    fast: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "has_fast_bfloat16", lambda _: fast)
    torch.manual_seed(0)
    layer, x = nn.Conv2d(8, 8, 3, padding=1).requires_grad_(False), torch.randn(1, 8, 12, 12)
    exact = layer(x)
    with bfloat16_where_fast(torch.device("cpu")):
        found = layer(x)
    assert found.dtype == (torch.bfloat16 if fast else torch.float32)
    torch.testing.assert_close(found.float(), exact, atol=0.02 * exact.std().item(), rtol=0.02 if fast else 0)


def test_after_quick_work_nothing_is_in_bfloat16_though_it_was_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "has_fast_bfloat16", lambda _: True)
    with pytest.raises(Cancelled), bfloat16_where_fast(torch.device("cpu")):
        assert torch.is_autocast_enabled("cpu")
        raise Cancelled
    assert not torch.is_autocast_enabled("cpu")


def failing() -> None:
    raise ValueError(torch.get_num_threads())


def test_eigenvectors_take_one_thread_and_leave_as_many_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        monkeypatch.setattr(torch.linalg, "eigh", lambda _: failing())
        with pytest.raises(ValueError, match=r"^1$"):
            eigen(torch.eye(2))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
