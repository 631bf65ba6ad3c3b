import pytest
import torch
from torch import Tensor

from stylestudio.engine.coding import Networks
from stylestudio.engine.networks.encoder import LAYERS, Encoder
from stylestudio.training.losses import FINER, decode_chained, decode_each_block, error_shares, true_features, variances


@pytest.fixture(scope="module")
def truth(encoder: Encoder, batch: Tensor) -> dict[str, Tensor]:
    return true_features(encoder, batch)


def test_the_truth_holds_every_layer_and_the_image(truth: dict[str, Tensor], batch: Tensor) -> None:
    assert set(truth) == {*LAYERS, "image"}
    assert torch.equal(truth["image"], batch)
    assert not any(features.requires_grad for features in truth.values())


def test_a_perfect_estimate_has_no_error(truth: dict[str, Tensor]) -> None:
    found = error_shares(truth, truth, variances(truth))
    assert set(found) == set(truth)
    assert all(share == 0 for share in found.values())


def test_who_knows_the_channel_means_only_has_error_1(truth: dict[str, Tensor]) -> None:
    means = {name: f.mean((0, 2, 3), keepdim=True).expand_as(f) for name, f in truth.items()}
    for name, share in error_shares(means, truth, variances(truth)).items():
        assert share.item() == pytest.approx(1, rel=1e-4), name


def test_error_shares_do_not_depend_on_the_strength_of_a_layer(truth: dict[str, Tensor]) -> None:
    estimate = {name: features * 0.9 for name, features in truth.items()}
    louder = {name: features * 50 for name, features in truth.items()}
    plain = error_shares(estimate, truth, variances(truth))
    loud = error_shares({name: f * 50 for name, f in estimate.items()}, louder, variances(louder))
    for name in truth:
        assert loud[name].item() == pytest.approx(plain[name].item(), rel=1e-3)


def test_an_even_picture_has_a_variance_to_divide_by() -> None:
    assert variances({"image": torch.full((1, 3, 8, 8), 0.5)})["image"] > 0


def test_blocks_alone_are_fed_the_true_features(shipped_networks: Networks, truth: dict[str, Tensor]) -> None:
    found = decode_each_block(shipped_networks.inverse, truth)
    assert set(found) == set(FINER.values())
    assert torch.equal(found["relu2_1"], shipped_networks.inverse.block("relu3_1", truth["relu3_1"]))
    assert all(found[name].shape == truth[name].shape for name in found)


def test_chained_blocks_are_fed_each_other_s(shipped_networks: Networks, truth: dict[str, Tensor]) -> None:
    found = decode_chained(shipped_networks.inverse, truth["relu4_1"])
    assert list(found) == ["relu3_1", "relu2_1", "relu1_1", "image"]
    assert torch.equal(found["image"], shipped_networks.inverse(truth["relu4_1"]))


def test_a_chain_may_begin_at_a_finer_layer(shipped_networks: Networks, truth: dict[str, Tensor]) -> None:
    found = decode_chained(shipped_networks.inverse, truth["relu2_1"], "relu2_1")
    assert list(found) == ["relu1_1", "image"]
