"""Imports a module by its name or its file, and says in one line what went wrong."""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import sys
import sysconfig
import traceback
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from symderiv.targets.errors import TargetError, shown
from symderiv.targets.files import is_file, is_folder
from symderiv.verification import MADE_UP

__all__ = ["import_file", "import_module"]

_folders: set[Path] = set()  # those that came first on the path for a file in them


def import_file(label: str, path: Path) -> ModuleType:
    """Import a file, as part of its package where its folder is one.

    Raises
    ------
    TargetError
        Where its import fails.
    """
    path = path.absolute()
    root, name = _in_package(path)
    if name:
        module = import_module(name, first=root, label=label)
        if not _is_at(module, path):
            raise TargetError(
                f"{label} would be the module {name}, but that is {module.__file__};"
                " give one of them another name"
            )
        return module
    private = f"{MADE_UP}{re.sub(r'[^0-9a-zA-Z]', '_', str(path))}"
    if private in sys.modules:
        return sys.modules[private]
    # As "python file.py" does, the file's own folder comes first for what it imports.
    _neighbours_of(path.parent)
    _first_on_path(path.parent)
    spec = importlib.util.spec_from_file_location(private, path)
    if spec is None or spec.loader is None:
        raise TargetError(f"{label} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[private] = module
    with _Contained(label):
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[private]
            raise
    return module


def import_module(name: str, *, first: Path | None = None, label: str = "") -> ModuleType:
    """Import a module by name, with a folder first on the path (the current one by default).

    Raises
    ------
    TargetError
        Where there is none, or its import fails.
    """
    _first_on_path(first or Path.cwd())
    importlib.invalidate_caches()
    with _Contained(label or name):
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            missing = error.name or ""
            if name == missing or name.startswith(f"{missing}."):
                raise TargetError(f"there is no module {shown(missing)}") from None
            raise


class _Contained:
    """What an import does to its surroundings ends with it; what it raises is a TargetError."""

    def __init__(self, label: str) -> None:
        self._label = label

    def __enter__(self) -> None:
        self._folder = Path.cwd()
        self._ends, here = os._exit, os.getpid()

        def ends(status: int) -> NoReturn:
            if os.getpid() != here:  # a child process may end as it likes
                self._ends(status)
            raise SystemExit(status)  # else a run that has shown nothing would end as if it passed

        os._exit = ends

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        os._exit = self._ends
        os.chdir(self._folder)
        if error is not None and not isinstance(error, (TargetError, KeyboardInterrupt)):
            raise _failed_import(self._label, error) from error


def _in_package(path: Path) -> tuple[Path, str]:
    """Return the folder that a file's package lies in and its dotted name; "" where it has none."""
    names = [] if path.name == "__init__.py" else [path.stem]
    root = path.parent
    while is_file(root / "__init__.py"):
        names.insert(0, root.name)
        root = root.parent
    packaged = root != path.parent and all(name.isidentifier() for name in names)
    return root, ".".join(names) if packaged else ""


def _is_at(module: ModuleType, path: Path) -> bool:
    return module.__file__ is not None and Path(module.__file__).resolve() == path.resolve()


def _neighbours_of(folder: Path) -> None:
    """Let the files of a folder import their own neighbours, not another folder's of the name."""
    others = _folders - {folder}
    _folders.add(folder)
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        place = Path(file) if isinstance(file, str) else None
        if place is None or "." in name or name.startswith(MADE_UP):
            continue
        home = place.parents[1] if place.name == "__init__.py" else place.parent
        if home in others and (is_file(folder / f"{name}.py") or is_folder(folder / name)):
            for each in [n for n in sys.modules if n == name or n.startswith(f"{name}.")]:
                del sys.modules[each]


def _failed_import(label: str, error: BaseException) -> TargetError:
    """Say what went wrong, at the last line of the user's own code that ran."""
    said = shown(traceback.format_exception_only(error)[-1].strip(), 1000)
    hint, file, line = "", "", 0
    if isinstance(error, SyntaxError) and error.filename:
        file, line = error.filename, error.lineno or 0
    else:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if not _is_library(frame.filename)]
        file, line = (own[-1].filename, own[-1].lineno or 0) if own else ("", 0)
    if isinstance(error, SystemExit):
        said = f"it ends the program (SystemExit: {error.code})"
    if isinstance(error, ImportError) and "relative import" in str(error):
        hint = "; name it as package.module instead"
    place = f"   {Path(file).name}:{line}" if file else ""
    return TargetError(f"{label} cannot be imported: {said}{hint}{place}", file, line)


def _is_library(filename: str) -> bool:
    if filename.startswith("<"):
        return True
    path = Path(filename).resolve()
    folders = [Path(__file__).resolve().parents[1]]
    folders += [Path(sysconfig.get_path(kind)).resolve() for kind in ("stdlib", "purelib")]
    derivations = folders[0] / "derivations"
    return any(path.is_relative_to(f) for f in folders) and not path.is_relative_to(derivations)


def _first_on_path(folder: Path) -> None:
    # Python's -P and PYTHONSAFEPATH ask for exactly this not to be done.
    if sys.flags.safe_path:
        return
    entry = str(folder)
    if entry in sys.path:
        sys.path.remove(entry)
    sys.path.insert(0, entry)
