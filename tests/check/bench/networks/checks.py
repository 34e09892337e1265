#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""checks.py - calls with real browsers over bad networks must go well: checks.py CASE BROWSER.

Cases: ladder (rungs.py), loss (5 % each way), steps (2 Mbit/s, 800 kbit/s, 2 Mbit/s towards the
browser), outage (half a second), upload (2 Mbit/s, 500 kbit/s, 2 Mbit/s from the browser to webrtcsrc). The long comparison is
networks.py, with harder steps: those here are to hold on a busy machine, too. RTC_TEST_SECONDS makes
each longer.
Exit code 0 passed, 1 failed, 77 skipped with the reason.
"""
import asyncio
import json
import os
import sys

try:
    import networks
except ModuleNotFoundError as missing:
    print(f'skipped: {missing} (apt-get install python3-websockets)')
    sys.exit(77)
import browser as browsers
import figures
import rig
import rungs

LOSS_COMPLETE_PERCENT = 99.5
LONGEST_FREEZE_MS = 500
DOWN_SECONDS, UP_SECONDS = 5, 12
OUTAGE_MS, RECOVERY_MS = 500, 1000
WARM_SECONDS = 5
SECONDS = float(os.environ.get('RTC_TEST_SECONDS', 0))


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


def show(result):
    print('# ' + json.dumps(result), flush=True)


async def loss(name):
    """5 % of the packets are lost each way: all frames are there in time, by retransmission."""
    scenario = dict(networks.SCENARIOS['a24-5'], warm=WARM_SECONDS, seconds=SECONDS or 8)
    call = await rig.run_call(rig.sender_of('webrtcsink', scenario['cap']), rig.PageEnd(name), scenario)
    row = figures.of_call(call)
    show({**row, 'repair': networks.repair(call)})
    expect(row['longest_ms'] <= LONGEST_FREEZE_MS, f'the picture stood for {row["longest_ms"]} ms')
    expect(row['complete_percent'] >= LOSS_COMPLETE_PERCENT, f'{row["complete_percent"]} % of the frames are whole')


async def outage(name):
    """Nothing comes through for half a second: the picture is there again within a second, and
    stays."""
    scenario = dict(networks.SCENARIOS['outage'], warm=2, seconds=SECONDS or 6, steps=[(2, 'hole both 500')])
    call = await rig.run_call(rig.sender_of('webrtcsink', scenario['cap']), rig.PageEnd(name), scenario)
    row = figures.of_call(call)
    show({**row, 'repair': networks.repair(call)})
    again = call.marks['begin'] + 2 + (OUTAGE_MS + RECOVERY_MS) / 1000
    expect(row['longest_ms'] >= OUTAGE_MS - 100, 'there was no outage')
    late = max(ms for _, ms in figures.freezes(call, again, call.marks['end']))
    expect(late <= LONGEST_FREEZE_MS, f'a second after the outage the picture stood for {late:.0f} ms')


async def steps(name, sender='webrtcsink', receiver=None, way='to-client', low=800):
    """The link's rate goes down and up again, and the sender's with it."""
    seconds = SECONDS or 11
    scenario = networks.steps([2000, low, 2000], seconds, networks.S3_CAP, way=way)
    scenario.update(warm=1, link=dict(scenario['link']))
    call = await rig.run_call(rig.sender_of(sender, scenario['cap']), receiver or rig.PageEnd(name), scenario)
    show(figures.of_call(call))
    for step in networks.after_steps(call, scenario):
        show(step)
        limit = DOWN_SECONDS if step['direction'] == 'down' else UP_SECONDS
        took = step['sent_within_20'] if step['direction'] == 'down' else step['arrived_80']
        expect(took is not None and took <= limit,
               f'{step["direction"]} to {step["to"]} kbit/s took {took} s, the limit is {limit} s')
        expect(step['longest_after_1s_ms'] <= LONGEST_FREEZE_MS,
               f'{step["direction"]} to {step["to"]} kbit/s: frozen for {step["longest_after_1s_ms"]} ms')


async def upload(name):
    """The browser sends, and our feedback tells it how much."""
    await steps(name, 'libwebrtc', rig.ProgramEnd('webrtcsrc'), 'to-server', low=500)


async def ladder(name):
    """The link of one viewer gets narrow: a smaller picture soon, no long pause; another notices nothing."""
    reason = await rungs.check(name, show)
    if reason:
        print(f'skipped: {reason}')
        sys.exit(77)


def hurry():
    """What else the machine does is to change little: as chrt -r, where that is allowed."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(5))
    except PermissionError as error:
        print(f'# at ordinary priority: {error}')


CASES = {f.__name__: f for f in (ladder, loss, steps, outage, upload)}

if __name__ == '__main__':
    case, browser_name = sys.argv[1:3]
    if not browsers.installed(browser_name):
        print(f'skipped: {browser_name} is not installed')
        sys.exit(77)
    hurry()
    try:
        asyncio.run(CASES[case](browser_name))
    except AssertionError as error:
        print(f'FAILED: {error}')
        sys.exit(1)
