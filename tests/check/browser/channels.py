#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""channels.py - data channels between real browsers and webrtcsink: channels.py BROWSER.

Exit code 0 passed, 1 failed, 77 skipped with the reason.
"""
import asyncio
import json
import os
import sys

from checks import SLOW_SECONDS, browsers, expect, skip
from source import Program

HERE = os.path.dirname(os.path.abspath(__file__))
MANY = 100
MAX_MESSAGE = 262144    # as our SDP says

with open(os.path.join(HERE, 'talk.js'), encoding='utf-8') as text:
    TALK = text.read()


async def within(awaitable):
    """Data channels wait for nobody: what does not come in time has failed."""
    return await asyncio.wait_for(awaitable, SLOW_SECONDS)


async def becomes(talker, **wanted):
    """The program counts that much before long."""
    end = asyncio.get_running_loop().time() + SLOW_SECONDS
    while True:
        seen = talker.ask()
        if all(seen[name] == value for name, value in wanted.items()):
            return
        expect(asyncio.get_running_loop().time() < end, f'{seen}, expected {wanted}')
        await asyncio.sleep(0.1)


async def talk_once(page, talker, with_media):
    """One session: every kind of message, both ends close, options, many at once."""
    await page.goto(talker.page + "viewer.js")    # same origin, and no viewer of its own
    await page.wait_for('window.talk && document.readyState === "complete"', SLOW_SECONDS)
    media = 'true' if with_media else 'false'
    size = await within(page.eval(f'talk.connect("{talker.endpoint}", {media})'))
    expect(size == MAX_MESSAGE, f'the browser would send {size} bytes')
    expect(await page.wait_for('talk.greeting()', SLOW_SECONDS) == 'hello', 'no greeting')

    for sent in ('text', 'h\u00e9 \U0001f600', ''):
        came = await within(page.eval(f'talk.ask("chat", {json.dumps(sent)})'))
        expect(came == sent, f'"{sent}" came back as "{came}"')
    for length in (1, 0, 16384, 65536, MAX_MESSAGE):
        expect(await within(page.eval(f'talk.echoes("chat", {length})')),
               f'{length} bytes did not come back')
    expect(await page.eval(f'talk.refuses("chat", {MAX_MESSAGE + 1})') == 'TypeError',
           'the browser takes more than our SDP allows')

    for number, (options, wanted) in enumerate([
            ('{ordered: false}', '0 -1 -1 '), ('{maxRetransmits: 0}', '1 0 -1 '),
            ('{maxPacketLifeTime: 100, ordered: false, protocol: "p"}', '0 -1 100 p')]):
        await within(page.eval(f'talk.open("options-{number}", {options})'))
        came = await within(page.eval(f'talk.ask("options-{number}", "options")'))
        expect(came.rsplit(' ', 1)[0] == wanted, f'{options} is {came}')

    expect(await within(page.eval('talk.close("options-0")')), 'not closed by the browser')
    expect(await within(page.eval('talk.closedByPeer("options-1")')), 'not closed by us')
    await within(page.eval('talk.open("again")'))
    expect(await within(page.eval('talk.ask("again", "again")')) == 'again', 'not opened again')
    count = await within(page.eval(f'talk.many({MANY})'))
    print(f'# {MANY} channels, {count} ids', flush=True)


async def channels(name):
    if not browsers.installed(name):
        skip(f'{name} is not installed')
    browser = await browsers.open_browser(name, TALK,
                                          lambda line: print(f'# {name} says: {line}', flush=True))
    opened = 1 + 1 + 3 + 1 + MANY       # chat, from-us, options, again, many
    try:
        with Program(os.environ['RTC_TALKER']) as talker:
            for number, with_media in enumerate([True, False], 1):
                page = await browser.new_page()
                await talk_once(page, talker, with_media)
                await becomes(talker, opened=opened * number, errors=0)
                # The rest closes with the session.
                await within(page.eval('talk.leave()'))
                await becomes(talker, sessions=0, closed=opened * number)
                await page.close()
    finally:
        await browser.close()


if __name__ == '__main__':
    try:
        asyncio.run(channels(sys.argv[1]))
    except (AssertionError, asyncio.TimeoutError) as error:
        print(f'FAILED: {error or "it took too long"}')
        sys.exit(1)
