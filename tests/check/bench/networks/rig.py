# SPDX-License-Identifier: LGPL-2.1-or-later
"""rig.py - one call over a bad network: its two ends, the relay between them, and what they noted.

A Call has a sender (webrtcsink, webrtcbin or libwebrtc: a page of Chromium's) and a receiver (a page
of Chromium's or Firefox's, or webrtcsrc), which talk through tests/check/net/link-proxy. Both write
down at which time they saw which picture, by one clock: time.monotonic(), in seconds. Signalling is
this program's: pages make and take whole descriptions, which go through the relay by WHEP or WHIP.

Environment: RTC_NETWORK_END, RTC_LINK_PROXY (programs), GST_PLUGIN_PATH.
"""
import asyncio
import contextlib
import csv
import http.client
import json
import os
import sys
import tempfile
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', '..', 'browser'))
import browser as browsers    # noqa: E402

START_SECONDS = 30
POLL_SECONDS = 0.25         # between two looks at the statistics
CLOCK_ROUNDS = 12
TRACE_FIELDS = 'time_ns', 'way', 'flow', 'event', 'value', 'arrival_ns', 'queue_ns'
PACKET_EVENTS = ('ok', 'dup', 'loss', 'queue', 'codel', 'mtu', 'hole', 'tap')

with open(os.path.join(HERE, 'ends.js'), encoding='utf-8') as text:
    ENDS = text.read()


class Program:
    """A program that prints a line of JSON first and for each line it is given, and ends with its
    input."""

    def __init__(self, *command):
        self.command = command

    async def __aenter__(self):
        self.process = await asyncio.create_subprocess_exec(
            *self.command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            limit=1 << 24)
        self.hello = await self.read()
        return self

    async def __aexit__(self, kind, *_):
        self.process.stdin.close()
        try:
            code = await asyncio.wait_for(self.process.wait(), START_SECONDS)
        except asyncio.TimeoutError:
            self.process.kill()
            code = 'none: it hung and was killed'
        if kind is None and code != 0:
            raise AssertionError(f'{os.path.basename(self.command[0])} ended with exit code {code}')

    async def read(self):
        while True:
            line = await asyncio.wait_for(self.process.stdout.readline(), START_SECONDS)
            if not line:
                raise AssertionError(f'{os.path.basename(self.command[0])} has ended')
            if line.startswith(b'{'):
                return json.loads(line)

    def tell(self, line):
        self.process.stdin.write(line.encode() + b'\n')

    async def ask(self, line=''):
        self.tell(line)
        return await self.read()


class Relay(Program):
    """The link. Ways are 'both', 'to-server' and 'to-client'; the client is who offers."""

    def __init__(self, upstream, link, seed, trace):
        server = urllib.parse.urlsplit(upstream)
        links = [word for way, spec in link.items() for word in (f'--{way}', spec)]
        super().__init__(os.environ['RTC_LINK_PROXY'], f'--seed={seed}', *links, f'--trace={trace}',
                         f'{server.scheme}://{server.netloc}/')
        self.path = server.path

    def _post(self, offer):
        """The answer and where the session is."""
        connection = http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=START_SECONDS)
        try:
            connection.request('POST', self.path, offer, {'Content-Type': 'application/sdp'})
            response = connection.getresponse()
            answer = response.read().decode()
            if response.status != 201:
                raise AssertionError(f'POST was answered {response.status}: {answer.strip()}')
            return answer
        finally:
            connection.close()

    async def post(self, offer):
        self.url = urllib.parse.urlsplit(self.hello['url'])
        return await asyncio.to_thread(self._post, offer)


class PageEnd:
    """A page with ends.js, in a browser of its own."""

    def __init__(self, name):
        self.name = name
        self.decoded = []       # numbers, where the browser tells

    async def __aenter__(self):
        self.browser = await browsers.open_browser(
            self.name, ENDS, lambda line: print(f'# {self.name} says: {line}', flush=True))
        try:
            self.server = await asyncio.start_server(self._serve, '127.0.0.1', 0)
            port = self.server.sockets[0].getsockname()[1]
            self.page = await self.browser.new_page()
            await self.page.goto(f'http://127.0.0.1:{port}/')
            await self.page.wait_for('!!(window.ends && document.body)', START_SECONDS)
            await self.set_clock()
        except BaseException:
            await self.browser.close()
            raise
        return self

    async def __aexit__(self, *_):
        self.server.close()
        await self.browser.close()

    async def _serve(self, reader, writer):
        """GET: an empty page. POST: an offer, which offered() answers."""
        try:
            head = (await reader.readuntil(b'\r\n\r\n')).decode()
            status, kind, body = '200 OK', 'text/html', b'<!doctype html><title>end</title><body></body>'
            if head.startswith('POST'):
                length = next(int(line.split(':')[1]) for line in head.split('\r\n')
                              if line.lower().startswith('content-length:'))
                offer = (await reader.readexactly(length)).decode()
                body = (await self.offered(offer)).encode()
                status, kind = '201 Created\r\nLocation: /whep/1', 'application/sdp'
            writer.write(f'HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n'
                         'Connection: close\r\n\r\n'.encode() + body)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def set_clock(self):
        """How far the page's clock is behind ours, by the quickest of some questions."""
        best = None
        for _ in range(CLOCK_ROUNDS):
            before = time.monotonic()
            page = await self.page.eval('performance.now()')
            after = time.monotonic()
            if best is None or after - before < best[0]:
                best = after - before, (before + after) / 2 - page / 1000
        self.offset = best[1]

    async def events(self):
        """(number, time) of what was noted since the last call."""
        taken = await self.page.eval('ends.take()')
        self.decoded += taken['decoded']
        return [(number, ms / 1000 + self.offset) for number, ms in taken['events']]

    async def stats(self):
        found = await self.page.eval('ends.stats()')
        found['time'] = found['ms'] / 1000 + self.offset
        return found


class PageSender(PageEnd):
    """A browser as a sender, behind a WHEP endpoint."""

    def __init__(self, name, cap):
        super().__init__(name)
        self.cap = cap

    async def offered(self, offer):
        return await self.page.eval(f'ends.answer({json.dumps(offer)}, {self.cap})')

    @property
    def endpoint(self):
        return f'http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}/whep'


class ProgramEnd(Program):
    """end.c, with its log."""

    def __init__(self, kind, *arguments):
        handle, self.path = tempfile.mkstemp(prefix='rtc-end-')
        os.close(handle)
        super().__init__(os.environ['RTC_NETWORK_END'], kind, self.path, *arguments)

    async def __aenter__(self):
        await super().__aenter__()
        self.endpoint = self.hello['endpoint']
        self.log = open(self.path, encoding='ascii')
        return self

    async def __aexit__(self, *error):
        self.log.close()
        os.remove(self.path)
        await super().__aexit__(*error)

    async def events(self):
        found = []
        while True:
            at = self.log.tell()
            line = self.log.readline()
            if not line.endswith('\n'):
                self.log.seek(at)
                return found
            number, us = line.split()
            found.append((int(number), int(us) / 1e6))

    async def stats(self):
        """'target' in bit/s, and 'stats', what the element says, as the text of a GstStructure."""
        return {'time': time.monotonic(), **await self.ask()}


def sender_of(kind, cap):
    """kind is webrtcsink, webrtcbin, libwebrtc (a page of Chromium's) or firefox; cap in bit/s."""
    if kind == 'libwebrtc':
        return PageSender('chromium', cap)
    if kind == 'firefox':
        return PageSender('firefox', cap)
    if kind == 'webrtcbin':
        return ProgramEnd('webrtcbin', str(cap))
    return ProgramEnd('webrtcsink', 'video-caps=video/x-vp8', f'max-bitrate={cap}',
                      *os.environ.get('RTC_SINK_PROPERTIES', '').split())


class Call:
    """The record of one call: what was sent and shown when, the ends' statistics, the link's trace.

    sent, shown: [(number, time)]. decoded: [number], empty where nobody knows. marks: {name: time}.
    stats: {'sender': [...], 'receiver': [...]}.
    packets: [{'time', 'way', 'bytes', 'verdict', 'arrival', 'queue'}], times as all others'."""

    def __init__(self, media_way):
        self.media_way = media_way      # as the trace calls the direction of the media
        self.sent, self.shown, self.packets, self.trace = [], [], [], []
        self.marks, self.stats = {}, {'sender': [], 'receiver': []}

    def targets(self):
        """[(time, bit/s)]: what the sender's congestion control aimed at."""
        found = []
        for stats in self.stats['sender']:
            value = stats.get('target') or stats.get('pair', {}).get('availableOutgoingBitrate')
            if value:
                found.append((stats['time'], value))
        return found

    def write_trace(self, path):
        """The link's trace with the sender's target in it, for link-plot."""
        lines = self.trace + [f'{time * 1e9:.0f},{self.media_way},0,target,{value:.0f},,'
                              for time, value in self.targets()]
        with open(path, 'w', encoding='ascii') as out:
            out.write(','.join(TRACE_FIELDS) + '\n')
            out.writelines(line + '\n' for line in sorted(lines, key=lambda text: int(text.split(',')[0])))

    def read_trace(self, path):
        """Of tools/link/link-trace.h."""
        def seconds(text):
            return int(text) / 1e9 if text else None
        with open(path, encoding='ascii', newline='') as lines:
            for row in csv.DictReader(lines):
                self.trace.append(','.join(row[name] for name in TRACE_FIELDS))
                if row['event'] in PACKET_EVENTS:
                    self.packets.append({
                        'time': seconds(row['time_ns']), 'way': row['way'], 'bytes': int(row['value']),
                        'verdict': row['event'], 'arrival': seconds(row['arrival_ns']),
                        'queue': seconds(row['queue_ns'])})


async def _watch_stats(call, ends, until):
    """Takes events and statistics until the time comes."""
    while True:
        for name, end in ends.items():
            call.stats[name].append(await end.stats())
        call.sent += await ends['sender'].events()
        call.shown += await ends['receiver'].events()
        left = until - time.monotonic()
        if left <= 0:
            return
        await asyncio.sleep(min(POLL_SECONDS, left))


async def _first_picture(call, ends):
    end = time.monotonic() + START_SECONDS
    while not call.shown:
        if time.monotonic() > end:
            raise AssertionError('no picture was shown')
        await asyncio.sleep(0.02)
        call.shown += await ends['receiver'].events()
    call.marks['first'] = call.shown[0][1]


async def _steps(relay, begin, steps):
    for seconds, command in steps:
        await asyncio.sleep(max(0, begin + seconds - time.monotonic()))
        relay.tell(command)


async def _talk(call, ends, relay, scenario, tail):
    await _first_picture(call, ends)
    begin = call.marks['begin'] = call.marks['first'] + scenario.get('warm', 0)
    call.marks['end'] = begin + scenario['seconds']
    steps = asyncio.ensure_future(_steps(relay, begin, scenario.get('steps', [])))
    try:
        await _watch_stats(call, ends, call.marks['end'] + tail)
        await steps
    finally:
        steps.cancel()


async def run_call(sender, receiver, scenario, seed=1, tail=1.0):
    """sender and receiver are ends, not yet entered; who receives by a page offers, else the sender
    does. scenario: {'link': {way: spec}, 'warm': seconds before 'begin', 'seconds': from 'begin' to
    'end', 'steps': [(seconds after 'begin', command of link-proxy)], 'latency': ms or None, 'cap': bit/s}."""
    watches = isinstance(receiver, PageEnd)
    call = Call('B>A' if watches else 'A>B')
    handle, trace = tempfile.mkstemp(prefix='rtc-trace-')
    os.close(handle)
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(os.remove, trace)
        await stack.enter_async_context(sender)
        await stack.enter_async_context(receiver)
        page = (receiver if watches else sender).page
        offer = await page.eval(f'ends.watch({json.dumps(scenario.get("latency"))})' if watches
                                else f'ends.call({scenario["cap"]})')
        upstream = (sender if watches else receiver).endpoint
        async with Relay(upstream, scenario['link'], seed, trace) as relay:
            call.marks['offer'] = time.monotonic()
            call.offer, call.answer = offer, await relay.post(offer)
            await page.eval(f'ends.accept({json.dumps(call.answer)})')
            await _talk(call, {'sender': sender, 'receiver': receiver}, relay, scenario, tail)
            call.relay, call.decoded = await relay.ask('stats'), getattr(receiver, 'decoded', [])
        call.read_trace(trace)
    return call
