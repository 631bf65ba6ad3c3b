import torch

from stylestudio.engine.device import describe, has_fast_bfloat16, pick


def test_a_graphics_card_is_picked_exactly_where_cuda_finds_one() -> None:
    assert pick().type == ("cuda" if torch.cuda.is_available() else "cpu")


def test_the_processor_is_described_with_its_threads() -> None:
    assert describe(torch.device("cpu")) == f"processor, {torch.get_num_threads()} threads"


def test_fast_bfloat16_is_a_plain_answer() -> None:
    assert has_fast_bfloat16(torch.device("cpu")) in (True, False)
