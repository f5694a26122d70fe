"""Packages that only some parts of the library need: where one is missing, the error says what to install."""

import contextlib
from collections.abc import Iterator


@contextlib.contextmanager
def needs(extra: str) -> Iterator[None]:
    """Around the imports of a function: name the extra that installs a package that is missing.

    Args:
        extra: of this library, in pyproject.toml.

    Raises:
        ModuleNotFoundError: a package is missing.

    Example:
        >>> with needs("train"):
        ...     import a_package_that_is_not_there
        Traceback (most recent call last):
        ModuleNotFoundError: the package a_package_that_is_not_there is missing: pip install "suprank-edu[train]"
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or str(error)).partition(".")[0]
        raise ModuleNotFoundError(
            f'the package {package} is missing: pip install "suprank-edu[{extra}]"', name=error.name
        ) from error
