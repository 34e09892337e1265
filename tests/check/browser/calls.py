#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""calls.py - real browsers call webrtcsrc and webrtcrecorder: calls.py CASE BROWSER [CODEC [ENDING]].

Cases: record, device, names, decoded, screen, troubles, again, readme (see the functions). BROWSER is
chromium or firefox, CODEC is VP8, VP9, H264 or AV1, ENDING is button, close, lost (closed, and the
DELETE is lost) or reload. Exit code 0 passed, 1 failed, 77 skipped with the reason.
"""
import asyncio
import json
import math
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import urllib.parse
import wave

HERE = os.path.dirname(os.path.abspath(__file__))

try:
    import browser as browsers
except ModuleNotFoundError as missing:
    print(f'skipped: {missing} (apt-get install python3-websockets)')
    sys.exit(77)
from recorded import analyse, check_recording, check_sound, expect
from source import Callee

SLOW_SECONDS = 30           # every wait; the machines that run this may be busy
FINISH_SECONDS = 5          # from the end of a call to the finished file
CALL_FRAMES = 180           # 6 s of a call
README_PORT = 8080
HERTZ = {'chromium': 1000, 'firefox': 440}

with open(os.path.join(HERE, 'caller.js'), encoding='utf-8') as text:
    CALLER = text.read()


def skip(reason):
    print(f'skipped: {reason}')
    sys.exit(77)


async def open_browser(name, settings='', flags=()):
    """settings is JavaScript that sets caller's fields."""
    if not browsers.installed(name):
        skip(f'{name} is not installed')
    return await browsers.open_browser(
        name, CALLER + settings, lambda line: print(f'# {name} says: {line}', flush=True), flags)


# -- A call ------------------------------------------------------------------------------------------

async def dial(page, url, codec=None):
    """Opens the publisher page, chooses the codec and starts; returns when it is live."""
    await page.goto(f'{url}?codec={codec}' if codec else url)
    await page.wait_for('window.rtcPublisher && document.readyState === "complete"', SLOW_SECONDS)
    if codec:
        if not await page.eval('RTCRtpSender.getCapabilities("video").codecs.some('
                               f'(c) => c.mimeType === "video/{codec}")'):
            skip(f'this browser sends no {codec}')
    await page.eval('document.getElementById("start").click()')
    await live(page)


async def live(page):
    state = await page.wait_for(
        '["live", "failed"].includes(rtcPublisher.state) && rtcPublisher', SLOW_SECONDS)
    expect(state['state'] == 'live', f'the page says {state["error"]}')


async def talk(page, frames=CALL_FRAMES):
    """Until so many frames more were sent."""
    before = await page.wait_for('caller.sent()', SLOW_SECONDS)
    return await page.wait_for(
        f'caller.sent().then((s) => s && s.frames >= {before.get("frames", 0) + frames} && s)',
        SLOW_SECONDS)


async def stand_still(page):
    """The camera stops; returns what was sent when all of it was."""
    await page.eval('caller.running = false')
    last, same = None, 0
    while same < 8:
        sent = await page.eval('caller.sent()')
        same = same + 1 if last and sent['frames'] == last['frames'] else 0
        last = sent
        await asyncio.sleep(0.05)
    return last


async def end_call(page, ending):
    if ending == 'button':
        await page.eval('document.getElementById("stop").click()')
    elif ending in ('close', 'lost'):
        await page.eval(f'caller.loseDelete = {json.dumps(ending == "lost")}')
        await page.close()
    else:
        await page.eval('location.reload()')


async def wait_until(condition, seconds, what):
    """Asks every 50 ms; returns what condition() did."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while True:
        result = condition()
        if result:
            return result
        expect(loop.time() < end, f'not within {seconds} s: {what}')
        await asyncio.sleep(0.05)


async def finished(callee, number=1):
    """The messages of that many finished recordings."""
    begun = asyncio.get_running_loop().time()
    messages = await wait_until(
        lambda: (lambda all: all if len(all) >= number else None)(callee.ask()['finished']),
        FINISH_SECONDS, f'{number} finished recordings')
    print(f'# finished {asyncio.get_running_loop().time() - begun:.2f} s after the call')
    return messages


# -- Cases ------------------------------------------------------------------------------------------

async def record(name, codec, ending):
    """A call of one codec ends in a file that holds all of it."""
    folder = tempfile.mkdtemp(prefix='rtc-calls-')
    browser = await open_browser(name)
    try:
        page = await browser.new_page()
        with Callee('record', folder) as callee:
            await dial(page, callee.page, codec)
            await talk(page)
            exact = ending == 'button'
            sent = await (stand_still(page) if exact else page.eval('caller.sent()'))
            expect(sent['mimeType'].lower() == f'video/{codec.lower()}', f'sends {sent["mimeType"]}')
            print(f'# sent {sent}')
            await end_call(page, ending)
            message = (await finished(callee))[0]
            check_recording(message['location'], codec, sent, HERTZ[name], exact)
    finally:
        await browser.close()
        shutil.rmtree(folder, ignore_errors=True)


def write_camera(path, width, height, frames):
    """A Y4M file of numbered frames, as testsource.c numbers them; a flash begins each second."""
    row = width // 10
    with open(path, 'wb') as out:
        out.write(b'YUV4MPEG2 W%d H%d F30:1 Ip A1:1 C420jpeg\n' % (width, height))
        for number in range(frames):
            bits = [number >> (15 - i) & 1 for i in range(16)]
            lines = [b''.join((b'\xeb' if bit == white else b'\x10') * (width // 16) for bit in bits)
                     for white in (1, 0)]
            rest = (b'\xeb' if number % 30 < 3 else b'\x10') * width
            out.write(b'FRAME\n' + lines[0] * row + lines[1] * row + rest * (height - 2 * row)
                      + b'\x80' * (width * height // 2))


def write_tone(path, hertz, seconds):
    """A WAV file with a steady tone."""
    with wave.open(path, 'wb') as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48000)
        out.writeframes(b''.join(
            struct.pack('<h', int(12000 * math.sin(2 * math.pi * hertz * i / 48000)))
            for i in range(48000 * seconds)))


async def device(name):
    """The browser's own capture, from files: no frame, no pitch is lost on the way from a camera."""
    folder = tempfile.mkdtemp(prefix='rtc-calls-')
    loop = 300
    write_camera(os.path.join(folder, 'camera.y4m'), 320, 240, loop)
    write_tone(os.path.join(folder, 'tone.wav'), 440, 1)
    browser = await open_browser(name, 'caller.device = true;', [
        '--use-fake-ui-for-media-stream',
        f'--use-file-for-fake-video-capture={folder}/camera.y4m',
        f'--use-file-for-fake-audio-capture={folder}/tone.wav'])
    try:
        page = await browser.new_page()
        with Callee('record', os.path.join(folder, 'out')) as callee:
            os.mkdir(os.path.join(folder, 'out'))
            await page.goto(callee.page)
            await page.wait_for('window.rtcPublisher', SLOW_SECONDS)
            # Clean-up of speech would take a steady tone for noise.
            await page.eval('document.getElementById("voice").checked = false')
            await page.eval('document.getElementById("quality").value = "low"')
            await page.eval('document.getElementById("start").click()')
            await live(page)
            sent = await talk(page)
            await end_call(page, 'button')
            path = (await finished(callee))[0]['location']
            result = analyse(path, loop)
            expect(result['eos'] and not result['error'], f'it does not play: {result["error"]}')
            expect(result['frames'] >= sent['frames'],
                   f'over {sent["frames"]} frames were sent, {result["frames"]} are there')
            expect(result['unreadable'] == 0 and result['non_monotonic'] == 0, 'torn or backward')
            print(f'# {result["missing"]} numbers were skipped by the browser: {sent}')
            expect(abs(result['pitch_hz'] - 440) <= 4.4, f'the tone has {result["pitch_hz"]} Hz')
            expect(result['loud_share'] > 0.8, 'the steady tone has holes')
    finally:
        await browser.close()
        shutil.rmtree(folder, ignore_errors=True)


async def names(name):
    """Two callers at once, one with a nasty name: two files, both below the folder. The codec chosen
    on the page is the one that is sent."""
    outside = tempfile.mkdtemp(prefix='rtc-calls-')
    folder = os.path.join(outside, 'recordings')
    os.mkdir(folder)
    browser = await open_browser(name)
    try:
        with Callee('record', folder) as callee:
            pages = []
            for caller, codec in (('Anna', 'VP9'), ('../../<b>x', 'H264')):
                page = await browser.new_page()
                await dial(page, f'{callee.page}?codec={codec}&name={urllib.parse.quote(caller, safe="")}')
                expect(await page.eval('document.getElementById("name").value') == caller,
                       'the name is not in its field')
                expect(await page.eval('document.querySelectorAll("b").length') == 0,
                       'the name became markup')
                pages.append(page)
            for page in pages:
                await talk(page, 60)
            for page in pages:
                await end_call(page, 'button')
            messages = await finished(callee, 2)
        expect(sorted(os.listdir(outside)) == ['recordings'], f'outside: {os.listdir(outside)}')
        files = os.listdir(folder)
        expect(all(re.fullmatch(r'[A-Za-z0-9._%-]+', file) for file in files), f'unsafe: {files}')
        expect(sorted(m['peer-id'] for m in messages) == ['../../<b>x', 'Anna'],
               f'callers: {[m["peer-id"] for m in messages]}')
        for message in messages:
            expect(os.path.dirname(os.path.realpath(message['location'])) == os.path.realpath(folder),
                   f'{message["location"]} is not in the folder')
            result = analyse(message['location'])
            expect(result['eos'] and result['frames'] >= 60, 'too little was recorded')
            expect(result['video_codec'] == ('VP9' if message['peer-id'] == 'Anna' else 'H264'),
                   f'{message["peer-id"]} sent {result["video_codec"]}')
    finally:
        await browser.close()
        shutil.rmtree(outside, ignore_errors=True)


async def live_call(callee, condition, what):
    """The newest call's reading, once condition(reading) holds."""
    return await wait_until(
        lambda: (lambda calls: calls[-1] if calls and condition(calls[-1]) else None)(
            callee.ask()['calls']), SLOW_SECONDS, what)


async def decoded(name):
    """webrtcsrc decodes picture and sound in step; mute, camera stop and another camera show."""
    browser = await open_browser(name)
    try:
        page = await browser.new_page()
        with Callee('live') as callee:
            await dial(page, callee.page)
            await talk(page)
            got = await live_call(callee, lambda c: c['frames'] >= CALL_FRAMES, 'decoded frames')
            print(f'# {got}')
            sent = await page.eval('caller.sent()')
            expect(got['non_monotonic'] == 0 and got['unreadable'] == 0, 'torn or backward frames')
            expect(got['missing'] <= sent['number'] - sent['encoded'],
                   f'{got["missing"]} frames are missing')
            expect(got['video_gap'] * 1000 <= sent['longestPause'] + 300,
                   f'frozen for {got["video_gap"]} s')
            check_sound(got, HERTZ[name])

            await page.eval('document.getElementById("mute").click()')
            await talk(page, 30)        # what was on its way has arrived
            before = (await live_call(callee, bool, 'a call'))['beeps']
            await talk(page, 75)
            after = (await live_call(callee, bool, 'a call'))['beeps']
            expect(after <= before + 1, f'{after - before} beeps while muted')
            await page.eval('document.getElementById("mute").click()')
            await live_call(callee, lambda c: c['beeps'] > after + 1, 'sound after unmuting')

            before = await live_call(callee, bool, 'a call')
            await page.eval('document.getElementById("hide").click()')
            await live_call(callee, lambda c: c['unreadable'] > 0, 'black frames')
            await page.eval('document.getElementById("hide").click()')
            shown = await live_call(callee, lambda c: c['last_counter'] > before['last_counter'] + 60,
                                    'numbers after the camera came back')

            await page.eval('caller.resize(480, 360)')
            expect(await page.eval('rtcPublisher.replaceDevice("video", "")'), 'no other camera')
            await live_call(callee, lambda c: c['last_width'] == 480
                            and c['last_counter'] > shown['last_counter'] + 30, 'the other camera')

            await page.eval('rtcPublisher.restart()')
            await page.wait_for('rtcPublisher.state === "live" && rtcPublisher.restarts === 1',
                                SLOW_SECONDS)
            number = (await live_call(callee, bool, 'a call'))['last_counter']
            await live_call(callee, lambda c: c['last_counter'] > number + 60, 'frames after a restart')
            expect(await page.eval('rtcPublisher.calls') == 1, 'that took a new call')
            expect(callee.ask()['added'] == 1, 'that took a new session')
            await end_call(page, 'button')
            await wait_until(lambda: callee.ask()['removed'] == 1, SLOW_SECONDS, 'the end')
            await live_call(callee, lambda c: c['eos'], 'pads removed')
    finally:
        await browser.close()


async def screen(name):
    """The screen with a microphone, until sharing is stopped in the browser's own bar."""
    browser = await open_browser(name, 'caller.device = true;', ['--use-fake-ui-for-media-stream'])
    try:
        page = await browser.new_page()
        with Callee('live') as callee:
            await page.goto(callee.page + '?source=screen')
            await page.wait_for('window.rtcPublisher', SLOW_SECONDS)
            expect(await page.eval('document.getElementById("camera").offsetParent === null'),
                   'a camera can be chosen for the screen')
            await page.eval('document.getElementById("start").click()')
            await live(page)
            surface = await page.eval('caller.latest().getSenders().map((s) => s.track)'
                                      '.find((t) => t.kind === "video").getSettings().displaySurface')
            expect(surface, 'what is sent is no screen')
            got = await live_call(callee, lambda c: c['frames'] >= 20 and c['first_audio'] is not None,
                                  'screen and sound')
            print(f'# {surface} of {got["width"]}x{got["height"]}')
            await page.eval('caller.latest().getSenders().map((s) => s.track)'
                            '.find((t) => t.kind === "video").dispatchEvent(new Event("ended"))')
            await says(page, 'sharing was stopped')
            await wait_until(lambda: callee.ask()['removed'] == 1, SLOW_SECONDS, 'the end')
    finally:
        await browser.close()


async def says(page, pattern):
    """The page tells its user something that matches."""
    return await page.wait_for(
        f'((text) => /{pattern}/i.test(text) && text)(document.body.innerText)', SLOW_SECONDS)


async def troubles(name):
    """What goes wrong is said in words: token, permission, no camera, busy, no codec, too many."""
    browser = await open_browser(name)
    try:
        page = await browser.new_page()
        with Callee('live', 'auth-token=sesame', 'max-sessions=1') as callee:
            await page.goto(callee.page)
            await says(page, 'access token')
            for token, answer in (('wrong', 'refused'), ('sesame', 'live')):
                await page.eval(f'document.getElementById("token").value = "{token}"')
                await page.eval('document.getElementById("token-form").requestSubmit()')
                await says(page, answer)
            expect('sesame' not in await page.eval('location.href'), 'the token is in the address')
            other = await browser.new_page()
            await other.goto(callee.page + '#token=sesame&autostart')
            await says(other, 'busy')
            expect(await other.eval('location.href') == callee.page + '#autostart',
                   'the token stays in the address')
            await end_call(page, 'button')
            await live(other)           # by itself, once there is room
            await end_call(other, 'button')
            await wait_until(lambda: callee.ask()['removed'] == 2, SLOW_SECONDS, 'the end')
        with Callee('live', 'video-codecs="<(string)H265>"') as callee:
            for error, answer in (('NotAllowedError', 'not allowed'), ('NotFoundError', 'no camera'),
                                  ('NotReadableError', 'busy')):
                await page.goto(callee.page)
                await page.wait_for('window.rtcPublisher', SLOW_SECONDS)
                await page.eval(f'caller.deny = "{error}"')
                await page.eval('document.getElementById("start").click()')
                await says(page, answer)
            await page.eval('caller.deny = null')
            await page.eval('document.getElementById("start").click()')
            await says(page, 'no common codec')
            await page.eval('rtcPublisher.stop()')
            await page.eval('caller.lacks = "video"')
            await page.eval('document.getElementById("start").click()')
            await says(page, 'without a picture')
            await live(page)
            await live_call(callee, lambda c: c['first_audio'] is not None, 'sound alone')
            await page.eval('rtcPublisher.stop(), caller.lacks = null')
            if name == 'chromium':      # the browser itself says no
                for permission in ('camera', 'microphone'):
                    await browser.permit(permission, 'denied', callee.page.rstrip('/'))
                await page.eval('caller.device = true')
                await page.eval('document.getElementById("start").click()')
                await says(page, 'not allowed')
                await page.eval('caller.device = false')
    finally:
        await browser.close()


async def again(name):
    """The server dies in the middle of a call: the page calls again when it is back, and what was
    recorded until then plays."""
    folder = tempfile.mkdtemp(prefix='rtc-calls-')
    browser = await open_browser(name)
    try:
        page = await browser.new_page()
        with Callee('record', folder) as callee:
            await dial(page, callee.page)
            await talk(page, 90)
            port = urllib.parse.urlsplit(callee.page).port
            before = await page.eval('caller.sent()')
            callee.kill()
        await page.wait_for('rtcPublisher.state === "reconnecting"', SLOW_SECONDS)
        cut = analyse(os.path.join(folder, recordings(folder)[0]))
        print(f'# {before["frames"]} frames were sent before the kill')
        expect(cut['frames'] >= before['frames'] - 30, f'only {cut["frames"]} frames are left')
        with Callee('record', folder, f'web-server-host-addr=http://127.0.0.1:{port}/') as callee:
            await live(page)
            expect(await page.eval('rtcPublisher.calls') == 2, 'not a second call')
            await talk(page, 60)
            await end_call(page, 'button')
            result = analyse((await finished(callee))[0]['location'])
            expect(result['eos'] and result['frames'] >= 60, 'the second call was not recorded')
    finally:
        await browser.close()
        shutil.rmtree(folder, ignore_errors=True)


def recordings(folder):
    return sorted(file for file in os.listdir(folder) if file.endswith(('.webm', '.mp4')))


class Launched:
    """A pipeline of the README, as printed, but for the window: without a display DirectFB crashes
    under autovideosink."""

    def __init__(self, element):
        with open(os.path.join(HERE, '..', '..', '..', 'README.md'), encoding='utf-8') as text:
            found = [p for p in re.findall(r'```sh\n(gst-launch-1\.0 .*?)\n```', text.read(), re.DOTALL)
                     if re.search(rf'(^| ){element}( |$)', p)]
        expect(found, f'the README prints no pipeline with {element}')
        print(f'# {found[0]}')
        command = found[0].replace('autovideosink', 'fakesink')
        self.process = subprocess.Popen('exec ' + command, shell=True, start_new_session=True,
                                        stdout=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def interrupt(self):
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(SLOW_SECONDS)
        expect(code == 0, f'gst-launch-1.0 ended with {code}')

    def __exit__(self, kind, *rest):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


async def readme(name):
    """The README's lines for callers work as printed: a browser is shown, it is recorded, and so is a
    WHIP client that is none."""
    with socket.socket() as taken:
        if taken.connect_ex(('127.0.0.1', README_PORT)) == 0:
            skip(f'port {README_PORT}, which the README uses, is taken')
    url = f'http://127.0.0.1:{README_PORT}/'
    before = set(recordings('/tmp'))
    browser = await open_browser(name)
    try:
        page = await browser.new_page()
        with Launched('webrtcsrc') as pipeline:
            await open_when_served(page, url, pipeline.process)
            await dial(page, url)
            await talk(page, 30)
            pipeline.interrupt()        # a hang-up would end it, too: the only sink is at its end
            await end_call(page, 'button')
        with Launched('webrtcrecorder') as recorder:
            await open_when_served(page, url, recorder.process)
            await dial(page, url)
            await talk(page, 60)
            await end_call(page, 'button')
            before_client = set(recordings('/tmp'))
            with Launched('whipclientsink') as client:
                await wait_until(
                    lambda: any(os.path.getsize(f'/tmp/{file}') > 40000
                                for file in set(recordings('/tmp')) - before_client),
                    SLOW_SECONDS, 'a second recording of some size')
                client.process.send_signal(signal.SIGINT)
                client.process.wait(SLOW_SECONDS)
            recorder.interrupt()
        expect(len(set(recordings('/tmp')) - before) == 2, 'not two recordings')
        for file in set(recordings('/tmp')) - before:
            result = analyse(f'/tmp/{file}')
            expect(result['eos'] and result['frames'] >= 30, f'{file} holds too little')
    finally:
        await browser.close()
        for file in set(recordings('/tmp')) - before:
            for path in (f'/tmp/{file}', f'/tmp/{os.path.splitext(file)[0]}.json'):
                if os.path.exists(path):
                    os.remove(path)


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


CASES = {f.__name__: f for f in (record, device, names, decoded, screen, troubles, again,
                                   readme)}

if __name__ == '__main__':
    try:
        asyncio.run(CASES[sys.argv[1]](*sys.argv[2:]))
    except AssertionError as error:
        print(f'FAILED: {error}')
        sys.exit(1)
