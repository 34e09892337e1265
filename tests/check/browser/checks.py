#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""checks.py - real browsers watch webrtcsink: checks.py CASE [BROWSER [CODEC]].

Cases: play, rejoin, reload, many, keyframe, startup, mux, tcp, crowd, readme (see the functions). BROWSER is chromium or
firefox, CODEC is VP8, VP9, H264 ... Exit code 0 passed, 1 failed, 77 skipped with the reason.
"""
import asyncio
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

try:
    import browser as browsers
except ModuleNotFoundError as missing:
    print(f'skipped: {missing} (apt-get install python3-websockets)')
    sys.exit(77)
from source import Source

CAPS = {'VP8': 'video/x-vp8', 'VP9': 'video/x-vp9', 'H264': 'video/x-h264', 'AV1': 'video/x-av1',
        'H265': 'video/x-h265'}
FIRST_FRAME_MS = 500        # from the connection's making to the first frame shown, Chromium
README_PORT = 8080
FULL = 'RTC_TEST_FULL' in os.environ
CROWD = 300 if FULL else 50     # generated viewers beside a browser
CROWD_SECONDS = 10 if FULL else 4
CROWD_BY = {'chromium': 'udp', 'firefox': 'tcp'}    # unless FULL: one each, both with both
SLOW_SECONDS = 30           # every wait; the machines that run this may be busy

with open(os.path.join(HERE, 'probe.js'), encoding='utf-8') as text:
    PROBE = text.read()


# What Debian 12's GStreamer may lack; browsers may have it all the same.
PAYLOADERS = {'AV1': 'rtpav1pay', 'H265': 'rtph265pay'}


def skip(reason):
    print(f'skipped: {reason}')
    sys.exit(77)


def only(codec):
    return f'video-caps={CAPS[codec]}'


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


async def open_browser(name, codec=None, transport=None):
    if not browsers.installed(name):
        skip(f'{name} is not installed')
    preload = PROBE + (f'probe.codec = "video/{codec}";' if codec else '')
    preload += f'probe.transport = "{transport}";' if transport else ''
    return await browsers.open_browser(name, preload,
                                       lambda line: print(f'# {name} says: {line}', flush=True))


async def can_decode(page, codec):
    return await page.eval(
        'RTCRtpReceiver.getCapabilities("video").codecs.some('
        f'(c) => c.mimeType.toLowerCase() === "video/{codec.lower()}")')


async def start_watching(page, url):
    await page.goto(url)
    await page.wait_for('window.probe && document.readyState === "complete"', SLOW_SECONDS)
    await page.wait_for('probe.press() && probe.frame() >= 0', SLOW_SECONDS)


async def frames_grow(page, count=30):
    """The number in the picture goes up by at least count; returns (first, last)."""
    first = await page.wait_for('probe.frame() >= 0 && [probe.frame()]', SLOW_SECONDS)
    last = await page.wait_for(
        f'((f) => f >= {first[0] + count} && [f])(probe.frame())', SLOW_SECONDS)
    return first[0], last[0]


async def watch_fully(page, codec):
    """Picture, sound and statistics agree that this page plays codec, without a freeze.

    The first second may see the decoder warm up; the one after it has to be clean."""
    level = await page.wait_for('probe.sound().then((l) => l > 0.01 && l)', SLOW_SECONDS)
    for _ in range(2):
        before = await page.wait_for('probe.stats()', SLOW_SECONDS)
        first, last = await frames_grow(page)
        after = await page.wait_for(
            f'probe.stats().then((s) => s.framesDecoded >= {before["framesDecoded"]} + 15 && s)',
            SLOW_SECONDS)
        freezes = after.get('freezeCount', 0) - before.get('freezeCount', 0)
        print(f'# frames {first} to {last}, sound {level:.3f}, decoded '
              f'{after["framesDecoded"] - before["framesDecoded"]} of {after["mimeType"]}, '
              f'{after["frameWidth"]}x{after["frameHeight"]}, lost {after.get("packetsLost")}, '
              f'{freezes} freezes', flush=True)
        expect(after['state'] == 'connected', f'connectionState is {after["state"]}')
        if codec:
            expect(after['mimeType'].lower() == f'video/{codec.lower()}',
                   f'plays {after["mimeType"]}')
        if freezes == 0:
            return
    raise AssertionError('the picture freezes')


async def sessions_become(source, number):
    """The source counts that many sessions before long."""
    end = asyncio.get_running_loop().time() + SLOW_SECONDS
    while source.ask()['sessions'] != number:
        expect(asyncio.get_running_loop().time() < end,
               f'{source.ask()["sessions"]} sessions, expected {number}')
        await asyncio.sleep(0.1)


async def play(name, codec):
    """The built-in page plays one codec: picture, sound, statistics."""
    if codec in PAYLOADERS and subprocess.run(
            ['gst-inspect-1.0', PAYLOADERS[codec]], check=False, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL).returncode:
        skip(f'this GStreamer has no {PAYLOADERS[codec]}')
    browser = await open_browser(name)
    try:
        page = await browser.new_page()
        await page.goto('about:blank')
        if not await can_decode(page, codec):
            skip(f'this {name} has no {codec} decoder for WebRTC')
        with Source(only(codec)) as source:
            await start_watching(page, source.page)
            await watch_fully(page, codec)
            await page.close()
            await sessions_become(source, 0)
    finally:
        await browser.close()


async def rejoin(name, _codec):
    """Viewers leave and come back; the one who stays does not notice."""
    browser = await open_browser(name)
    try:
        with Source(only('VP8')) as source:
            staying = await browser.new_page()
            await start_watching(staying, source.page)
            for _ in range(3):
                coming = await browser.new_page()
                await start_watching(coming, source.page)
                await frames_grow(coming, 15)
                await sessions_become(source, 2)
                await coming.close()
                await sessions_become(source, 1)
            await watch_fully(staying, 'VP8')
    finally:
        await browser.close()


async def reload(name, _codec):
    """Reloading the page plays again and leaves no session behind."""
    browser = await open_browser(name)
    try:
        with Source(only('VP8')) as source:
            page = await browser.new_page()
            for _ in range(3):
                await start_watching(page, source.page)
                await frames_grow(page, 15)
                await sessions_become(source, 1)
            await watch_fully(page, 'VP8')
    finally:
        await browser.close()


async def many(_name, _codec):
    """Several viewers of one source at once, in two browsers and three codecs."""
    opened = []
    try:
        with Source('video-caps=video/x-vp8;video/x-vp9;video/x-h264') as source:
            pages = []
            for name, codec in [('chromium', 'VP9'), ('chromium', 'H264'), ('firefox', 'VP8')]:
                browser = await open_browser(name, codec)
                opened.append(browser)
                page = await browser.new_page()
                await start_watching(page, source.page)
                pages.append((page, codec))
            await sessions_become(source, len(pages))
            for page, codec in pages:
                await watch_fully(page, codec)
    finally:
        for browser in opened:
            await browser.close()


async def keyframe(name, _codec):
    """A PLI from the browser brings a key frame."""
    browser = await open_browser(name)
    try:
        with Source(only('VP8')) as source:
            page = await browser.new_page()
            await start_watching(page, source.page)
            await frames_grow(page, 45)
            before = await page.eval('probe.stats()')
            said = await page.eval('probe.requestKeyFrame()')
            if said is None:
                skip(f'{name} lets this page make no RTCRtpScriptTransform to ask with')
            expect(said == 'sent', f'the browser sent no PLI: {said}')
            after = await page.wait_for(
                'probe.stats().then((s) => '
                f's.keyFramesDecoded > {before["keyFramesDecoded"]} && s)', SLOW_SECONDS)
            expect(after['pliCount'] > before['pliCount'], 'no PLI was counted')
            print(f'# PLI {before["pliCount"]} to {after["pliCount"]}, '
                  f'key frames {before["keyFramesDecoded"]} to {after["keyFramesDecoded"]}')
    finally:
        await browser.close()


async def startup(name, _codec):
    """From the page's making of the connection to its first frame: the median of five.

    The load before them warms up the browser and starts the encoder."""
    browser = await open_browser(name)
    try:
        with Source(only('VP8')) as source:
            times = []
            for _ in range(6):
                page = await browser.new_page()
                await start_watching(page, source.page)
                times.append(await page.wait_for(
                    'probe.firstFrameAt && probe.firstFrameAt - probe.createdAt', SLOW_SECONDS))
                await page.close()
            median = statistics.median(times[1:])
            print(f'# first frame after {", ".join(f"{t:.0f}" for t in times)} ms, '
                  f'median without the first {median:.0f} ms')
            expect(median <= FIRST_FRAME_MS, f'median {median:.0f} ms, limit {FIRST_FRAME_MS} ms')
    finally:
        await browser.close()


def free_port():
    """Of both UDP and TCP."""
    while True:
        with (socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as udp,
              socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as tcp):
            udp.bind(('::', 0))
            try:
                tcp.bind(('::', udp.getsockname()[1]))
            except OSError:
                continue
            return udp.getsockname()[1]


async def mux(name, _codec, transport=None):
    """All viewers on one port (udp-mux-port): pages play, come back and go. They can use UDP and
    TCP, which they take last, or one of the two only."""
    port = free_port()
    browser = await open_browser(name, transport=transport)
    try:
        with Source(only('VP8'), f'udp-mux-port={port}') as source:
            pages = [await browser.new_page() for _ in range(2)]
            for page in pages:
                await start_watching(page, source.page)
            threads = source.ask()['threads']
            await sessions_become(source, 2)
            await start_watching(pages[0], source.page)     # again: a reload
            for page in pages:
                await watch_fully(page, 'VP8')
                path = await page.wait_for('probe.path()', SLOW_SECONDS)
                print(f'# {path}')
                expect(path['remote'] == port, f'media comes from port {path["remote"]}')
                expect(path['protocol'] == (transport or 'udp'),
                       f'media comes by {path["protocol"]}')
            expect(source.ask()['threads'] <= threads, 'a viewer costs a thread')
            for page in pages:
                await page.close()
            await sessions_become(source, 0)
    finally:
        await browser.close()


async def tcp(name, codec):
    """As mux, where no UDP comes through."""
    await mux(name, codec, 'tcp')


async def crowd(name, _codec):
    """As mux and tcp, while generated viewers watch the same stream: 50, with RTC_TEST_FULL 300."""
    load = os.environ.get('RTC_LOAD', '')
    if not os.path.exists(load):
        skip('rtc-load is not built')
    for transport in ('udp', 'tcp') if FULL else (CROWD_BY[name],):
        port = free_port()
        browser = await open_browser(name, transport=transport)
        try:
            with Source(only('VP8'), f'udp-mux-port={port}', 'max-sessions=400') as source:
                await watch_among(source, browser, load, transport)
        finally:
            await browser.close()


async def watch_among(source, browser, load, transport):
    """One page and CROWD viewers of rtc-load, which has to have lost nothing either."""
    crowd_of = subprocess.Popen([load, '--viewers', str(CROWD), '--seconds', '90', '--json', '-',
                                 source.endpoint], stdout=subprocess.PIPE)
    try:
        await sessions_become(source, CROWD)
        page = await browser.new_page()
        await start_watching(page, source.page)
        await watch_fully(page, 'VP8')
        before = await page.eval('probe.stats()')
        shown = await page.eval(f'probe.intervals({CROWD_SECONDS})')
        after = await page.eval('probe.stats()')
        path = await page.eval('probe.path()')
        crowd_of.send_signal(signal.SIGINT)
        figures = json.loads(crowd_of.communicate(timeout=60)[0])
    finally:
        crowd_of.kill()
        crowd_of.wait()
    freezes = after.get('freezeCount', 0) - before.get('freezeCount', 0)
    lost = after['packetsLost'] - before['packetsLost']
    decoded = after['framesDecoded'] - before['framesDecoded']
    came = after['framesReceived'] - before['framesReceived']
    print(f'# {path["protocol"]}: {decoded} of {came} decoded in {CROWD_SECONDS} s, lost {lost}, '
          f'{freezes} freezes, {shown["pictures"]} shown, median {shown["median"]:.1f} ms, '
          f'p99 {shown["p99"]:.1f} ms, longest {shown["longest"]:.1f} ms; the other {CROWD}: '
          f'{figures["packets"]} packets, {figures["lost"]} lost', flush=True)
    expect(path['protocol'] == transport, f'media comes by {path["protocol"]}')
    expect(lost == 0, 'packets are lost')
    expect(decoded >= came - 3, 'pictures are missing')
    expect(figures['lost'] == 0, 'the others lose packets')
    expect(figures['playing'] == CROWD, f'only {figures["playing"]} of the others play')
    if not FULL:
        return      # how many the source makes, and when, depends on what else the machine does
    expect(freezes == 0, 'the picture suffers')
    expect(decoded >= CROWD_SECONDS * 30 - 5, 'pictures are too few')
    # When a page paints is the machine's matter: two cores encode, send and count 300 times, and
    # draw without a GPU. What a viewer would call a freeze is none of that.
    # A screen at 60 Hz may show them 17 and 50 ms by turns: only their number says something.
    expect(shown['pictures'] >= CROWD_SECONDS * 27, 'the page shows too few pictures')


def printed_pipelines():
    """The ```sh blocks of the README that are pipelines to watch; calls.py has the others."""
    with open(os.path.join(HERE, '..', '..', '..', 'README.md'), encoding='utf-8') as text:
        found = re.findall(r'```sh\n(gst-launch-1\.0 .*?)\n```', text.read(), re.DOTALL)
    return [pipeline for pipeline in found if 'webrtcsink' in pipeline]


async def readme(name, _codec):
    """Every pipeline in the README works as printed: a browser that opens its address plays it."""
    with socket.socket() as probe:
        if probe.connect_ex(('127.0.0.1', README_PORT)) == 0:
            skip(f'port {README_PORT}, which the README uses, is taken')
    pipelines = printed_pipelines()
    expect(len(pipelines) >= 5, f'the README prints {len(pipelines)} pipelines')
    browser = await open_browser(name)
    try:
        for pipeline in pipelines:
            print(f'# {pipeline}')
            process = subprocess.Popen('exec ' + pipeline, shell=True, start_new_session=True,
                                       stdout=subprocess.DEVNULL)
            try:
                page = await browser.new_page()
                await open_when_served(page, f'http://127.0.0.1:{README_PORT}/', process)
                await page.wait_for('window.probe && probe.press() && !!probe.video()',
                                    SLOW_SECONDS)
                await page.wait_for('probe.stats().then((s) => s && s.framesDecoded > 30)',
                                    SLOW_SECONDS)
                await page.close()
                process.send_signal(signal.SIGINT)
                expect(process.wait(SLOW_SECONDS) == 0, 'gst-launch-1.0 ended with an error')
            finally:
                process.kill()
                process.wait()
    finally:
        await browser.close()


async def open_when_served(page, url, process):
    end = asyncio.get_running_loop().time() + SLOW_SECONDS
    while True:
        expect(process.poll() is None, 'gst-launch-1.0 has ended')
        try:
            return await page.goto(url)
        except AssertionError:
            if asyncio.get_running_loop().time() > end:
                raise
            await asyncio.sleep(0.1)


CASES = {f.__name__: f for f in (play, rejoin, reload, many, keyframe, startup, mux, tcp, crowd, readme)}

if __name__ == '__main__':
    case, name, codec = (sys.argv[1:] + [None, None])[:3]
    try:
        asyncio.run(CASES[case](name or 'chromium', codec))
    except AssertionError as error:
        print(f'FAILED: {error}')
        sys.exit(1)
