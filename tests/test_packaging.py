"""Starting from a fresh clone, tried on a small project of one module that needs no network to install."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import environment
import pytest

PACKAGING = Path(environment.__file__).parent

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "stylestudio"
version = "1"
requires-python = ">=3.11,<3.99"
"""

BACKEND = '''
"""The least that pip takes for a builder: an editable wheel of one line that points at the project."""
import pathlib, zipfile

METADATA = "Metadata-Version: 2.1\\nName: stylestudio\\nVersion: 1\\nProvides-Extra: test\\n"

def build_editable(folder, settings=None, metadata=None):
    here = pathlib.Path(__file__).parent
    with (here / "installs").open("a") as count:
        count.write("one more\\n")
    if (here / "broken").exists():
        raise SystemExit("Temporary failure in name resolution")
    name, facts = "stylestudio-1-py3-none-any.whl", "stylestudio-1.dist-info/"
    with zipfile.ZipFile(pathlib.Path(folder) / name, "w") as wheel:
        wheel.writestr("stylestudio.pth", str(here))
        wheel.writestr(facts + "METADATA", METADATA)
        wheel.writestr(facts + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(facts + "RECORD", "")
    return name
'''

PROGRAM = """
import os, sys
sys.stdout.write("|".join([os.getcwd(), *sys.argv[1:]]))
sys.exit(len(sys.argv) - 1)
"""


def start(project: Path, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(project / "packaging" / "run.py"), *arguments]
    offline = {**os.environ, "PIP_NO_INDEX": "1"}
    return subprocess.run(command, cwd=cwd, env=offline, capture_output=True, text=True, check=False)


def installs(project: Path) -> int:
    return len((project / "installs").read_text().splitlines())


def write_project(root: Path) -> Path:
    (root / "stylestudio").mkdir(parents=True)
    (root / "stylestudio" / "__main__.py").write_text(PROGRAM)
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "backend.py").write_text(BACKEND)
    shutil.copytree(PACKAGING, root / "packaging", ignore=shutil.ignore_patterns("__pycache__"))
    return root


def site_packages(root: Path) -> Path:
    return next((root / ".venv").rglob("site-packages"))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose environment is ready, in a folder with a space in its name; it was begun by hand."""
    root = write_project(tmp_path_factory.mktemp("clone") / "style studio")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(root / ".venv")], check=True)
    (site_packages(root) / "torch.py").write_text("for_processors = True")
    first = start(root)
    assert first.returncode == 0, first.stderr
    assert "some minutes" in first.stderr
    return root


def test_an_environment_made_by_hand_keeps_what_was_put_into_it(project: Path) -> None:
    assert (site_packages(project) / "torch.py").exists()
    assert (site_packages(project) / "pip").exists()


def test_with_a_ready_environment_not_a_byte_is_added(project: Path, tmp_path: Path) -> None:
    again = start(project, cwd=tmp_path)
    assert (again.stdout, again.stderr) == (str(tmp_path), "")


def test_arguments_and_exit_code_pass_through(project: Path, tmp_path: Path) -> None:
    result = start(project, "render", "a b.jpg", "--share=0.5", "", cwd=tmp_path)
    assert result.stdout == f"{tmp_path}|render|a b.jpg|--share=0.5|"
    assert result.returncode == 4


def test_a_module_of_the_current_folder_is_not_taken_for_the_program(project: Path, tmp_path: Path) -> None:
    (tmp_path / "stylestudio.py").write_text("raise SystemExit('the wrong one')")
    assert start(project, cwd=tmp_path).stderr == ""


def test_a_changed_pyproject_installs_again_and_only_once(project: Path) -> None:
    before = installs(project)
    with (project / "pyproject.toml").open("a") as file:
        file.write("# a change\n")
    assert start(project).returncode == 0
    assert start(project).stderr == ""
    assert installs(project) == before + 1


def test_an_install_that_was_cut_off_is_repaired(project: Path) -> None:
    (project / ".venv" / "whole").unlink()
    (project / ".venv" / "installed-program").unlink()
    shutil.rmtree(next((project / ".venv" / "lib").glob("python3*")))
    assert start(project).returncode == 0
    assert start(project).stderr == ""


@pytest.fixture
def ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> environment.Environment:
    """An environment that looks ready and installs nothing; making it again leaves a file `built`."""
    (tmp_path / "clone" / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / "clone" / "pyproject.toml").write_text(PYPROJECT)
    monkeypatch.setattr(environment.Environment, "build", lambda self: (self.root / "built").touch())
    monkeypatch.setattr(environment.Environment, "install", lambda self: None)
    there = environment.Environment(tmp_path / "clone")
    there.python.symlink_to(shutil.which("true") or "")
    (there.folder / "whole").write_text(there.home())
    there.stamp("").write_text(there.wanted())
    assert there.ready()
    return there


@pytest.mark.skipif(environment.WINDOWS, reason="Windows copies the interpreter")
@pytest.mark.parametrize("now", ["vanished", sys.executable])
def test_an_environment_whose_interpreter_vanished_or_changed_is_made_again(
    ready: environment.Environment, now: str
) -> None:
    ready.python.unlink()
    ready.python.symlink_to(now)
    ready.prepare()
    assert (ready.root / "built").exists()


def test_a_moved_project_gets_a_new_environment(ready: environment.Environment, tmp_path: Path) -> None:
    ready.root.rename(tmp_path / "moved")
    environment.Environment(tmp_path / "moved").prepare()
    assert (tmp_path / "moved" / "built").exists()


def test_a_changed_pyproject_alone_does_not_make_the_environment_again(
    ready: environment.Environment,
) -> None:
    (ready.root / "pyproject.toml").write_text(PYPROJECT + "# a change")
    ready.prepare()
    assert ready.ready()
    assert not (ready.root / "built").exists()


def test_a_folder_that_cannot_be_written_is_named(ready: environment.Environment) -> None:
    ready.stamp("").unlink()
    (ready.root / ".venv.lock").mkdir()
    with pytest.raises(environment.Trouble, match=r"\.venv\.lock could not be written \(Is a directory\)"):
        ready.prepare()


def test_a_failed_install_says_one_sentence_and_what_to_do_and_leaves_no_stamp(project: Path) -> None:
    (project / "broken").touch()
    (project / ".venv" / "installed-program").unlink()
    failed = start(project)
    (project / "broken").unlink()
    assert failed.returncode == 2
    assert failed.stderr.splitlines()[1:] == [
        "Style Studio's parts could not be downloaded. Go online and start again."
    ]
    assert not (project / ".venv" / "installed-program").exists()
    assert start(project).returncode == 0


def test_two_starts_at_once_install_once(project: Path) -> None:
    before = installs(project)
    with (project / "pyproject.toml").open("a") as file:
        file.write("# one more change\n")
    command = [sys.executable, str(project / "packaging" / "run.py")]
    offline = {**os.environ, "PIP_NO_INDEX": "1"}
    both = [subprocess.Popen(command, env=offline, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert [one.wait(120) for one in both] == [0, 0]
    assert installs(project) == before + 1


def test_one_made_for_tests_serves_the_program_too(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with (project / "pyproject.toml").open("a") as file:
        file.write("# a third change\n")
    for_tests = environment.Environment(project, extra="test")
    for_tests.prepare()
    assert for_tests.ready()
    assert environment.Environment(project).ready()


@pytest.mark.parametrize("version", [(3, 10, 2), (3, 99, 0)])
def test_a_python_that_does_not_fit_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int]
) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(environment.Trouble, match=f"Python 3.11 to 3.98, and this is Python 3.{version[1]}"):
        environment.Environment(tmp_path).prepare()
    assert not (tmp_path / ".venv").exists()


def test_a_python_without_venv_is_told_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(environment.Trouble, match=r"apt-get install python3-venv$"):
        environment.Environment(tmp_path).prepare()


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full."),
        ("connection broken by 'NewConnectionError'", "could not be downloaded"),
        (
            "ERROR: one\nERROR: No matching distribution found for torch",
            "No matching distribution found for torch",
        ),
        ("", "no reason"),
    ],
)
def test_the_reason_of_a_failed_install_is_told(output: str, said: str) -> None:
    assert said in str(environment.reason_of_failure(output, Path("install.log")))


@pytest.mark.parametrize("file", sorted(PACKAGING.glob("*.py")), ids=lambda file: file.name)
def test_an_older_python_can_read_the_file_that_tells_it_so(file: Path) -> None:
    ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 8))


@pytest.mark.skipif(environment.WINDOWS, reason="Windows has no apt-get")
@pytest.mark.parametrize(
    ("there", "libraries", "installed"),
    [
        ({"apt-get", "Xvfb", "xdotool"}, "", []),
        ({"apt-get", "Xvfb"}, "libegl1", ["xdotool", "libegl1"]),
        ({"Xvfb"}, "libegl1", []),
    ],
)
def test_root_on_debian_installs_what_lacks_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: set[str], libraries: str, installed: list[str]
) -> None:
    steps: list[list[str]] = []
    answer = subprocess.CompletedProcess([], 0, stdout=libraries)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda tool: tool if tool in there else None)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: answer)
    monkeypatch.setattr(subprocess, "call", lambda step, **_: steps.append([word for word in step if word[0] != "-"]))
    loaded("test").install_system_packages(environment.Environment(tmp_path))
    assert steps == ([["apt-get", "update"], ["apt-get", "install", *installed]] if installed else [])


def test_checks_all_run_and_the_first_failure_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = loaded("test")
    ran: list[str] = []

    def call(step: list[str], **_: object) -> int:
        ran.append(step[0])
        return {"second": 3, "third": 1}.get(step[0], 0)

    monkeypatch.setattr(subprocess, "call", call)
    assert checks.run_all([["first"], ["second"], ["third"], ["pytest"]], tmp_path) == 3
    assert ran == ["first", "second", "third", "pytest"]


def test_pytest_comes_last_and_alone_where_it_is_given_arguments(tmp_path: Path) -> None:
    checks, there = loaded("test"), environment.Environment(tmp_path, extra="test")
    assert checks.commands(there, [])[-1][:3] == [str(there.python), "-m", "pytest"]
    assert [str(there.python), *checks.DAMAGED_PICTURES] in checks.commands(there, []) or checks.WINDOWS
    assert (PACKAGING.parent / checks.DAMAGED_PICTURES[0]).exists()
    assert checks.commands(there, ["-k", "blend"]) == [[str(there.python), "-m", "pytest", "-k", "blend"]]


def loaded(name: str) -> ModuleType:
    """A script of the packaging folder; by its path, since the standard library has a module `test` too."""
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location(f"packaging_{name}", PACKAGING / f"{name}.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
