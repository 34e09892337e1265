#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""recorders.py - what recording a call costs: webrtcrecorder beside recorders on webrtcbin, pion, Janus.

  recorders.py [--recorders LIST] [--callers 1,20] [--rounds 3] [--window 8] [--codec vp8]
               [--clocks 20] [--out FILE]

One other process (tests/check/net/callers.c) calls in by WHIP and sends the same encoded 640x360
picture, 500 kbit/s, and Opus for each caller. The recorders take turns within each round. Only the
recorder's process is charged, over a window that opens when all callers are connected and have sent
for two seconds. Callers with clocks of their own send at instants of their own, as real ones do. Prints one JSON object for each run, then the medians as a table. A recorder whose
tools are absent is left out, with the reason.

Environment: RTC_CALLERS, RTC_WEBRTCBIN_RECORDER, RTC_CORE_RECEIVER (programs), RTC_PEERS_BUILD (a folder to build in),
GST_PLUGIN_PATH.
"""
import argparse
import contextlib
import json
import os
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import programs
import recorded
import usage
from janus_shim import JanusRecorder

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', '..', 'peers'))
import gobuild    # noqa: E402
from recorder import Recorder    # noqa: E402

SETTLE_SECONDS = 2
START_SECONDS = 60
END_SECONDS = 60


class Absent(Exception):
    """The tools of a recorder are not installed; says which."""


def json_line(process, seconds):
    """The next line of a program's that is a JSON object."""
    end = time.monotonic() + seconds
    while select.select([process.stdout], [], [], max(0, end - time.monotonic()))[0]:
        line = b''
        while not line.endswith(b'\n'):
            byte = os.read(process.stdout.fileno(), 1)
            if not byte:
                raise AssertionError(f'{process.args[0]} has ended')
            line += byte
        if line.startswith(b'{'):
            return json.loads(line)
    raise AssertionError(f'{process.args[0]} says nothing')


@contextlib.contextmanager
def program(command, log):
    """A recorder that prints {"endpoint": URL}."""
    with programs.program(command, END_SECONDS, stdout=subprocess.PIPE, stderr=log) as process:
        yield process.pid, json_line(process, START_SECONDS)['endpoint']


@contextlib.contextmanager
def ours(folder, _log):
    with Recorder(folder) as recorder:
        yield recorder.process.pid, recorder.endpoint


def core(_folder, log):
    """No recorder: our network thread alone, dropping what it has received and decrypted."""
    return program([os.environ['RTC_CORE_RECEIVER']], log)


def webrtcbin(folder, log, *layout):
    if subprocess.run(['gst-inspect-1.0', 'nicesrc'], stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL, check=False).returncode:
        raise Absent('no GStreamer plugin "nice" (apt-get install gstreamer1.0-nice)')
    return program([os.environ['RTC_WEBRTCBIN_RECORDER'], folder, *layout], log)


def webrtcbin_queue(folder, log):
    return webrtcbin(folder, log, 'queue')


def pion(folder, log):
    if not gobuild.is_possible():
        raise Absent(gobuild.MISSING)
    gopath = os.path.join(os.environ['RTC_PEERS_BUILD'], 'pion')
    return program([gobuild.build(os.path.join(HERE, 'pion'), 'recorder', 'recorder-pion', gopath), '0',
                    folder], log)


@contextlib.contextmanager
def janus(folder, log, event_loops=0):
    if not shutil.which('janus'):
        raise Absent('no janus (apt-get install janus)')
    recorder = JanusRecorder(folder, log, event_loops)
    try:
        yield recorder.process.pid, recorder.endpoint
    finally:
        recorder.close()


def janus_1loop(folder, log):
    return janus(folder, log, event_loops=1)


RECORDERS = {'ours': ours, 'core': core, 'webrtcbin': webrtcbin, 'webrtcbin-queue': webrtcbin_queue, 'pion': pion,
             'janus': janus, 'janus-1loop': janus_1loop}


def count_files(folder, n, sent):
    """Frames in the files and frames lost, over all callers."""
    files = [os.path.join(folder, f) for f in sorted(os.listdir(folder)) if f.endswith(recorded.VIDEO)]
    counts = [recorded.count(f) for f in files]
    frames = sum(c[0] for c in counts)
    return {'files': len(files), 'frames': frames, 'lost': sum(c[1] for c in counts),
            'unrecorded': sent - frames, 'of': n}


def measure(name, n, options):
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as log:
        with RECORDERS[name](folder, log) as (pid, endpoint):
            idle = usage.snapshot(pid)
            callers = subprocess.Popen(
                [os.environ['RTC_CALLERS'], str(n), endpoint, str(options.window + SETTLE_SECONDS + 1),
                 options.codec, str(min(n, options.clocks))], stdout=subprocess.PIPE)
            try:
                if 'calling' not in json_line(callers, START_SECONDS):
                    raise AssertionError(f'{name}: the callers were not all connected')
                time.sleep(SETTLE_SECONDS)
                before, busy_before, began = usage.snapshot(pid), usage.machine_busy(), time.monotonic()
                time.sleep(options.window)
                after, busy_after, ended = usage.snapshot(pid), usage.machine_busy(), time.monotonic()
                sent = {}
                while 'callers' not in sent:
                    sent = json_line(callers, END_SECONDS)
                callers.wait(END_SECONDS)
            finally:
                callers.kill()
                callers.wait()
        spent = n * (ended - began)
        return {
            'recorder': name, 'callers': n,
            'cpu_ms': 1000 * (after['cpu'] - before['cpu']) / spent,
            'ticks_ms': 1000 * (after['ticks'] - before['ticks']) / spent,
            'waits': (after['waits'] - before['waits']) / spent,
            'preempted': (after['preempted'] - before['preempted']) / spent,
            'threads': after['threads'], 'fds': after['fds'],
            'fds_per_caller': (after['fds'] - idle['fds']) / n,
            'mib_per_caller': (after['rss'] - idle['rss']) / n,
            'busy': (busy_after[0] - busy_before[0]) / (busy_after[1] - busy_before[1]),
            **count_files(folder, n, sent['frames']),
        }


COLUMNS = (('cpu_ms', 'CPU, ms per caller-second', '.2f'), ('ticks_ms', 'by utime + stime', '.1f'),
           ('waits', 'waits per caller-second', '.0f'), ('preempted', 'preempted', '.1f'),
           ('threads', 'threads', '.0f'), ('fds', 'descriptors', '.0f'),
           ('mib_per_caller', 'MiB per caller', '.2f'), ('lost', 'frames lost', '.0f'),
           ('frames', 'frames recorded', '.0f'), ('busy', 'machine busy', '.2f'))


def print_table(runs):
    print('\n| recorder | callers | ' + ' | '.join(title for _, title, _ in COLUMNS) + ' | ours is |')
    print('|---' * (len(COLUMNS) + 3) + '|')
    middle = {}
    for run in runs:
        middle.setdefault((run['callers'], run['recorder']), []).append(run)
    for (n, name), group in sorted(middle.items()):
        values = {key: statistics.median(run[key] for run in group) for key, _, _ in COLUMNS}
        own = middle.get((n, 'ours'))
        ratio = (f'1/{values["cpu_ms"] / statistics.median(run["cpu_ms"] for run in own):.1f}'
                 if own and name != 'ours' else '')
        print(f'| {name} | {n} | ' + ' | '.join(format(values[key], form) for key, _, form in COLUMNS)
              + f' | {ratio} |')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--recorders', default=','.join(RECORDERS))
    parser.add_argument('--callers', default='1,20')
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--window', type=int, default=8)
    parser.add_argument('--codec', default='vp8')
    parser.add_argument('--clocks', type=int, default=20)
    parser.add_argument('--out')
    options = parser.parse_args()
    if not shutil.which('ffprobe'):
        print('skipped: no ffprobe (apt-get install ffmpeg)')
        return 77
    names, runs = options.recorders.split(','), []
    for _ in range(options.rounds):
        for n in map(int, options.callers.split(',')):
            for name in list(names):
                try:
                    runs.append(measure(name, n, options))
                except Absent as reason:
                    print(f'{name} is left out: {reason}', flush=True)
                    names.remove(name)
                    continue
                print(json.dumps(runs[-1]), flush=True)
                if options.out:
                    with open(options.out, 'a', encoding='utf-8') as file:
                        print(json.dumps(runs[-1]), file=file)
    print_table(runs)
    return 0


if __name__ == '__main__':
    sys.exit(main())
