from stylestudio.progress import Progress, Work, finish, scaled


def counting() -> Work[str]:
    for fraction in (0.0, 0.5, 1.0):
        yield Progress("Counting", fraction)
    return "counted"


def told_and_given(work: Work[str], told: list[Progress]) -> Work[None]:
    told.append(Progress((yield from work), 1))


def test_finish_gives_the_result_of_the_work() -> None:
    assert finish(counting()) == "counted"


def test_a_part_of_larger_work_fills_its_part_of_the_whole() -> None:
    told: list[Progress] = []
    fractions = [progress.fraction for progress in told_and_given(scaled(counting(), 0.2, 0.6), told)]
    assert fractions == [0.2, 0.4, 0.6]
    assert told[0].stage == "counted"


def test_closing_a_part_closes_the_work_itself() -> None:
    closed = []

    def careful() -> Work[None]:
        try:
            yield Progress("Working", 0)
        finally:
            closed.append(True)

    part = scaled(careful(), 0, 1)
    next(part)
    part.close()
    assert closed == [True]
