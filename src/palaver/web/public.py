"""Addresses that anybody may open, signed in or not, each with the reason. Every other view names its `permission`.

A key is the name of an address (`reverse(name)`), or its route when it has none. tests/architecture/test_addresses.py
holds that each address of the site is either here or on a view with a `permission`.
"""

from __future__ import annotations

PUBLIC: dict[str, str] = {}
