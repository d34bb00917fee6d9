"""A made-up camera app and its export, the same bytes for the same arguments on every machine."""

from loaders.demo.errors import DemoError
from loaders.demo.ga4 import DEMO_TIMEZONE, write_ga4

__all__ = ["DEMO_TIMEZONE", "DemoError", "write_ga4"]
