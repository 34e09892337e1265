#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""networks.py - webrtcsink beside webrtcbin and libwebrtc over bad networks, watched by real browsers.

  networks.py [--scenarios LIST] [--senders LIST] [--receivers LIST] [--seeds 1] [--seconds N] [--out FILE] [--keep DIR]
  networks.py --table FILE...

One call at a time; the senders take turns within each scenario. Prints one JSON object for each call
and appends it to FILE; --table makes the tables of docs/networks.md of such files. --keep writes each
call's timeline (DIR/SCENARIO-SENDER-RECEIVER-SEED.csv) for plots. What is not installed is left out,
with the reason. Environment: see rig.py.
"""
import argparse
import asyncio
import json
import os
import statistics
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, '..', '..', 'browser'))
import browser as browsers    # noqa: E402
import figures    # noqa: E402
import rig    # noqa: E402

BURSTS = 'delay=25,burst-start=1.0526,burst-stop=20'       # 5 % in bursts of 5
CAP, S3_CAP = 1500000, 3000000


def lossy(rtt, loss, seconds=15):
    return {'link': {'both': f'delay={rtt / 2:g},loss={loss}'}, 'warm': 5, 'seconds': seconds, 'cap': CAP}


def steps(rates, seconds, cap, way='to-client', queue=300):
    """A bottleneck whose rate, in kbit/s, changes after each so many seconds."""
    return {'link': {'both': 'delay=25', way: f'delay=25,rate={rates[0]},queue={queue}'},
            'warm': 8, 'seconds': seconds * len(rates[1:]) + 5, 'cap': cap, 'way': way, 'rates': rates,
            'changes': [5 + seconds * i for i in range(len(rates) - 1)],
            'steps': [(0, f'schedule {way} ' + '/'.join(
                f'{5 + seconds * i}:{rate}' for i, rate in enumerate(rates[1:])))]}


SCENARIOS = {
    'loss1': lossy(50, 1), 'loss3': lossy(50, 3), 'loss5': lossy(50, 5), 'loss10': lossy(50, 10),
    'loss20': lossy(50, 20), 'rtt200': lossy(200, 3),
    'bursts': {'link': {'both': BURSTS}, 'warm': 5, 'seconds': 15, 'cap': CAP},
    'outage': {'link': {'both': 'delay=25'}, 'warm': 5, 'seconds': 15, 'cap': CAP,
               'steps': [(4, 'hole both 500'), (10, 'hole both 500')]},
    # The router in between gives the viewer another port.
    'moved': {'link': {'both': 'delay=25'}, 'warm': 5, 'seconds': 30, 'cap': CAP,
              'steps': [(5, 'rebind'), (18, 'rebind')]},
    's3': steps([2500, 600, 2500], 18, S3_CAP),
    'step': steps([2000, 500, 2000], 15, S3_CAP),
    'upload': steps([2000, 500, 2000], 20, S3_CAP, way='to-server'),
}
TABLE = ['loss1', 'loss5', 'loss10', 'bursts', 's3', 'outage', 'rtt200']
# A24 to A26: the buffer that the receiver is asked for.
LATENCY = {'a24-1': ('loss1', 200), 'a24-3': ('loss3', 200), 'a24-5': ('loss5', 200),
           'a25': ('loss10', 300), 'a26': ('loss20', 500)}
for name, (same, latency) in LATENCY.items():
    SCENARIOS[name] = dict(SCENARIOS[same], latency=latency)


def after_steps(call, scenario):
    """For each change of the rate: seconds until the rate is and stays right, the queue is short again,
    and the longest freeze after the first second."""
    begin, end, result = call.marks['begin'], call.marks['end'], []
    packets = figures.media(call)
    changes = scenario['changes']
    for i, at in enumerate(changes):
        start = begin + at
        stop = begin + changes[i + 1] if i + 1 < len(changes) else end
        capacity, before = scenario['rates'][i + 1], scenario['rates'][i]
        arrived = figures.rates(packets, start, stop, 0.5, arrived=True)
        smooth = [(time + 0.5, (value + arrived[j + 1][1]) / 2) for j, (time, value) in enumerate(arrived[:-1])]
        sent = figures.rates(packets, start, stop, 0.5)
        sent = [(time + 0.5, (value + sent[j + 1][1]) / 2) for j, (time, value) in enumerate(sent[:-1])]
        queue = figures.queue_delays(call, start, stop)
        good = (lambda kbps: 0.8 * capacity <= kbps <= 1.2 * capacity)
        row = {'to': capacity, 'sent_within_20': figures.settled(sent, start, good, 2),
               'arrived_80': figures.settled(smooth, start, lambda kbps: kbps >= 0.8 * capacity, 2),
               'mean_kbps': round(figures.rate(packets, start, stop, arrived=True)),
               'queue_under_150': figures.settled(queue, start, lambda ms: ms < 150, 2),
               'queue_max_ms': round(max((ms for _, ms in queue), default=0)),
               'longest_after_1s_ms': round(max(ms for _, ms in figures.freezes(call, start + 1, stop)))}
        row['direction'] = 'down' if capacity < before else 'up'
        result.append({key: round(value, 2) if isinstance(value, float) else value
                       for key, value in row.items()})
    return result


def receiver_of(name):
    return rig.ProgramEnd('webrtcsrc') if name == 'webrtcsrc' else rig.PageEnd(name)


async def measure(scenario_name, sender, receiver, seed, keep, seconds=None):
    scenario = dict(SCENARIOS[scenario_name])
    if seconds and 'steps' not in scenario:
        scenario['seconds'] = seconds
    call = await rig.run_call(rig.sender_of(sender, scenario['cap']), receiver_of(receiver), scenario, seed)
    result = {'scenario': scenario_name, 'sender': sender, 'receiver': receiver, 'seed': seed,
              **figures.of_call(call), 'repair': repair(call)}
    if 'changes' in scenario:
        result['steps'] = after_steps(call, scenario)
    if keep:
        os.makedirs(keep, exist_ok=True)
        path = f'{keep}/{scenario_name}-{sender}-{receiver}-{seed}'
        call.write_trace(path + '.csv')
        with open(path + '.json', 'w', encoding='utf-8') as out:
            json.dump({**result, 'marks': call.marks, 'events': {'sent': call.sent, 'shown': call.shown},
                       'stats': call.stats, 'offer': call.offer, 'answer': call.answer}, out)
    return result


def repair(call):
    """How much of what arrived was repair, by the receiving browser's own count."""
    inside = [s for s in call.stats['receiver']
              if 'inbound' in s and call.marks['begin'] <= s['time'] < call.marks['end']]
    if len(inside) < 2:
        return {}
    first, last = inside[0]['inbound'], inside[-1]['inbound']
    return {key: last.get(key, 0) - first.get(key, 0) for key in (
        'packetsReceived', 'packetsLost', 'bytesReceived', 'headerBytesReceived', 'retransmittedPacketsReceived',
        'retransmittedBytesReceived', 'fecPacketsReceived', 'fecBytesReceived', 'nackCount', 'pliCount',
        'framesDecoded', 'framesDropped', 'keyFramesDecoded')}


async def measure_all(args):
    for scenario in args.scenarios.split(','):
        for receiver in args.receivers.split(','):
            for seed in range(1, args.seeds + 1):
                for sender in args.senders.split(','):
                    pair = (sender, receiver)
                    if scenario == 'upload':        # only pages call
                        pair = (sender if sender == 'firefox' else 'libwebrtc', 'webrtcsrc')
                    missing = [name for name in (pair[1], 'chromium' if pair[0] == 'libwebrtc' else pair[0])
                               if name in ('chromium', 'firefox') and not browsers.installed(name)]
                    if missing:
                        print(f'# left out: {missing[0]} is not installed')
                        continue
                    try:
                        result = await measure(scenario, *pair, seed, args.keep, args.seconds)
                    except (AssertionError, OSError, browsers.websockets.ConnectionClosed) as error:
                        result = {'scenario': scenario, 'sender': pair[0], 'receiver': pair[1],
                                  'seed': seed, 'error': str(error)}
                    line = json.dumps(result)
                    print(line, flush=True)
                    if args.out:
                        with open(args.out, 'a', encoding='utf-8') as out:
                            out.write(line + '\n')


def read_results(paths):
    """{(receiver, scenario): {sender: [result]}}, without those that failed."""
    rows = {}
    for path in paths:
        with open(path, encoding='utf-8') as lines:
            for result in map(json.loads, lines):
                if 'error' not in result:
                    key = result['receiver'], result['scenario']
                    rows.setdefault(key, {}).setdefault(result['sender'], []).append(result)
    return rows


def table(paths):
    """Medians, one row for each scenario and receiver, senders beside each other; then what became of
    steps, call by call."""
    rows = read_results(paths)
    columns = [('shown %', 'shown_percent'), ('whole %', 'complete_percent'), ('longest freeze ms', 'longest_ms'),
               ('freezes > 200 ms', 'freezes'), ('delay p95 ms', 'delay_p95_ms'), ('kbit/s sent', 'sent_kbps')]
    senders = ['webrtcsink', 'libwebrtc', 'webrtcbin']
    for receiver in sorted({key[0] for key in rows}):
        print(f'\n{receiver}\n\n| scenario | ' + ' | '.join(title for title, _ in columns) + ' |')
        print('|---' * (len(columns) + 1) + '|')
        for (who, scenario), found in rows.items():
            if who != receiver:
                continue
            cells = [' / '.join(f'{round(statistics.median(r[field] for r in found[s]), 1):g}' if s in found else '-'
                                for s in senders) for _, field in columns]
            print(f'| {scenario} | ' + ' | '.join(cells) + ' |')
    print('\n| call | to kbit/s | within 20 % after s | 80 % arrive after s | mean kbit/s | queue < 150 ms after s | '
          'longest freeze after the first second, ms |\n' + '|---' * 7 + '|')
    for (receiver, scenario), found in rows.items():
        for sender, results in found.items():
            for step in (step for result in results for step in result.get('steps', [])):
                print(f'| {scenario}, {sender} to {receiver} | ' + ' | '.join(
                    'never' if step[key] is None else f'{step[key]:g}' for key in (
                        'to', 'sent_within_20', 'arrived_80', 'mean_kbps', 'queue_under_150',
                        'longest_after_1s_ms')) + ' |')


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('--scenarios', default=','.join(TABLE))
    parser.add_argument('--senders', default='webrtcsink,libwebrtc,webrtcbin')
    parser.add_argument('--receivers', default='chromium,firefox')
    parser.add_argument('--seeds', type=int, default=1)
    parser.add_argument('--seconds', type=float, help='measured of each call without steps; 15')
    parser.add_argument('--out')
    parser.add_argument('--keep')
    parser.add_argument('--table', nargs='+')
    options = parser.parse_args()
    if options.table:
        table(options.table)
    else:
        asyncio.run(measure_all(options))
