"""Superset assets as code."""
