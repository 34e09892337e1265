#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""under_webrtcbin.py - upstream's webrtcbin with our modules below it: under_webrtcbin.py PEER SRTP_DIR SCTP_DIR.

PEER: itself (two webrtcbins, sound and pictures one way), chromium (both ways, and a data channel that echoes), pion (it
watches, then it calls). What comes is decoded and counted.

The folders hold our libgstsrtp.so and libgstsctp.so, which come first in GST_PLUGIN_PATH. Exit code 0 passed, 1 failed, 77 skipped
with the reason.
"""
import asyncio
import http.server
import json
import os
import re
import subprocess
import sys
import threading

from drop_in import Module, Webrtcbins, skip

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'browser'))

SRTP = Module('srtp', 'srtpenc', sys.argv[2])
SCTP = Module('sctp', 'sctpenc', sys.argv[3])
WANTED = 50        # pictures, and blocks of sound, each way
SECONDS = 60
SOURCES = ('videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=25/1 ! vp8enc deadline=1 keyframe-max-dist=25 ! '
           'rtpvp8pay pt={video} ! application/x-rtp,media=video,encoding-name=VP8,payload={video} ! {name}.sink_0 '
           'audiotestsrc is-live=true ! opusenc ! rtpopuspay pt={audio} ! '
           'application/x-rtp,media=audio,encoding-name=OPUS,payload={audio} ! {name}.sink_1 ')


class Counter:
    """Decodes what a webrtcbin of a pipeline receives; `enough` is set when there are WANTED of both."""

    def __init__(self, gst, pipe, webrtcbin):
        self.gst, self.pipe, self.counts, self.enough = gst, pipe, {'video': 0, 'audio': 0}, threading.Event()
        webrtcbin.connect('pad-added', self.receive)

    def receive(self, _, pad):
        if pad.get_direction() != self.gst.PadDirection.SRC:
            return
        media = pad.get_current_caps().get_structure(0).get_string('media')
        sink = self.gst.ElementFactory.make('fakesink')
        sink.set_property('signal-handoffs', True)
        sink.set_property('async', False)
        sink.connect('handoff', self.count, media)
        decoding = 'rtpvp8depay ! vp8dec' if media == 'video' else 'rtpopusdepay ! opusdec'
        rest = self.gst.parse_bin_from_description(decoding, True)
        for element in (rest, sink):
            self.pipe.add(element)
        rest.link(sink)
        pad.link(rest.get_static_pad('sink'))
        sink.sync_state_with_parent()
        rest.sync_state_with_parent()

    def count(self, *arguments):
        self.counts[arguments[-1]] += 1
        if min(self.counts.values()) >= WANTED:
            self.enough.set()


class Answerer(Webrtcbins):
    """One webrtcbin, "a", which answers an offer of VP8 and Opus, in that order, and may send them."""

    def __init__(self, libraries, offer, sends):
        numbers = {kind: int(re.search(f'a=rtpmap:([0-9]+) {name}/', offer, re.I).group(1))
                   for kind, name in (('video', 'VP8'), ('audio', 'opus'))}
        super().__init__(libraries, 'webrtcbin name=a bundle-policy=max-bundle '
                         + (SOURCES.format(name='a', **numbers) if sends else ''))
        self.gathered = threading.Event()
        self.a.connect('notify::ice-gathering-state', self.on_gathering)
        self.counter = Counter(self.gst, self.pipe, self.a)
        self.kept = []
        self.a.connect('on-data-channel', self.echo)
        self.pipe.set_state(self.gst.State.PLAYING)
        kinds = self.webrtc.WebRTCSDPType
        self.apply(self.a, kinds.OFFER, offer)
        self.describe(self.a, 'answer')
        assert self.gathered.wait(SECONDS), 'webrtcbin did not finish gathering'
        self.answer = self.a.get_property('local-description').sdp.as_text()

    def on_gathering(self, *_):
        if self.a.get_property('ice-gathering-state') == self.webrtc.WebRTCICEGatheringState.COMPLETE:
            self.gathered.set()

    def echo(self, _, channel):
        self.kept.append(channel)
        channel.connect('on-message-string', lambda c, text: c.emit('send-string', text))

    def close(self, *names):
        """The elements of these factories are ours; ends."""
        used = self.files_of(*names)
        self.pipe.set_state(self.gst.State.NULL)
        ours = {m.path for m in (SRTP, SCTP) if m.element in names}
        assert used == ours, f'{used}, not {ours}'


# -- Itself -------------------------------------------------------------------

def check_itself(libraries):
    pair = Webrtcbins(libraries, 'webrtcbin name=a bundle-policy=max-bundle webrtcbin name=b bundle-policy=max-bundle '
                      + SOURCES.format(name='a', video=96, audio=97))
    counter = Counter(pair.gst, pair.pipe, pair.b)
    pair.pipe.set_state(pair.gst.State.PLAYING)
    pair.negotiate()
    assert counter.enough.wait(SECONDS), f'only {counter.counts}'
    used = pair.files_of('srtpenc', 'srtpdec')
    pair.pipe.set_state(pair.gst.State.NULL)
    assert used == {SRTP.path}, used
    print(f'webrtcbin to itself: {counter.counts}')


# -- Chromium -----------------------------------------------------------------

PAGE = '''
window.call = {
  async offer () {
    const pc = call.pc = new RTCPeerConnection();
    const canvas = document.createElement('canvas'), context = canvas.getContext('2d');
    canvas.width = 160; canvas.height = 120;
    setInterval(() => { context.fillStyle = `hsl(${Date.now() % 360} 90% 50%)`; context.fillRect(0, 0, 160, 120); }, 40);
    const audio = new AudioContext(), tone = audio.createOscillator(), out = audio.createMediaStreamDestination();
    tone.connect(out); tone.start();
    pc.addTrack(canvas.captureStream(25).getVideoTracks()[0]);
    pc.addTrack(out.stream.getAudioTracks()[0]);
    call.channel = pc.createDataChannel('echo');
    call.said = [];
    call.channel.onopen = () => { for (const text of ['hello', 'x'.repeat(60000)]) call.channel.send(text); };
    call.channel.onmessage = (event) => call.said.push(event.data.length);
    await pc.setLocalDescription();
    while (pc.iceGatheringState !== 'complete')
      await new Promise((done) => pc.addEventListener('icegatheringstatechange', done, { once: true }));
    return pc.localDescription.sdp;
  },
  async answer (sdp) { await call.pc.setRemoteDescription({ type: 'answer', sdp }); return true; },
  async seen () {
    const inbound = [...(await call.pc.getStats()).values()].filter((s) => s.type === 'inbound-rtp');
    const video = inbound.find((s) => s.kind === 'video'), audio = inbound.find((s) => s.kind === 'audio');
    const seen = { video: video?.framesDecoded ?? 0, audio: audio?.packetsReceived ?? 0, said: call.said };
    return seen.video >= WANTED && seen.audio >= WANTED && call.said.length === 2 && seen;
  },
};
'''.replace('WANTED', str(WANTED))


async def call_chromium(libraries, browsers):
    browser = await browsers.open_browser('chromium', PAGE, lambda line: print(f'# chromium says: {line}'))
    try:
        page = await browser.new_page()
        await page.goto('about:blank')
        offer = await page.eval('call.offer()')
        loop = asyncio.get_running_loop()
        peer = await loop.run_in_executor(None, Answerer, libraries, offer, True)
        await page.eval(f'call.answer({json.dumps(peer.answer)})')
        seen = await page.wait_for('call.seen()', SECONDS)
        assert await loop.run_in_executor(None, peer.counter.enough.wait, SECONDS), f'only {peer.counter.counts}'
        assert seen['said'] == [5, 60000], seen
        await loop.run_in_executor(None, peer.close, 'srtpenc', 'srtpdec', 'sctpenc', 'sctpdec')
        print(f'Chromium saw {seen}, webrtcbin {peer.counter.counts}')
    finally:
        await browser.close()


def check_chromium(libraries):
    import browser as browsers
    if not browsers.installed('chromium'):
        skip('chromium is not installed')
    asyncio.run(call_chromium(libraries, browsers))


# -- pion ---------------------------------------------------------------------

class Endpoint(http.server.ThreadingHTTPServer):
    """WHEP or WHIP for one peer: its offer is answered by an Answerer."""

    def __init__(self, libraries, sends):
        super().__init__(('127.0.0.1', 0), Handler)
        self.libraries, self.sends, self.peer = libraries, sends, None
        self.url = f'http://127.0.0.1:{self.server_port}/x'
        self.thread = threading.Thread(target=self.serve_forever)
        self.thread.start()

    def stop(self):
        self.shutdown()
        self.thread.join()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    def reply(self, code, text=''):
        self.send_response(code)
        self.send_header('Location', '/x/1')
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def do_POST(self):    # pylint: disable=invalid-name
        offer = self.rfile.read(int(self.headers['Content-Length'])).decode()
        self.server.peer = Answerer(self.server.libraries, offer, self.server.sends)
        self.reply(201, self.server.peer.answer)

    def do_DELETE(self):    # pylint: disable=invalid-name
        self.reply(200)

    def log_message(self, *_):    # pylint: disable=arguments-differ
        pass


def call_pion(libraries, sends, command, *more):
    """What pion says it saw; the webrtcbin that it called."""
    endpoint = Endpoint(libraries, sends)
    try:
        done = subprocess.run([*command, endpoint.url, 'VP8', *more], stdout=subprocess.PIPE, text=True,
                              timeout=SECONDS, check=False)
        assert done.returncode == 0, f'it ended with exit code {done.returncode}: {done.stdout}'
        seen = json.loads(done.stdout)
        assert seen['state'] == 'connected', seen
        endpoint.peer.close('srtpenc', 'srtpdec')
        return seen, endpoint.peer.counter
    finally:
        endpoint.stop()


def check_pion(libraries):
    import run
    watching, calling = run.pion('viewer', 'VP8'), run.pion('caller', 'VP8')
    seen, _ = call_pion(libraries, True, watching)
    assert seen['video'] >= WANTED and seen['audio'] >= WANTED, seen
    print(f'pion saw {seen}')
    sent, counter = call_pion(libraries, False, calling, str(run.CALL_SECONDS))
    assert counter.enough.is_set(), f'only {counter.counts} of {sent}'
    print(f'pion sent {sent}, webrtcbin saw {counter.counts}')


if __name__ == '__main__':
    try:
        LIBRARIES = SRTP.load(SCTP)
        for needed in ('webrtcbin', 'nicesrc', 'dtlsenc', 'vp8enc', 'opusenc'):
            if LIBRARIES[0].ElementFactory.find(needed) is None:
                skip(f'no GStreamer element {needed}')
        {'itself': check_itself, 'chromium': check_chromium, 'pion': check_pion}[sys.argv[1]](LIBRARIES)
    finally:
        SRTP.clean()
