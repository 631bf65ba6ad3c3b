"""The matching methods: one algorithm a file, one line here."""

from stylestudio.engine.matching import coarse_to_fine, style_swap
from stylestudio.engine.matching.base import MatchingMethod

METHODS: dict[str, MatchingMethod] = {
    "single": MatchingMethod(("relu4_1",), style_swap.replace),
    "coarse-to-fine": MatchingMethod(("relu4_1", "relu3_1", "relu2_1"), coarse_to_fine.replace, scaled=True),
}
