"""Understand: bytes -> sections -> revisions, headlines. Pure functions: no network, no clock, no storage."""
