import pytest
import torch
from maps import random_encoded, random_matches
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine import tiling
from stylestudio.engine.matching import METHODS, choosing
from stylestudio.engine.matching.across_layers import COARSER, DIRECTIONS, LIKE, Chosen, chosen, contested
from stylestudio.engine.matching.choosing import refined_and_agreed
from stylestudio.engine.matching.coarse_to_fine import offer, replace
from stylestudio.engine.matching.likeness import Bound, Likeness
from stylestudio.engine.matching.local_search import random_steps
from stylestudio.engine.matching.method import Encoded, Layer, MatchSettings
from stylestudio.engine.patches import Matches
from stylestudio.progress import Steps, finish

LIGHT, DARK = torch.eye(4)[0], torch.eye(4)[1]


def descriptors(height: int, width: int, seed: int = 0) -> Tensor:
    """(height, width, 8) of length 1."""
    return F.normalize(torch.randn(height, width, 8, generator=torch.Generator().manual_seed(seed)), dim=2)


def halves(height: int, width: int) -> Tensor:
    """(height, width, 4) descriptors, light on the left and dark on the right."""
    return torch.where((torch.arange(width) < width // 2)[None, :, None], LIGHT, DARK).expand(height, width, 4).clone()


def sky_beside_a_light() -> Matches:
    """(8, 8) matches in a style of 8 x 8 of such halves: one column of light pieces, all else dark ones."""
    columns = torch.full((8, 8), 6)
    columns[:, 0] = 1
    return Matches(torch.arange(8)[:, None].expand(8, 8).clone(), columns)


def would_rather_be_light() -> Tensor:
    """(16, 16, 4) descriptors of a content that, on its own, would have light pieces everywhere."""
    return F.normalize(LIGHT + 0.7 * DARK, dim=0).expand(16, 16, 4)


def searched(coarse: Chosen) -> Matches:
    """The finer layer's matches for such a content."""
    steps = finish(random_steps(16, 16, 0, torch.device("cpu")))
    whole = slice(0, 16), slice(0, 16)
    return finish(refined_and_agreed(would_rather_be_light(), halves(16, 16), coarse, whole, steps, "Refining"))


def contested_by(matches: Matches, keys: Tensor, plain: Tensor) -> Tensor:
    """(h, w) of matches (h, w) among keys (H, W, D)."""
    return finish(contested(matches.rows * keys.shape[1] + matches.columns, keys.flatten(0, 1), plain))


def held(plain: float) -> Chosen:
    return finish(chosen(sky_beside_a_light(), halves(8, 8), torch.full((16, 16), plain)))


def test_a_light_does_not_spread_over_the_plain_sky_beside_it() -> None:
    assert (searched(held(1)).columns[:, 4:] >= 8).all()


def test_where_the_photo_is_lively_the_light_may_spread() -> None:
    assert (searched(held(0)).columns[:, 4:] < 8).float().mean() > 0.5


def as_they_are(content: Tensor, style: Tensor, matches: Matches, *_: object) -> Steps[Matches]:
    """No agreement of neighbours at all."""
    yield
    return matches


def test_the_search_itself_is_held_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "coherent", as_they_are)
    assert (searched(held(1)).columns[:, 4:] >= 8).all()
    assert (searched(held(0)).columns[:, 4:] < 8).float().mean() > 0.2


def share_alike(photo: Tensor) -> float:
    """Of a photo (1, 3, 48, 48), how much of relu3_1 is made of what is like the one piece that relu4_1 chose."""
    content, style = Encoded.of(random_encoded(1, 6, 6).features, photo), random_encoded(9, 6, 6)
    settings, one_choice = MatchSettings(fidelity=1), Matches(*torch.full((2, 6, 6), 2))
    layer = Layer("relu3_1", content, style, content.features["relu3_1"], one_choice)
    keys = finish(offer("relu4_1", layer, settings)).descriptors[..., :DIRECTIONS]
    _, found = finish(replace(layer, settings))
    alike = (keys[found.rows.long() // 2, found.columns.long() // 2] * keys[2, 2]).sum(2) >= LIKE
    return alike.float().mean().item()


def test_in_a_plain_photo_the_finer_layer_stays_with_what_is_like_the_coarser_layers_choice() -> None:
    plain = torch.full((1, 3, 48, 48), 0.5)
    lively = torch.rand(1, 1, 48, 48, generator=torch.Generator().manual_seed(0)).round().expand(1, 3, 48, 48)
    assert share_alike(plain) > 2 * share_alike(lively)


def test_beside_another_choice_in_the_same_plain_area_no_cell_is_held_to_its_own() -> None:
    matches, keys = sky_beside_a_light(), halves(8, 8)
    found = contested_by(matches, keys, torch.ones(8, 8))
    assert found[0].tolist() == [1, 1, 0, 0, 0, 0, 0, 0]
    binding = finish(chosen(matches, keys, torch.ones(16, 16))).binding
    assert binding[0].tolist() == [0] * 4 + [1] * 12


def test_beside_a_contour_cells_are_held_to_their_own_choice() -> None:
    plain = torch.ones(8, 8)
    plain[:, 0] = 0
    found = contested_by(sky_beside_a_light(), halves(8, 8), plain)
    assert found[0].tolist() == [1, 0, 0, 0, 0, 0, 0, 0]


def test_what_is_like_enough_costs_nothing_and_the_rest_as_much_as_it_is_less_like() -> None:
    keys = torch.tensor([[1.0, 0.0], [LIKE + 0.1, 0.0], [LIKE - 0.2, 0.0]])
    bound = Bound(keys, torch.tensor([0, 1, 2, 2]), torch.tensor([[1.0, 0.0]]).expand(4, 2), torch.full((4,), LIKE))
    torch.testing.assert_close(bound.missing(torch.arange(4)), torch.tensor([0, 0, 0.2, 0.2]))
    half = Bound(keys, bound.places, bound.wanted / 2, bound.least / 2)
    torch.testing.assert_close(half.missing(torch.arange(4)), torch.tensor([0, 0, 0.1, 0.1]))


def test_likeness_is_that_of_descriptors_less_what_is_missing() -> None:
    content, style = descriptors(1, 5)[0], descriptors(1, 7, seed=1)[0]
    bound = Bound(descriptors(1, 3, seed=2)[0], torch.arange(7) // 3, content, torch.ones(5))
    positions, choices = torch.tensor([4, 0]), torch.tensor([6, 2])
    alike = (content[positions] * style[choices]).sum(1)
    missing = 1 - (content[positions] * bound.keys[choices // 3]).sum(1)
    torch.testing.assert_close(Likeness(content, style).at(positions)(choices), alike)
    torch.testing.assert_close(Likeness(content, style, bound).at(positions)(choices), alike - missing)


def slowly_wanted(coarse: Chosen, keys: Tensor) -> Tensor:
    """The key that each position of the finer layer is held to, times how far, position by position."""
    found = []
    for y, x in torch.cartesian_prod(*(torch.arange(extent) for extent in coarse.binding.shape)).tolist():
        key = keys[coarse.matches.rows[y // 2, x // 2], coarse.matches.columns[y // 2, x // 2]]
        found.append(coarse.binding[y, x] * key)
    return torch.stack(found)


def test_a_window_is_held_to_what_the_whole_is_held_to_there() -> None:
    keys, plain = descriptors(5, 6), torch.rand(8, 10, generator=torch.Generator().manual_seed(3))
    coarse = finish(chosen(random_matches(4, 5, 5, 6), keys, plain))
    whole, part = (
        coarse.within(slice(*rows), slice(*columns)) for rows, columns in (((0, 8), (0, 10)), ((3, 7), (1, 6)))
    )
    torch.testing.assert_close(whole.wanted, slowly_wanted(coarse, keys))
    assert torch.equal(whole.wanted.view(8, 10, -1)[3:7, 1:6].flatten(0, 1), part.wanted)
    assert torch.equal(whole.least.view(8, 10)[3:7, 1:6].flatten(), part.least)
    assert whole.places.view(10, 12)[7, 9] == 3 * 6 + 4


@pytest.mark.parametrize("chunk", [1, 100])
def test_what_is_contested_does_not_depend_on_the_rows_worked_on_at_once(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, plain = descriptors(5, 6), torch.rand(7, 9, generator=torch.Generator().manual_seed(3))
    matches = random_matches(7, 9, 5, 6)
    wanted = contested_by(matches, keys, plain)
    monkeypatch.setattr(tiling, "CHUNK_VALUES", chunk)
    assert torch.equal(contested_by(matches, keys, plain), wanted)


def test_coarser_layers_are_those_of_the_method() -> None:
    layers = METHODS["coarse-to-fine"].layers
    assert dict(zip(layers[1:], layers, strict=False)) == COARSER
