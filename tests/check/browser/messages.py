#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""messages.py - the built-in pages and data pads in real browsers: messages.py BROWSER.

The viewer page shows a ticking text and answers it, which another viewer reads; numbers are drawn; mouse and keys on its picture become events
upstream; what the publisher page says comes out of webrtcsrc. Exit code 0 passed, 1 failed, 77
skipped with the reason.
"""
import asyncio
import os
import sys

from calls import CALLER, dial
from checks import SLOW_SECONDS, browsers, expect, skip
from source import Program

EVENTS = '''(() => {
  const video = document.getElementById('video');
  const box = video.getBoundingClientRect();
  const scale = Math.min(box.width / video.videoWidth, box.height / video.videoHeight);
  const at = (x, y, button) => ({ button, bubbles: true, cancelable: true,
    clientX: box.left + box.width / 2 + (x - video.videoWidth / 2) * scale,
    clientY: box.top + box.height / 2 + (y - video.videoHeight / 2) * scale });
  video.dispatchEvent(new MouseEvent('mousemove', at(40, 30, 0)));
  video.dispatchEvent(new MouseEvent('mousedown', at(120, 90, 2)));
  video.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', code: 'ArrowLeft', bubbles: true, cancelable: true }));
  video.dispatchEvent(new KeyboardEvent('keyup', { key: 'a', code: 'KeyA', bubbles: true, cancelable: true }));
  return true;
})()'''


async def becomes(program, name, wanted):
    """The program has these texts under that name before long."""
    end = asyncio.get_running_loop().time() + SLOW_SECONDS
    while (seen := program.ask()[name]) != wanted:
        expect(asyncio.get_running_loop().time() < end, f'{name}: {seen}, expected {wanted}')
        await asyncio.sleep(0.05)


async def view(page, program):
    await page.goto(program.page)
    await page.wait_for('window.rtcMessages && (rtcMessages.received.clock || []).length >= 3', SLOW_SECONDS)
    ticks = await page.eval('rtcMessages.received.clock')
    first = int(ticks[0].split()[1])
    expect(ticks == [f'tick {first + i}' for i in range(len(ticks))], f'{ticks}')
    shown = await page.eval('document.getElementById("messages-log").textContent')
    expect('clock > tick' in shown, f'the page shows "{shown}"')
    await page.eval('document.getElementById("messages-text").value = "h\u00e4llo"')
    await page.eval('document.getElementById("messages-form").requestSubmit()')
    await becomes(program, 'answered', ['h\u00e4llo'])


async def chat(page, other, program):
    """Another viewer reads what the first one says, which does not hear itself."""
    await other.goto(program.page)
    await other.wait_for('window.rtcMessages && "clock" in rtcMessages.received', SLOW_SECONDS)
    expect(await page.eval('rtcMessages.say("who is there?", "clock")'), 'nothing could be said')
    await other.wait_for('rtcMessages.received.clock.includes("who is there?")', SLOW_SECONDS)
    expect('who is there?' not in await page.eval('rtcMessages.received.clock'), 'who speaks hears himself')


async def plots(page):
    await page.wait_for('window.rtcPlots && rtcPlots["sensor load"]?.values.length >= 3', SLOW_SECONDS)
    values = await page.eval('rtcPlots["sensor load"].values')
    expect(all(value % 1 == 0.5 for value in values), f'{values}')
    expect(await page.eval('Object.keys(rtcPlots).length') == 1, 'text is drawn')
    drawn = await page.eval('rtcPlots["sensor load"].canvas.getContext("2d")'
                            '.getImageData(0, 0, 240, 64).data.some((byte) => byte > 0)')
    expect(drawn, 'the curve is empty')


async def control(page, program):
    await page.wait_for('rtcControl.isActive && document.getElementById("video").videoWidth > 0', SLOW_SECONDS)
    await page.eval(EVENTS)
    await becomes(program, 'events', ['move 40 30', 'button 3 120 90', 'key Left', 'key a'])
    await page.wait_for('rtcControl.answered === 4', SLOW_SECONDS)
    expect(await page.eval('rtcControl.refused') == 0, 'an event was refused')


async def call(page, program):
    await dial(page, program.endpoint)
    await page.wait_for('rtcMessages.say("from the page")', SLOW_SECONDS)
    await becomes(program, 'called', ['from the page'])


async def messages(name):
    if not browsers.installed(name):
        skip(f'{name} is not installed')
    browser = await browsers.open_browser(name, CALLER,
                                          lambda line: print(f'# {name} says: {line}', flush=True))
    try:
        with Program(os.environ['RTC_MESSENGER']) as program:
            page = await browser.new_page()
            await view(page, program)
            await plots(page)
            await chat(page, await browser.new_page(), program)
            await control(page, program)
            await page.close()
            if name == 'chromium':      # one is enough for what the server does
                await call(await browser.new_page(), program)
    finally:
        await browser.close()


if __name__ == '__main__':
    try:
        asyncio.run(messages(sys.argv[1]))
    except (AssertionError, asyncio.TimeoutError) as error:
        print(f'FAILED: {error or "it took too long"}')
        sys.exit(1)
