import pytest
import torch

from stylestudio.bench import convolutions
from stylestudio.bench.convolutions import convolution_rate, multiply_adds
from stylestudio.engine.coding import Networks
from stylestudio.engine.networks.decoder import InverseNetwork
from stylestudio.engine.networks.encoder import Encoder

# At 16 x 16 pixels, by hand: positions x 9 x channels before x channels after.
ENCODING_16 = [
    256 * 9 * 3 * 64,
    256 * 9 * 64 * 64,
    64 * 9 * 64 * 128,
    64 * 9 * 128 * 128,
    16 * 9 * 128 * 256,
    16 * 9 * 256 * 256,
    16 * 9 * 256 * 256,
    4 * 9 * 256 * 512,
]
DECODING_16 = [
    4 * 9 * 512 * 256,
    16 * 9 * 256 * 256,
    16 * 9 * 256 * 256,
    16 * 9 * 256 * 256,
    16 * 9 * 256 * 128,
    64 * 9 * 128 * 128,
    64 * 9 * 128 * 64,
    256 * 9 * 64 * 64,
    256 * 9 * 64 * 3,
]


@pytest.fixture
def networks() -> Networks:
    with torch.device("meta"):
        return Networks(Encoder("vgg16"), InverseNetwork())


def test_every_convolution_is_counted_at_its_own_stride(networks: Networks) -> None:
    assert multiply_adds(networks, (16, 16), (16, 16)) == 2 * sum(ENCODING_16) + sum(DECODING_16)


def test_the_content_is_encoded_and_decoded_the_style_only_encoded(networks: Networks) -> None:
    assert multiply_adds(networks, (32, 48), (16, 16)) == 7 * sum(ENCODING_16) + 6 * sum(DECODING_16)
    assert multiply_adds(networks, (16, 16), (32, 48)) == 7 * sum(ENCODING_16) + sum(DECODING_16)


def test_the_rate_is_what_a_convolution_reaches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convolutions, "CHANNELS", 4)
    monkeypatch.setattr(convolutions, "SIDE", 8)
    clock = iter([0, 9, 10, 12, 20, 21, 30, 32, 40, 42])
    monkeypatch.setattr(convolutions.time, "perf_counter", lambda: next(clock))
    assert convolution_rate(Networks(Encoder(), InverseNetwork())) == 4 * 4 * 9 * 64 / 2
