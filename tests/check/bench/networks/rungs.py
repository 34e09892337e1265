# SPDX-License-Identifier: LGPL-2.1-or-later
"""rungs.py - a browser's viewer whose link gets narrow is given a smaller picture.

The sender's three encodings are made before (looped-ladder.h), so that no encoder can be late. Two
viewers share a page, each behind a relay of its own: one whose link falls from 3 Mbit/s to 700 kbit/s,
and one whose link never does. What the machine takes from the one it takes from the other: a pause of
the first counts less what the second had at the same time. An attempt that misses its limits while
the machine stood still is made again, with the same browser and sender.
"""
import asyncio
import json
import time

import rig

WIDE, NARROW = 'delay=20,rate=3000,queue=200', 'rate=700'
FIRST_WIDTH = 640
SMALLER_SECONDS = 3         # from the fall to a smaller picture
LONGEST_FREEZE_MS = 500
USUAL_MS = 100              # what everybody sees now and then
WATCH_SECONDS = 4           # from the fall on
WARM_SECONDS = 1            # of the full picture, before it
ATTEMPTS = 3


def gaps(seen, begin, end):
    """[(begin, end)] of the times without a new picture, clipped."""
    times = [time for _, time in seen if begin < time < end]
    return list(zip([begin, *times], [*times, end]))


def longest_within(others, begin, end):
    """Seconds of the longest of these gaps that has to do with that time; usual ones do not count."""
    return max([b - a for a, b in others if a < end and begin < b and (b - a) * 1000 > USUAL_MS], default=0)


def judge(call):
    """What the viewer whose link falls went through from the fall on."""
    beside = gaps(call['beside'], call['fall'], call['end'])
    own = gaps(call['seen'], call['fall'], call['end'])
    smaller = [time for width, time in call['seen'] if time >= call['fall'] and width < FIRST_WIDTH]
    stalls = sum(b - a for a, b in beside if (b - a) * 1000 > USUAL_MS and smaller and a < smaller[0])
    return {
        'smaller_after': smaller[0] - call['fall'] if smaller else None,
        'smaller_limit': SMALLER_SECONDS + stalls,
        'longest_ms': round(max(b - a for a, b in own) * 1000),
        'excess_ms': round(max(b - a - longest_within(beside, a, b) for a, b in own) * 1000),
        'longest_beside_ms': round(max(b - a for a, b in beside) * 1000),
        'widths': sorted({width for width, _ in call['seen']}),
        'widths_beside': sorted({width for width, time in call['beside'] if time >= call['fall']}),
        'lost_beside': call['lost_beside'],
    }


def faults(result):
    """What is not as it should be, as text; empty if nothing."""
    found = []
    after = result['smaller_after']
    if after is None or after > result['smaller_limit']:
        found.append(f'the picture is smaller after {after} s')
    if result['excess_ms'] > LONGEST_FREEZE_MS:
        found.append(f'the picture stood for {result["excess_ms"]} ms longer than beside it')
    if result['widths_beside'] != [FIRST_WIDTH] or result['lost_beside'] > 0:
        found.append(f'beside it: widths {result["widths_beside"]}, {result["lost_beside"]} packets lost')
    return found


async def until(page, call, condition, seconds):
    """Takes what was seen until the condition holds; whether it does."""
    end = time.monotonic() + seconds
    while True:
        taken = await page.page.eval('ends.takeSeen()')
        for name in ('seen', 'beside'):
            call[name] += [(width, ms / 1000 + page.offset) for width, ms in taken[name]]
        if condition():
            return True
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.05)


def is_wide(call):
    return all(call[name] and call[name][-1][0] == FIRST_WIDTH for name in ('seen', 'beside'))


async def attempt(page, endpoint):
    """One call of both viewers, with the fall."""
    call = {'seen': [], 'beside': [], 'fall': None}
    async with rig.Relay(endpoint, {'to-server': 'delay=20', 'to-client': WIDE}, 1, '/dev/null') as narrow, \
            rig.Relay(endpoint, {'both': 'delay=20'}, 1, '/dev/null') as wide:
        offers = await page.page.eval('ends.watchTwice()')
        answers = [await narrow.post(offers[0]), await wide.post(offers[1])]
        await page.page.eval(f'ends.acceptTwice({json.dumps(answers)})')
        if not await until(page, call, lambda: is_wide(call), rig.START_SECONDS):
            raise AssertionError(f'no picture of full size: {call["seen"][-1:]}, {call["beside"][-1:]}')
        await until(page, call, lambda: False, WARM_SECONDS)
        before = await page.page.eval('ends.stats(ends.beside)')
        call['fall'] = time.monotonic()
        narrow.tell(f'to-client {NARROW}')
        await until(page, call, lambda: False, WATCH_SECONDS)
        call['end'] = time.monotonic()
        after = await page.page.eval('ends.stats(ends.beside)')
        call['lost_beside'] = after['inbound']['packetsLost'] - before['inbound']['packetsLost']
    return call


async def check(name, show):
    """Raises AssertionError when the limits are missed on a machine that did not stand still; the
    reason when it did in each attempt, else None."""
    async with rig.ProgramEnd('ladder', 'start-bitrate=4000000', 'max-bitrate=5000000') as sender, \
            rig.PageEnd(name) as page:
        for _ in range(ATTEMPTS):
            result = judge(await attempt(page, sender.endpoint))
            found = faults(result)
            show({**result, 'faults': found})
            if not found:
                return None
            if result['longest_beside_ms'] <= USUAL_MS:
                raise AssertionError('; '.join(found))
    return f'this machine is too busy for it: {"; ".join(found)}'
