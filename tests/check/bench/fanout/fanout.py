#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""fanout.py - what a viewer of a stream costs its sender: webrtcsink beside others, and with hundreds of viewers.

  fanout.py --out RUNS.jsonl [--senders LIST] [--viewers 10,50,100] [--rounds 3] [--first-round 0] [--window 6]
            [--latency 10] [--scenarios watch-50,watch-500,rush,rush-replay]
  fanout.py --report RUNS.jsonl [--svg docs/viewers.svg]

The same H.264 of 2.5 Mbit/s with Opus, already encoded, to N viewers, up to ten of whom join one after the other;
senders take turns within each round, and only the sender's process is charged. Runs are appended to a file, one JSON
object each, from which the report's tables and picture are made. Rows are compared with `limit` of the same round:
more rounds in the same file begin with the next number. --latency N: also how long media takes through each sender
with N viewers of rtc-load. Scenarios are rtc-load's alone, the sender on one processor and it on another. Senders and
programs that are not there are left out.

Environment: RTC_LOAD (rtc-load), GST_PLUGIN_PATH, RTC_SHARED_BENCH (see senders.py; without it rtc-load is the
viewers).
"""
import argparse
import contextlib
import json
import os
import resource
import select
import subprocess
import sys
import tempfile
import time

import fanout_report
import senders
import stream

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'recorders'))
import usage    # noqa: E402

READY_SECONDS = 60
SETTLE_SECONDS = 1
LIMIT_SECONDS = 3
LATENCY_SECONDS = 8

# For comparisons that have to be asked for.
NOT_BY_DEFAULT = ('mux-replay', 'mux-depay')

# name: (sender, seconds, rtc-load's options)
SCENARIOS = {
    'watch-50': ('mux', 8, '--viewers 50 --decrypt-every 50'),
    'watch-500': ('mux', 10, '--viewers 500 --rate 100 --decrypt-every 100'),
    **{f'watch-{n}': ('mux', 60, f'--viewers {n} --rate 100 --decrypt-every 0') for n in (600, 700, 800, 1000)},
    'rush': ('mux', 6, '--viewers 50 --late 100 --late-rate 100 --decrypt-every 50'),
    'rush-replay': ('mux-replay', 6, '--viewers 50 --late 100 --late-rate 100 --decrypt-every 50'),
    'churn': ('mux', 600, '--viewers 10 --churn 20 --every 60'),
}


@contextlib.contextmanager
def fed(name, paths, processor=None):
    """The sender of that name, with the stream."""
    ports = (senders.udp_port(), senders.udp_port())
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as log:
        with senders.SENDERS[name][0](ports, folder, log) as running:
            if processor is not None:
                # Threads of its own as well, which it has already.
                for thread in os.listdir(f'/proc/{running.pid}/task'):
                    os.sched_setaffinity(int(thread), {processor})
            with senders.program([sys.executable, stream.__file__, *paths, *map(str, ports)], log):
                time.sleep(SETTLE_SECONDS)
                yield running


def rtc_load(running, options, processor=None):
    """What it says of viewers with these options."""
    command = [os.environ['RTC_LOAD'], '--json', '-', '--pid', str(running.pid), *options, running.endpoint]
    if processor is not None:
        command[:0] = ['taskset', '-c', str(processor)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if not done.stdout:
        raise AssertionError(f'rtc-load: exit code {done.returncode}')
    return json.loads(done.stdout)


def rtc_load_complete(running, options):
    """The same, with a socket for each viewer, as all senders know it; all of them must play."""
    got = rtc_load(running, [*options, '--own-sockets'])
    if got['failed'] or got['playing'] < got['viewers_wanted']:
        raise AssertionError(f'only {got["playing"]} viewers play; {got["failure"]}')
    return got


def tagged(process, tag):
    """The object on the program's next line that begins with tag."""
    end = time.monotonic() + READY_SECONDS
    while select.select([process.stdout], [], [], max(0, end - time.monotonic()))[0]:
        line = process.stdout.readline()
        if not line:
            break
        if line.startswith(tag):
            return json.loads(line[len(tag):])
    raise AssertionError(f'the viewers never said {tag}')


def by_viewer(running, name, n, window):
    """The other bench's viewers, which are pion's."""
    suite = senders.SENDERS[name][1]
    command = [senders.shared('viewer'), '-url', running.endpoint, '-n', str(n), '-parallel',
               str(1 if n <= 10 else 16 if running.is_server_offering else 8), '-wait', '15s']
    command += ['-srtp', suite] if suite else []
    command += ['-server-offers'] if running.is_server_offering else []
    idle = usage.snapshot(running.pid)
    # Unbuffered: a line that waits in a buffer of ours would not be seen by select().
    viewer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              bufsize=0)
    try:
        ready = tagged(viewer, b'READY')
        if ready['failed'] == n:
            raise AssertionError('no viewer has media')
        time.sleep(SETTLE_SECONDS)
        viewer.stdin.write(b'MARK\n')
        tagged(viewer, b'MARKED')
        before, began = usage.snapshot(running.pid), time.monotonic()
        time.sleep(window)
        after, ended = usage.snapshot(running.pid), time.monotonic()
        viewer.stdin.write(b'END\n')
        media = tagged(viewer, b'RESULT')
    finally:
        viewer.kill()
        viewer.wait()
    playing = n - ready['failed']
    return {'cpu_ms': 1000 * (after['cpu'] - before['cpu']) / playing / (ended - began), 'threads': after['threads'],
            'fds': after['fds'], 'mib_per_viewer': (after['rss'] - idle['rss']) / playing, 'failed': ready['failed'],
            'packets': media['received'], 'lost': media['expected'] - media['received'],
            'first_packet_ms': ready['first_ms'], 'by': 'viewer'}


def by_load(running, name, n, window):
    if senders.SENDERS[name][1] or running.is_server_offering:
        raise senders.Absent('rtc-load cannot be its viewer')
    got = rtc_load_complete(running, ['--viewers', str(n), '--seconds', str(window)])
    return {'cpu_ms': got['sender_ms_per_viewer_second'], 'threads': got['sender_threads'],
            'fds': got['sender_fds'], 'mib_per_viewer': got['sender_rss_kib_per_viewer'] / 1024,
            'packets': got['packets'], 'lost': got['lost'],
            'first_packet_ms': got['first_packet_ms_p50'], 'by': 'rtc-load'}


def has_viewer():
    try:
        return bool(senders.shared('viewer'))
    except senders.Absent:
        return False


def measure_cost(name, n, paths, options):
    with fed(name, paths) as running:
        return (by_viewer if has_viewer() else by_load)(running, name, n, options.window)


def measure_limit(cipher, n, paths):
    """Copy, protect, send; counted for as many packets a second as the stream has."""
    got = subprocess.run([senders.shared('limit'), '-n', str(n), '-t', str(LIMIT_SECONDS), '-c', cipher, '-s', 'gso',
                          *paths], stdout=subprocess.PIPE, text=True, check=True)
    got = json.loads(got.stdout)
    rate = sum(len(stream.load(path)) for path in paths) / stream.SECONDS
    return {'cpu_ms': got['us_per_packet'] * rate / 1000, 'threads': 1, 'by': 'limit'}


def measure_latency(name, n, paths):
    """Viewers who decrypt."""
    with fed(name, paths) as running:
        if running.is_server_offering or senders.SENDERS[name][1]:
            raise senders.Absent('rtc-load cannot be its viewer')
        got = rtc_load_complete(running, ['--viewers', str(n), '--rate', '4', '--seconds', str(LATENCY_SECONDS),
                                          '--decrypt-every', '1'])
    return {key: got.get(key) for key in (
        'picture_latency_ms_p50', 'picture_latency_ms_p95', 'sound_latency_ms_p50', 'sound_latency_ms_p95',
        'first_packet_ms_p50', 'first_packet_ms_p95', 'lost', 'sender_ms_per_viewer_second')}


def measure_scenario(scenario, paths):
    name, seconds, more = SCENARIOS[scenario]
    apart = (0, 1) if (os.cpu_count() or 1) > 1 else (None, None)
    with fed(name, paths, apart[0]) as running:
        return rtc_load(running, [*more.split(), '--seconds', str(seconds)], apart[1])


LIMITS = {'limit-gcm': 'ossl-gcm', 'limit-cm': 'ossl-cm'}


def plan(options):
    """All runs in their order: kind, sender or scenario, viewers, round."""
    names = options.senders.split(',')
    counts = [int(n) for n in options.viewers.split(',') if n]
    for turn in range(options.first_round, options.first_round + options.rounds):
        for n in counts:
            for name in names:
                yield 'limit' if name in LIMITS else 'cost', name, n, turn
        if options.latency > 0 and turn < options.first_round + options.latency_rounds:
            for name in names:
                if name not in LIMITS:
                    yield 'latency', name, options.latency, turn
    for scenario in filter(None, options.scenarios.split(',')):
        yield 'scenario', scenario, 0, 0


def run(kind, name, n, paths, options):
    busy = usage.machine_busy()
    if kind == 'limit':
        got = measure_limit(LIMITS[name], n, paths)
    elif kind == 'cost':
        got = measure_cost(name, n, paths, options)
    elif kind == 'latency':
        got = measure_latency(name, n, paths)
    else:
        got = measure_scenario(name, paths)
    now = usage.machine_busy()
    got['machine_busy'] = (now[0] - busy[0]) / max(now[1] - busy[1], 0.01)
    return got


def run_all(options, paths):
    left_out = set()
    with open(options.out, 'a', encoding='utf-8') as out:
        for kind, name, n, turn in plan(options):
            if (kind, name) in left_out:
                continue
            try:
                got = run(kind, name, n, paths, options)
            except senders.Absent as reason:
                print(f'{kind} of {name} is left out: {reason}', flush=True)
                left_out.add((kind, name))
                continue
            except (AssertionError, OSError, KeyError, ValueError, subprocess.SubprocessError) as error:
                print(f'{kind} of {name}, {n} viewers, failed: {error}', flush=True)
                continue
            got.update(kind=kind, sender=name, n=n, round=turn)
            print(json.dumps(got), file=out, flush=True)
            print(time.strftime('%H:%M:%S'), fanout_report.line(got), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--senders', default=','.join(
        name for name in [*LIMITS, *senders.SENDERS] if name not in NOT_BY_DEFAULT))
    parser.add_argument('--viewers', default='10,50,100')
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--first-round', type=int, default=0)
    parser.add_argument('--window', type=int, default=6)
    parser.add_argument('--latency', type=int, default=0)
    parser.add_argument('--latency-rounds', type=int, default=2)
    parser.add_argument('--scenarios', default='')
    parser.add_argument('--out')
    parser.add_argument('--report')
    parser.add_argument('--svg')
    options = parser.parse_args()
    # webrtcbin has ten descriptors a viewer.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if options.out:
        if 'RTC_LOAD' not in os.environ:
            print('skipped: RTC_LOAD does not name rtc-load')
            return 77
        with tempfile.TemporaryDirectory() as folder:
            try:
                paths = stream.make(folder)
            except subprocess.CalledProcessError:
                print('skipped: no x264enc or opusenc (apt-get install gstreamer1.0-plugins-ugly)')
                return 77
            run_all(options, paths)
    if options.report or options.out:
        fanout_report.write(options.report or options.out, options.svg)
    return 0


if __name__ == '__main__':
    sys.exit(main())
