# SPDX-License-Identifier: LGPL-2.1-or-later
"""recorded.py - how many frames are in a recorder's video file, and how many are missing between
them, from the frames' times alone: no decoder runs."""
import struct
import subprocess

FPS = 30
VIDEO = ('.mkv', '.webm', '.mp4', '.ivf', '-video.mjr')
MJR_PREFIX = 8      # "MEET" and a time


def container_times(path):
    done = subprocess.run(['ffprobe', '-v', 'error', '-select_streams', 'v:0', '-show_entries',
                           'packet=pts_time', '-of', 'csv=p=0', path],
                          stdout=subprocess.PIPE, text=True, check=True)
    return [float(line.strip(',')) for line in done.stdout.split() if line.strip(',') != 'N/A'], 0


def ivf_times(path):
    """pion writes the number of the frame as its time, so that a loss does not show in it: frames
    that are not there are counted by whoever knows how many there were."""
    with open(path, 'rb') as file:
        data = file.read()
    times, at = [], 32
    while at + 12 <= len(data):
        size, time = struct.unpack_from('<IQ', data, at)
        times.append(time / FPS)
        at += 12 + size
    return times, 0


def mjr_times(path):
    """Janus keeps the RTP packets as they came. A missing one is taken for a missing frame."""
    with open(path, 'rb') as file:
        data = file.read()
    times, numbers, at = {}, set(), MJR_PREFIX
    at += 2 + struct.unpack_from('>H', data, at)[0]
    while at + MJR_PREFIX + 2 <= len(data):
        size, = struct.unpack_from('>H', data, at + MJR_PREFIX)
        at += MJR_PREFIX + 2
        number, time = struct.unpack_from('>HI', data, at + 2)
        times[time] = True
        numbers.add(number)
        at += size
    ordered = sorted(numbers)
    gaps = [b - a - 1 for a, b in zip(ordered, ordered[1:])]
    # The numbers wrap around once at most in so short a file: the widest gap is no loss then.
    lost = sum(gaps) - (max(gaps) if ordered and ordered[0] == 0 and ordered[-1] == 65535 else 0)
    first = next(iter(times), 0)
    return sorted(((time - first + (1 << 31)) % (1 << 32) - (1 << 31)) / 90000 for time in times), lost


def count(path):
    """(frames in the file, frames missing between the first and the last)."""
    read = mjr_times if path.endswith('.mjr') else ivf_times if path.endswith('.ivf') else container_times
    times, lost = read(path)
    if len(times) < 2:
        return len(times), lost
    times.sort()
    return len(times), max(0, round((times[-1] - times[0]) * FPS) + 1 - len(times)) + lost
