"""What all tests share: no window by accident, a private X server for those that want one, no skip in CI."""

import os
import shutil
import signal
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import desktop
import pytest
from environment import WINDOW_TOOLS

from stylestudio.gui.display import install_line, missing_packages
from stylestudio.paths import resource
from stylestudio.progress import cancellable

if TYPE_CHECKING:
    from stylestudio.engine.coding import Networks
    from stylestudio.engine.networks.encoder import Encoder

os.environ["QT_QPA_PLATFORM"] = "offscreen"
# Some machines forbid it, and each program that a test starts would compile all modules again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
if "PYTEST_XDIST_WORKER" in os.environ:
    # Here and in all programs that tests start: threads that wait for one another on too few cores take several times
    # as long as one alone.
    os.environ["OMP_NUM_THREADS"] = "1"

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("real_window"):
        lacking = [package for tool, package in WINDOW_TOOLS.items() if not shutil.which(tool)] + missing_packages()
        if lacking:
            pytest.skip(install_line(lacking))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _no_skip_in_ci((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _no_skip_in_ci((yield))


def _no_skip_in_ci(report: Report) -> Report:
    """There everything that a test needs can be installed, so that a skip hides a missing step."""
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longreprtext
        report.longrepr = f"In CI nothing may be skipped. {reason}"
    return report


@pytest.fixture
def checkpoints() -> Callable[[Callable[[], object]], int]:
    """`checkpoints(run)` is at how many of them `run()` may be cancelled."""

    def reached(run: Callable[[], object]) -> int:
        asked: list[bool] = []

        def wanted() -> bool:
            asked.append(True)
            return True

        with cancellable(wanted):
            run()
        return len(asked)

    return reached


@pytest.fixture(autouse=True, scope="session")
def own_data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test finds the work that is kept for the person whose machine this is, or leaves any."""
    before = os.environ.get("XDG_DATA_HOME")
    os.environ["XDG_DATA_HOME"] = str(tmp_path_factory.mktemp("data"))
    yield
    if before is None:
        del os.environ["XDG_DATA_HOME"]
    else:
        os.environ["XDG_DATA_HOME"] = before


@pytest.fixture
def signals_as_on_a_terminal() -> Iterator[None]:
    """A process in the background may ignore them, and so would those that it starts."""
    from stylestudio.system import SIGNALS

    before = {number: signal.signal(number, signal.default_int_handler) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


SMALL_MAPS = {"bench", "engine", "evaluation", "studio", "training"}
"""Folders whose tests work on maps so small that threads gain nothing, and on a busy machine wait for one another."""


@pytest.fixture(autouse=True, scope="module")
def threads_that_gain(request: pytest.FixtureRequest) -> Iterator[None]:
    """One thread for small maps, and for all where there is a process for each core."""
    if request.path.parent.name not in SMALL_MAPS and "PYTEST_XDIST_WORKER" not in os.environ:
        yield
        return
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def shipped_networks() -> "Networks":
    """The shipped networks, on the processor; copy what you change."""
    import torch

    from stylestudio.engine.networks.weights import load_networks

    return load_networks(resource("weights"), torch.device("cpu"))


@pytest.fixture(scope="session")
def networks() -> "Networks":
    """Seeded networks with an eighth of the channels: for what holds whatever the networks have learnt."""
    import torch

    from stylestudio.engine.coding import Networks
    from stylestudio.engine.networks.decoder import InverseNetwork
    from stylestudio.engine.networks.encoder import Encoder

    with torch.random.fork_rng():
        torch.manual_seed(1)
        networks = Networks(Encoder(share=1 / 8), InverseNetwork(share=1 / 8))
        for name, values in [*networks.encoder.named_parameters(), *networks.inverse.named_parameters()]:
            if name.endswith("weight"):
                torch.nn.init.kaiming_normal_(values)  # else each layer is paler than the one before
            else:
                torch.nn.init.constant_(values, 0.5 if name == "conv9.bias" else 0)
    networks.encoder.requires_grad_(False)
    networks.inverse.requires_grad_(False)
    return networks


@pytest.fixture(scope="session")
def encoder(shipped_networks: "Networks") -> "Encoder":
    """The shipped one."""
    return shipped_networks.encoder


@pytest.fixture
def x_server(tmp_path: Path) -> Iterator[str]:
    """The name, such as ":7", of a private X server of 1280 × 800 pixels; for tests marked real_window."""
    with desktop.x_server("1280x800", tmp_path / "xvfb.log") as display:
        yield display
