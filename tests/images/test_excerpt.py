import pytest

from stylestudio.images.resize import SIDE, excerpts

MOST = 1 << 21


def test_a_picture_that_is_not_too_large_is_taken_whole() -> None:
    assert excerpts((2048, 1024), MOST) == [(slice(0, 1024), slice(0, 2048))]


@pytest.mark.parametrize("size", [(6000, 4000), (4000, 6000), (2048, 1025), (30000, 300), (300, 30000), (9000, 9000)])
def test_excerpts_are_equally_large_lie_inside_and_are_as_many_as_allowed(size: tuple[int, int]) -> None:
    width, height = size
    found = excerpts(size, MOST)
    shapes = {(rows.stop - rows.start, columns.stop - columns.start) for rows, columns in found}
    assert shapes == {(min(SIDE, height), min(SIDE, width))}
    for rows, columns in found:
        assert rows.start >= 0 and rows.stop <= height
        assert columns.start >= 0 and columns.stop <= width
    pixels = len(found) * min(SIDE, height) * min(SIDE, width)
    assert 0.7 * MOST <= pixels <= MOST


def test_excerpts_come_from_all_over_the_picture() -> None:
    found = excerpts((6000, 4000), MOST)
    corners = {(rows.start > 2000, columns.start > 3000) for rows, columns in found}
    assert len(corners) == 4


def test_the_same_picture_gives_the_same_excerpts() -> None:
    assert excerpts((5000, 5000), MOST) == excerpts((5000, 5000), MOST)
