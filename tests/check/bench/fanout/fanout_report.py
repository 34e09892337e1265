# SPDX-License-Identifier: LGPL-2.1-or-later
"""fanout_report.py - the tables and the picture of docs/benchmarks.md from runs of fanout.py."""
import json
import os
import statistics
import sys

import senders

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import bars    # noqa: E402

NAMES = {'limit-gcm': '`limit`, OpenSSL AES-GCM', 'limit-cm': '`limit`, OpenSSL AES-CM, SHA-1',
         **{name: entry[2] for name, entry in senders.SENDERS.items()}}
# A row is compared with the limit of the suite that its viewers use.
LIMIT_OF = {'mux-cm': 'limit-cm', 'limit-cm': 'limit-cm'}
OURS = ('mux', 'mux-cm', 'mux-replay', 'mux-depay', 'nice')
FEWEST_DRAWN = 50    # viewers
TITLE = 'What a viewer costs the sender'
UNIT = 'ms of a processor per viewer-second, logarithmic'

SCENARIO_ROWS = (
    ('sender, ms per viewer-second', '.2f', ('sender_ms_per_viewer_second',)),
    ('sender, of one processor', '.0f', ('sender_busy',)),
    ('generator, of one processor', '.0f', ('generator_busy',)),
    ('playing', '.0f', ('playing',)),
    ('lost', '.0f', ('lost',)),
    ('first packet after the offer, median, p95, ms', '.1f', ('first_packet_ms_p50', 'first_packet_ms_p95')),
    ('first picture, median, p95, ms', '.0f', ('first_picture_ms_p50', 'first_picture_ms_p95')),
    ('between two pictures, p99, ms', '.1f', ('frame_interval_ms_p99',)),
    ('resident memory per viewer, KiB', '.0f', ('sender_rss_kib_per_viewer',)),
    ('threads, descriptors', '.0f', ('sender_threads', 'sender_fds')))


def line(run):
    """One run in one line."""
    if run['kind'] in ('cost', 'limit'):
        rest = f'{run["cpu_ms"]:.2f} ms per viewer-second, lost {run.get("lost", 0)}, {run.get("failed", 0)} viewers without media'
    elif run['kind'] == 'latency':
        rest = f'pictures {run["picture_latency_ms_p50"]} ms, sound {run["sound_latency_ms_p50"]} ms'
    else:
        rest = ', '.join(f'{key} {run[key]:.1f}' for _, _, keys in SCENARIO_ROWS for key in keys)
    return f'{run["kind"]} {run["sender"]} {run["n"] or ""}: {rest}; machine busy {100 * run["machine_busy"]:.0f} %'


def load(path):
    with open(path, encoding='utf-8') as file:
        return [json.loads(each) for each in file]


def group(runs, *kinds):
    """{(sender, n): its runs}, in the order of NAMES."""
    groups = {}
    for run in sorted((run for run in runs if run['kind'] in kinds), key=lambda run: [*NAMES].index(run['sender'])):
        groups.setdefault((run['sender'], run['n']), []).append(run)
    return groups


def spread(values, form='.2f'):
    """The median, with the range behind it."""
    if not values:
        return ''
    middle = format(statistics.median(values), form)
    return middle if len(values) == 1 else f'{middle} ({format(min(values), form)}-{format(max(values), form)})'


def quotients(runs, limits):
    """By how much each run is above the limit of its round."""
    of_round = {run['round']: run['cpu_ms'] for run in limits}
    return [run['cpu_ms'] / of_round[run['round']] for run in runs if run['round'] in of_round]


def print_rows(head, rows):
    print('\n| ' + ' | '.join(head) + ' |\n' + '|---' * len(head) + '|')
    for row in rows:
        print('| ' + ' | '.join(row) + ' |')


def cost_row(name, counts, groups):
    last = groups.get((name, counts[-1]), [])
    first = [run['first_packet_ms'] for run in groups.get((name, counts[0]), []) if 'first_packet_ms' in run]
    middle = {key: statistics.median([run[key] for run in last if key in run] or [0]) for key in
              ('threads', 'fds', 'mib_per_viewer')}
    lost = [100 * run['lost'] / max(run['lost'] + run['packets'], 1) for run in last if 'lost' in run]
    limit = LIMIT_OF.get(name, 'limit-gcm')
    times = [spread(quotients(groups.get((name, n), []), groups.get((limit, n), []))) for n in counts]
    is_limit = name.startswith('limit')
    return [NAMES[name], *(spread([run['cpu_ms'] for run in groups.get((name, n), [])]) for n in counts),
            *([''] * len(counts) if is_limit else times), str(len(last)), f'{middle["threads"]:.0f}',
            *([''] * 4 if is_limit else [f'{middle["fds"]:.0f}', f'{middle["mib_per_viewer"]:.2f}', spread(lost, '.1f'),
                                         spread(first, '.1f')])]


def print_costs(groups):
    counts = sorted({n for _, n in groups})
    names = list(dict.fromkeys(name for name, _ in groups))
    at = f'N = {counts[-1]}'
    print_rows(['sender', *(f'N = {n}' for n in counts), *(f'times `limit`, N = {n}' for n in counts), 'rounds',
                f'threads, {at}', 'descriptors', 'MiB per viewer', 'lost, %',
                f'first packet, ms, N = {counts[0]}'],
               [cost_row(name, counts, groups) for name in names])


def print_latencies(groups):
    def cell(runs, *keys):
        return ', '.join(f'{statistics.median(values):.2f}' for values in (
            [run[key] for run in runs if run.get(key) is not None] for key in keys) if values)
    print_rows(['sender', 'viewers', 'end of a picture, p50, p95, ms', 'sound, p50, p95, ms',
                'first packet after the offer, p50, p95, ms', 'rounds'],
               [[NAMES[name], str(n), cell(runs, 'picture_latency_ms_p50', 'picture_latency_ms_p95'),
                 cell(runs, 'sound_latency_ms_p50', 'sound_latency_ms_p95'),
                 cell(runs, 'first_packet_ms_p50', 'first_packet_ms_p95'), str(len(runs))]
                for (name, n), runs in groups.items()])


def print_scenarios(runs):
    last = {run['sender']: run for run in runs}
    print_rows(['', *last], [[title, *(', '.join(format(run[key], form) for key in keys) for run in last.values())]
                             for title, form, keys in SCENARIO_ROWS])
    for name, run in last.items():
        for sample in run.get('samples', []):
            print(f'{name} after {sample["seconds"]:.0f} s: {sample["sender_rss_kib"]:.0f} KiB resident, '
                  f'{sample["sender_threads"]} threads, {sample["sender_fds"]} descriptors')


def draw(groups):
    rows = [(f'N = {n}', NAMES[name].replace('`', '').replace('the same', 'one port')
             .replace('webrtcsink udp-mux-port=...', 'webrtcsink, one port'),
             round(statistics.median(run['cpu_ms'] for run in runs), 2), name in OURS)
            for (name, n), runs in sorted(groups.items(), key=lambda item: (item[0][1], [*NAMES].index(item[0][0])))
            if n >= FEWEST_DRAWN]
    return bars.draw(rows, TITLE, UNIT)


def write(path, svg):
    """Prints the tables; draws the picture into the file svg (or none)."""
    runs = load(path)
    costs, latencies = group(runs, 'cost', 'limit'), group(runs, 'latency')
    if costs:
        print_costs(costs)
    if latencies:
        print_latencies(latencies)
    scenarios = [run for run in runs if run['kind'] == 'scenario']
    if scenarios:
        print_scenarios(scenarios)
    busy = [run['machine_busy'] for run in runs]
    print(f'\nmachine busy: {100 * statistics.median(busy):.0f} % ({100 * min(busy):.0f}-{100 * max(busy):.0f})')
    if svg and any(n >= FEWEST_DRAWN for _, n in costs):
        with open(svg, 'w', encoding='utf-8') as file:
            file.write(draw(costs))
