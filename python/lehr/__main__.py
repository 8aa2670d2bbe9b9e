"""The command `lehr`: see, check, compare and audit schedules. The same program as the one that cargo installs."""

from __future__ import annotations

import signal
import sys

from lehr._core import run_command


def main() -> int:
    """Run the command with the arguments of this process.

    Returns:
        The exit code: 0 clean, 1 findings, 2 wrong usage or something that cannot be read.
    """
    # Python's own handler would wait until Rust is done.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return run_command(["lehr", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
