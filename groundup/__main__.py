"""Where the `groundup` command begins."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command line; Ctrl-C while it is still being read in is no failure to trace either."""
    try:
        from groundup.cli import main as run  # noqa: PLC0415 - takes a second, in which people change their mind
    except KeyboardInterrupt:
        sys.exit("groundup: Interrupted; nothing was begun.")
    run()


if __name__ == "__main__":
    main()
