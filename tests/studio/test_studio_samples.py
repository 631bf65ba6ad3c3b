import pytest

from stylestudio.studio.samples import sample_pair, samples


@pytest.mark.parametrize("kind", ["content", "style"])
def test_every_sample_is_a_file(kind: str) -> None:
    assert samples(kind)
    assert all(path.is_file() for path in samples(kind))


def test_the_pair_to_begin_with_is_the_first_of_each_kind() -> None:
    assert sample_pair() == (samples("content")[0], samples("style")[0])
