# SPDX-License-Identifier: Apache-2.0
"""Key pairs: public SSH keys that the host keeps under a name."""
from __future__ import annotations

from pathlib import Path
from typing import Union

from libcloud.compute.base import KeyPair, NodeLocation

from . import _types, errors
from ._base import BaseDriver, seconds


AnyLocation = Union[NodeLocation, str, None]


class Keys(BaseDriver):
    """Private keys are returned once and kept nowhere."""

    def list_key_pairs(self) -> list[KeyPair]:
        """List the key pairs, by name.

        :raises errors.ConnectionFailedError: The host does not answer.
        """
        with self._raising():
            return [self._key(key) for key in self._host.key_list()]

    def get_key_pair(self, name: str) -> KeyPair:
        """The key pair of a name.

        :param name: Its name.

        :raises KeyPairDoesNotExistError: There is none of that name.
        """
        try:
            with self._raising():
                return self._key(self._host.key_get(name))
        except errors.NotFoundError as error:
            raise errors.KeyNotFoundError(error.value, self, name) from None

    def create_key_pair(self, name: str, location: AnyLocation = None) -> KeyPair:
        """Make a new ed25519 pair; its `private_key` is in the result only.

        :param name: A name that no other key has.
        :param location: The host, or None.

        :raises errors.ExistsError: There is one of that name.
        """
        self._check_location(location)
        with self._raising():
            return self._key(self._host.key_create(name))

    def import_key_pair_from_string(
        self, name: str, key_material: Union[str, bytes], location: AnyLocation = None
    ) -> KeyPair:
        """Keep a public key, given as one line as in `authorized_keys`.

        :param name: A name that no other key has.
        :param key_material: The line; if bytes, in UTF-8, or its comment is omitted.
        :param location: The host, or None.

        :raises errors.ExistsError: There is one of that name.
        :raises errors.InvalidArgumentError: It is not a public key.
        """
        self._check_location(location)
        with self._raising():
            return self._key(self._host.key_import(name, self._key_text(key_material)))

    def import_key_pair_from_file(
        self, name: str, key_file_path: str, location: AnyLocation = None
    ) -> KeyPair:
        """Keep the public key that a file holds.

        :param name: A name that no other key has.
        :param key_file_path: The file, like '~/.ssh/id_ed25519.pub'.
        :param location: The host, or None.

        :raises errors.ExistsError: There is one of that name.
        :raises errors.InvalidArgumentError: It is not a public key.
        """
        return self.import_key_pair_from_string(
            name, Path(key_file_path).expanduser().read_bytes(), location
        )

    def _key_text(self, key: Union[str, bytes]) -> str:
        """Of a key in another encoding, what is in ASCII in any case: its type and its numbers."""
        if b"\0" in key if isinstance(key, bytes) else "\0" in key:
            raise errors.InvalidArgumentError("the key is text in UTF-16 or UTF-32, or none; save it as UTF-8", self)
        if isinstance(key, str):
            return key.strip()
        try:
            return key.decode().strip()
        except UnicodeDecodeError:
            return "\n".join(b" ".join(line.split()[:2]).decode("latin-1")
                             for line in key.splitlines())

    def delete_key_pair(self, key_pair: KeyPair) -> bool:
        """Forget a key; nodes made with it keep it.

        :param key_pair: The key pair.

        :raises KeyPairDoesNotExistError: There is none of that name.
        """
        try:
            with self._raising():
                self._host.key_delete(key_pair.name)
        except errors.NotFoundError as error:
            raise errors.KeyNotFoundError(error.value, self, key_pair.name) from None
        return True

    def _key(self, key: _types.Key) -> KeyPair:
        extra = {"created_at": seconds(key["created_at_ms"])}
        private = key["private_key"] or None
        return KeyPair(key["name"], key["public_key"], key["fingerprint"], self, private, extra)
