"""A made-up camera app and its exports, the same bytes for the same arguments on every machine."""

from loaders.demo.app import DEMO_TIMEZONE
from loaders.demo.errors import DemoError
from loaders.demo.exports import DemoExport, demo_exports, switch_day
from loaders.demo.firebase import write_firebase
from loaders.demo.ga4 import write_ga4

__all__ = ["DEMO_TIMEZONE", "DemoError", "DemoExport", "demo_exports", "switch_day", "write_firebase", "write_ga4"]
