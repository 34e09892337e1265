# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage.py - what a process has used so far, from /proc. Children are not counted: none is started."""
import os

TICK = os.sysconf('SC_CLK_TCK')
MIB = 1 << 20


def read(*path):
    with open(os.path.join('/proc', *map(str, path)), encoding='ascii', errors='replace') as file:
        return file.read()


def status(text):
    return dict(line.split(':', 1) for line in text.splitlines() if ':' in line)


def snapshot(pid):
    """CPU in seconds: "ticks" as top has it (utime + stime), "cpu" by the scheduler's nanoseconds
    for each thread, which can be told apart in short measurements. A thread that ends between two
    snapshots is missing from the latter."""
    fields = read(pid, 'stat').rsplit(') ', 1)[1].split()
    use = {'ticks': (int(fields[11]) + int(fields[12])) / TICK, 'cpu': 0.0, 'waits': 0, 'preempted': 0,
           'threads': 0, 'fds': len(os.listdir(f'/proc/{pid}/fd')),
           'rss': int(status(read(pid, 'status'))['VmRSS'].split()[0]) / 1024}
    for thread in os.listdir(f'/proc/{pid}/task'):
        try:
            state = status(read(pid, 'task', thread, 'status'))
            use['cpu'] += int(read(pid, 'task', thread, 'schedstat').split()[0]) / 1e9
        except OSError:
            continue        # it has just ended
        use['waits'] += int(state['voluntary_ctxt_switches'])
        use['preempted'] += int(state['nonvoluntary_ctxt_switches'])
        use['threads'] += 1
    return use


def machine_busy():
    """Seconds that all processors together have been busy, and have been."""
    values = [int(v) / TICK for v in read('stat').splitlines()[0].split()[1:9]]
    return sum(values) - values[3] - values[4], sum(values)
