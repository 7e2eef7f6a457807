"""What ``pytest --symderiv`` collects: files, their derivations, and a test for every step."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from symderiv.report import words
from symderiv.targets import Found, Listing, TargetError
from symderiv.verdict import DerivationResult

__all__ = ["DerivationCollection"]


class DerivationCollection:
    """The hooks that visit files: those of pyproject.toml, whether pytest would go there or not.

    Where pyproject.toml lists nothing, every visited file that imports symderiv is asked.
    """

    def __init__(self, config: pytest.Config) -> None:
        timeout = config.getoption("symderiv_timeout")
        if not 0 < timeout < math.inf:
            raise pytest.UsageError(f"--symderiv-timeout: expected seconds, got {timeout}")
        try:
            self._listing = Listing(config.rootpath)
        except TargetError as error:
            raise pytest.UsageError(str(error)) from None
        self._patterns = config.getini("python_files")
        self._seen: set[Path] = set()
        self._all = config.args_source is not pytest.Config.ArgsSource.ARGS
        if self._all and self._listing.configured:
            places = [(config.invocation_params.dir / arg).resolve() for arg in config.args]
            config.args += [
                str(file)
                for file in self._listing.files
                if not any(file.is_relative_to(place) for place in places)
            ]

    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> pytest.Collector | None:
        """Collect a file, beside what others make of it."""
        if not self._chosen(file_path, parent) or self._only_ours(file_path, parent):
            return None
        return self._file(file_path, parent)

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makemodule(
        self, module_path: Path, parent: pytest.Collector
    ) -> pytest.Collector | None:
        """Collect a file that would be no test module but for having been named."""
        if not self._chosen(module_path, parent) or not self._only_ours(module_path, parent):
            return None
        return self._file(module_path, parent)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Warn of a listed file that pytest was kept from visiting."""
        if self._all and self._listing.configured:
            for file in self._listing.files:
                if file not in self._seen:
                    said = f"{file} is listed in pyproject.toml, but pytest does not visit it"
                    warnings.warn(pytest.PytestWarning(said), stacklevel=1)

    def _file(self, path: Path, parent: pytest.Collector) -> pytest.Collector:
        self._seen.add(path.resolve())
        return DerivationFile.from_parent(parent, path=path, listing=self._listing)

    def _chosen(self, path: Path, parent: pytest.Collector) -> bool:
        if path.suffix != ".py":
            return False
        return path in self._listing

    def _only_ours(self, path: Path, parent: pytest.Collector) -> bool:
        named = parent.session.isinitpath(path)
        return named and not any(path.match(pattern) for pattern in self._patterns)


class DerivationFile(pytest.File):
    """A file that holds derivations."""

    def __init__(self, *, listing: Listing, **more: Any) -> None:
        super().__init__(**more)
        self._listing = listing

    def collect(self) -> Iterator[pytest.Collector]:
        """Import the file and yield its derivations."""
        try:
            found = self._listing.derivations(self.path)
        except TargetError as error:
            raise self.CollectError(str(error)) from None
        for item in found:
            name = item.label.rpartition(":")[2]
            yield DerivationNode.from_parent(self, name=name, found=item)


class DerivationNode(pytest.Collector):
    """A derivation; it is judged once, for all of its steps."""

    def __init__(self, *, found: Found, **more: Any) -> None:
        super().__init__(**more)
        self.derivation = found.derivation
        self.extra_keyword_matches.add(self.derivation.name)
        self._result: DerivationResult | None = None

    def collect(self) -> Iterator[pytest.Item]:
        """Yield an item for each step."""
        for number in range(1, max(1, len(self.derivation.steps)) + 1):
            yield StepItem.from_parent(self, name=f"step {number}", number=number)

    def result(self) -> DerivationResult:
        """Judge the derivation, in a process of its own where the system can fork."""
        if self._result is None:
            from symderiv.verification import verify_each

            timeout = self.config.getoption("symderiv_timeout")
            (self._result,) = verify_each([self.derivation], timeout=timeout, isolated=True)
        return self._result


class StepFailed(Exception):
    """A step did not come out as declared; the lines say how."""


class StepItem(pytest.Item):
    """One step of a derivation."""

    parent: DerivationNode

    def __init__(self, *, number: int, **more: Any) -> None:
        super().__init__(**more)
        self.number = number
        steps = self.parent.derivation.steps
        self._step = steps[number - 1] if steps else None
        if self._step is not None:
            self.extra_keyword_matches.add(self._step.because)

    def runtest(self) -> None:
        """Fail where the step, or the derivation as a whole, is not as declared."""
        result = self.parent.result()
        fault = words.fault(result)
        if self._step is None:
            raise StepFailed(words.placed(result, None), fault)
        step = result.steps[self.number - 1]
        if not result.accepts(step):
            told = words.told(result, step)
            raise StepFailed(words.placed(result, step), *told, *([fault] if fault else []))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show a failed step as the command line does; anything else as pytest does."""
        if isinstance(excinfo.value, StepFailed):
            head, *told = excinfo.value.args
            return "\n    ".join([f"✘ {head}", *told])
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The file and line at which the step is written, and what it is called."""
        derivation = self.parent.derivation
        if self._step is None:
            return Path(derivation.file), derivation.line - 1, derivation.name
        number = f", step {self.number}" if not self._step.relation else ""
        title = f'{derivation.name}{number}: "{self._step.because}"'
        return Path(self._step.file), self._step.line - 1, title
