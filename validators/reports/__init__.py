"""Writes what linting found, for people and for programs, each form from the same result."""
