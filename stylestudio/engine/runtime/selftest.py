"""A trial run: a graphics card is used once it has painted a small picture as the processor paints it.

There are many cards and drivers for them; some lack an operation, and some give a wrong picture and no error.
"""

from copy import deepcopy

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.coding import Networks, encode
from stylestudio.engine.coding import decode_lazily as block
from stylestudio.engine.matching.base import EncodedPicture, MatchSettings
from stylestudio.engine.networks.decoder import BLOCKS
from stylestudio.engine.pipeline import match_and_decode, needed_layers
from stylestudio.engine.refine import downscale, refine_picture
from stylestudio.engine.runtime.device import PROCESSOR, graphics_cards, make_contiguous
from stylestudio.engine.runtime.lazy import materialise
from stylestudio.progress import finish

METHOD = "coarse-to-fine"
SIZES = ((16, 272), (64, 64))
"""(height, width) of content and style: soon done, and yet so large that the content is cut into tiles."""
GRAINS = {16: 0.5, 4: 0.3, 1: 0.2}
"""How large the pictures' spots are, in pixels, and how strong."""
FEATURES_ERROR = 0.01
"""Of the feature maps' deviation; numbers as short as those in which a card may convolve make a third of this."""
DECODED_LEVELS, OVERFIT_LEVELS = 2.0, 4.0
"""Of 255, mean difference. In bfloat16 against float32 both are 0.1; more where a few matches fall otherwise that are
nearly as good, and with another seed for all choices the second is 9 and more."""
REFINED_LEVELS = 0.6
"""The same of the refined picture: in bfloat16 it is 0.2; slopes that every convolution makes three tenths wrong make
it 0.8, and such as are one position off 5."""
STEPS, REFINED_SIZE = 2, (16, 136)
"""Of refining: the second step begins from what the first has changed, at a smaller size than the picture's."""


def choose_device(networks: Networks) -> tuple[torch.device, dict[torch.device, str]]:
    """The first graphics card without a fault, else the processor; and the faults of the cards before it.

    The networks are on the processor, and stay there. Without a card this costs nothing.
    """
    faults: dict[torch.device, str] = {}
    for card in graphics_cards():
        found = find_fault(networks, card)
        if not found:
            return card, faults
        faults[card] = found
    return PROCESSOR, faults


def find_fault(networks: Networks, device: torch.device) -> str:
    """What goes wrong when these networks, which are on the processor, run on `device`; empty for nothing."""
    try:
        with torch.no_grad():
            return difference(networks, copy_networks(networks, device))
    except Exception as error:  # whatever it is, the processor can do without the card
        return f"{type(error).__name__}: {error}".partition("\n")[0]


def copy_networks(networks: Networks, device: torch.device) -> Networks:
    """A copy of the networks on this device."""
    return Networks(deepcopy(networks.encoder).to(device), deepcopy(networks.inverse).to(device))


def difference(right: Networks, tried: Networks) -> str:
    """In what the pictures of `tried` differ from those of `right`, in words; empty for nothing.

    Each step gets what `right` has made before it: a match that falls otherwise because two pieces are nearly as good
    would else hide what the later steps do.
    """
    images = [spotted_image(seed, *size) for seed, size in enumerate(SIZES)]
    expected = [encoded(right, image) for image in images]
    for image, known in zip(images, expected, strict=True):
        if not features_error(encoded(tried, image), known) <= FEATURES_ERROR:
            return "its feature maps are wrong"
    if not levels_between(decoded(right, expected[0]), decoded(tried, expected[0])) <= DECODED_LEVELS:
        return "its inverse network is wrong"
    picture = painted(right, *expected)
    if not levels_between(picture, painted(tried, *expected)) <= OVERFIT_LEVELS:
        return "its overfit picture is wrong"
    if (
        not levels_between(refine_briefly(right, picture, *images), refine_briefly(tried, picture, *images))
        <= REFINED_LEVELS
    ):
        return "its refined picture is wrong"
    return ""


def spotted_image(seed: int, height: int, width: int) -> Tensor:
    """(1, 3, H, W) of coloured spots in 0..1, on the processor."""
    generator, image = torch.Generator().manual_seed(seed), torch.zeros(1, 3, height, width)
    for grain, share in GRAINS.items():
        spots = torch.rand(1, 3, height // grain, width // grain, generator=generator)
        image += share * F.interpolate(spots, (height, width), mode="bilinear")
    return image


def device_of(networks: Networks) -> torch.device:
    return next(networks.inverse.parameters()).device


def encoded(networks: Networks, image: Tensor) -> EncodedPicture:
    return finish(encode(networks, image.to(device_of(networks)), needed_layers(METHOD), ""))


def as_slices_on(device: torch.device, picture: EncodedPicture) -> EncodedPicture:
    """The same there, its maps cut out of wider ones as a large picture's are: some cards read such maps wrongly."""
    assert isinstance(picture.image, Tensor)
    wider = {
        layer: make_contiguous(F.pad(picture.feature_tensor(layer), (1, 1)).to(device)) for layer in picture.features
    }
    cut = {layer: features[..., 1:-1] for layer, features in wider.items()}
    return EncodedPicture.from_features(cut, picture.image.to(device))


def decoded(networks: Networks, picture: EncodedPicture) -> Tensor:
    """(1, 3, H, W), the picture as the inverse network paints it from relu4_1, on the processor."""
    x = picture.feature_tensor("relu4_1").to(device_of(networks))
    for layer in BLOCKS:
        x = finish(materialise(block(networks, layer, x), ""))
    return x.cpu()


def painted(networks: Networks, content: EncodedPicture, style: EncodedPicture) -> Tensor:
    """(1, 3, H, W), the overfit picture, on the processor."""
    device = device_of(networks)
    work = match_and_decode(
        networks, as_slices_on(device, content), as_slices_on(device, style), 0, METHOD, MatchSettings()
    )
    return finish(work).cpu()


def refine_briefly(networks: Networks, picture: Tensor, content: Tensor, style: Tensor) -> Tensor:
    """(1, 3, H, W), the overfit picture of these two images after a little refining, on the processor."""
    images = (image.to(device_of(networks)) for image in (picture, downscale(content, REFINED_SIZE), style))
    return finish(refine_picture(networks, *images, steps=STEPS)).cpu()


def features_error(found: EncodedPicture, expected: EncodedPicture) -> float:
    """The greatest of all layers' errors, root mean square over the expected map's deviation; nan where one is."""
    errors = [
        (found.feature_tensor(layer).cpu() - expected.feature_tensor(layer)).square().mean().sqrt()
        / expected.feature_tensor(layer).std()
        for layer in expected.features
    ]
    return torch.stack(errors).max().item()


def levels_between(one: Tensor, other: Tensor) -> float:
    """Mean difference of two images in 0..1, in levels of 255; nan where a value is."""
    return 255 * (one - other).abs().mean().item()
