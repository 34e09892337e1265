# SPDX-License-Identifier: LGPL-2.1-or-later
"""channels_end.py - what ends of channels.py that are written in Python share."""
import json
import sys
import threading

PERIOD = bytes((i * 7 + (i >> 8)) & 255 for i in range(65536))
LOCK = threading.Lock()


def make_bytes(length):
    """A message of so many bytes."""
    return (PERIOD * (length // len(PERIOD) + 1))[:length]


def is_good(data):
    return bytes(data) == make_bytes(len(data))


def say(says, label='', **more):
    with LOCK:
        print(json.dumps(dict(says=says, label=label, **more)), flush=True)


def read_orders():
    return (json.loads(line) for line in sys.stdin)
