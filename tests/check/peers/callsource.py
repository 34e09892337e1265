# SPDX-License-Identifier: LGPL-2.1-or-later
"""callsource.py - what every caller sends: numbered pictures and beeps, as raw bytes.

The picture is the one of tests/check/browser/testsource.c: its top 64 lines are two rows of 16
blocks, the number's bits (the highest first, white is 1) and below them their complement. Below
that something moves, and flashes for the first fifth of every second; with the flash a beep of half
a second begins. tests/check/record/analyse reads all of that back.
"""
import array
import math

WIDTH, HEIGHT, FPS = 320, 240, 30
RATE, PITCH = 48000, 440
BITS, ROW_LINES = 16, 32
CHUNK = RATE // 50              # samples of 20 ms
FLASH_FRAMES, BEEP_SAMPLES = FPS // 5, RATE // 2

_WHITE, _BLACK = (bytes([level]) * (WIDTH // BITS) for level in (235, 16))
_CHROMA = bytes([128]) * (WIDTH * HEIGHT // 2)
_RAMP = bytes(range(40, 120)) + bytes(range(120, 40, -1))
_FLASH = bytes([235]) * (WIDTH * (HEIGHT - 2 * ROW_LINES))
_RAMPS = _RAMP * (2 + WIDTH // len(_RAMP))
_BEEP = array.array('h', (int(8000 * math.sin(2 * math.pi * PITCH * i / RATE)) * (i < BEEP_SAMPLES)
                          for i in range(RATE)))


def picture(number):
    """I420, 320x240."""
    bits = [number >> (BITS - 1 - i) & 1 for i in range(BITS)]
    rows = [b''.join(_WHITE if bit == one else _BLACK for bit in bits) * ROW_LINES
            for one in (1, 0)]
    if number % FPS < FLASH_FRAMES:
        return b''.join(rows) + _FLASH + _CHROMA
    moving = [_RAMPS[at:at + WIDTH] for at in ((number * 3 + line) % len(_RAMP)
                                               for line in range(HEIGHT - 2 * ROW_LINES))]
    return b''.join(rows + moving) + _CHROMA


def sound(first, count=CHUNK):
    """Samples first ... first + count - 1 (at most a second): signed 16 bits, one
    channel."""
    at = first % RATE
    return (_BEEP + _BEEP)[at:at + count].tobytes()
