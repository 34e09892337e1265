# SPDX-License-Identifier: LGPL-2.1-or-later
"""programs.py - other programs that are measured, or that one that is measured needs, and how they end."""
import contextlib
import subprocess


def end(process, seconds):
    """Asked to end, and made to when it has not after so long."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def program(command, seconds, **streams):
    """The process, which has so long for its end."""
    process = subprocess.Popen(command, **streams)
    try:
        yield process
    finally:
        end(process, seconds)
