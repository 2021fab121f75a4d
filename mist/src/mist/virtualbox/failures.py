# SPDX-License-Identifier: Apache-2.0
"""The driver's failures as mist's, of a class that keeps the text: mist shows its users nothing of
an exception that it does not know, and of some that it does.
"""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from libcloud_virtualbox import errors
from mist.api import exceptions as mist

_KINDS: tuple[tuple[type[errors.VirtualBoxError], type[mist.MistError]], ...] = (
    (errors.CredentialsError, mist.CloudUnauthorizedError),
    (errors.ConnectionFailedError, mist.CloudUnavailableError),  # of TLS, too
    (errors.NotFoundError, mist.NotFoundError),
    (errors.ExistsError, mist.ConflictError),
    (errors.BusyError, mist.ConflictError),
    (errors.StateError, mist.BadRequestError),
    (errors.InvalidArgumentError, mist.BadRequestError),
    (errors.UnsupportedError, mist.BadRequestError),
)


def as_mist(error: errors.VirtualBoxError) -> mist.MistError:
    """The failure that says the same."""
    kind = next((kind for ours, kind in _KINDS if isinstance(error, ours)),
                mist.InternalServerError)
    return kind(str(error))


@contextmanager
def told() -> Iterator[None]:
    """What the driver cannot do within this is told to mist's user."""
    try:
        yield
    except errors.VirtualBoxError as error:
        raise as_mist(error) from error


@contextmanager
def unhidden() -> Iterator[None]:
    """The same for what mist has made another failure of, whose text says less."""
    try:
        yield
    except mist.MistError as error:
        if isinstance(error.orig_exc, errors.VirtualBoxError):
            raise as_mist(error.orig_exc) from error
        raise
