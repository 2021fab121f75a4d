# SPDX-License-Identifier: Apache-2.0
# Shared with mist.api and its other plug-ins.
__path__ = __import__("pkgutil").extend_path(__path__, __name__)
