#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""sctp.py - sctpenc and sctpdec beside other implementations: sctp.py bad|webrtcbin MODULE_DIR.

bad: an association between ours and gst-plugins-bad's, each in a process of its own, over UDP: the messages of both
arrive whole and in order.
webrtcbin: upstream's webrtcbin opens data channels with itself with our module under its DTLS: text, bytes, nothing at
all, a long message, unordered, without retransmission, negotiated; closed from either side.

MODULE_DIR holds our libgstsctp.so. Exit code 0 passed, 1 failed, 77 skipped with the reason.
"""
import hashlib
import queue
import random
import socket
import subprocess
import sys
import threading

from drop_in import Module, Webrtcbins, skip

MODULE = Module('sctp', 'sctpenc', sys.argv[2])
SECONDS = 40


# -- gst-plugins-bad ----------------------------------------------------------

def make_messages(seed):
    rng = random.Random(seed)
    return [rng.randbytes(rng.choice([1, 2, 100, 1160, 5000, 60000])) for _ in range(60)]


def digest(messages):
    return hashlib.sha256(b''.join(len(m).to_bytes(4, 'big') + m for m in messages)).hexdigest()


def be_end(seed, mine, other):
    """Sends one's messages on stream 0 and says what came on it; in a process of its own."""
    import gi
    gi.require_version('Gst', '1.0')
    from gi.repository import Gst
    Gst.init(None)
    pipe = Gst.parse_launch(
        f'udpsrc address=127.0.0.1 port={mine} caps=application/x-sctp ! sctpdec name=d local-sctp-port=5000 '
        f'sctpenc name=e remote-sctp-port=5000 ! udpsink host=127.0.0.1 port={other} sync=false async=false')
    up, got = threading.Event(), queue.Queue()

    def receive(_, pad):
        sink = Gst.ElementFactory.make('fakesink')
        for name, value in (('signal-handoffs', True), ('async', False)):
            sink.set_property(name, value)
        sink.connect('handoff', lambda _, buffer, __: got.put(buffer.extract_dup(0, buffer.get_size())))
        pipe.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad('sink'))

    pipe.get_by_name('d').connect('pad-added', receive)
    pipe.get_by_name('e').connect('sctp-association-established', lambda _, is_up: is_up and up.set())
    pipe.set_state(Gst.State.PLAYING)
    assert up.wait(SECONDS), 'no association'
    enc = pipe.get_by_name('e')
    pad = enc.request_pad(enc.get_pad_template('sink_%u'), 'sink_0',
                          Gst.Caps.from_string('application/x-data,ordered=true,ppid=(uint)53'))
    source = Gst.ElementFactory.make('appsrc')
    source.set_property('format', Gst.Format.TIME)
    pipe.add(source)
    assert source.get_static_pad('src').link(pad) == Gst.PadLinkReturn.OK
    source.sync_state_with_parent()
    for message in make_messages(seed):
        source.emit('push-buffer', Gst.Buffer.new_wrapped(message))
    print(digest([got.get(timeout=SECONDS) for _ in range(60)]), flush=True)
    sys.stdin.readline()    # the other end may still wait for ours
    pipe.set_state(Gst.State.NULL)


def free_ports():
    with socket.socket(type=socket.SOCK_DGRAM) as one, socket.socket(type=socket.SOCK_DGRAM) as two:
        one.bind(('127.0.0.1', 0))
        two.bind(('127.0.0.1', 0))
        return one.getsockname()[1], two.getsockname()[1]


def check_bad():
    MODULE.check()
    one, two = free_ports()
    ends = [subprocess.Popen([sys.executable, __file__, 'end', MODULE.folder, str(seed), str(mine), str(other)],
                             env=MODULE.environment(seed == 0), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for seed, mine, other in ((0, one, two), (1, two, one))]
    try:
        for seed, end in enumerate(ends):
            line = end.stdout.readline().strip()
            assert line == digest(make_messages(1 - seed)), f'{"ours" if seed == 0 else "the other"} got "{line}"'
        print('60 messages both ways')
    finally:
        for end in ends:
            try:
                end.communicate('\n', timeout=10)
            except subprocess.TimeoutExpired:
                end.kill()
                end.wait()


# -- webrtcbin ----------------------------------------------------------------

class Channels(Webrtcbins):
    """What each end's channels said, as (end, label, what, contents)."""

    OPTIONS = {'plain': None, 'unordered': 'ordered=(boolean)false', 'rtx': 'ordered=(boolean)false, max-retransmits=(int)0',
               'ttl': 'max-packet-lifetime=(int)500', 'agreed': 'negotiated=(boolean)true, id=(int)100'}

    def __init__(self, libraries):
        super().__init__(libraries, 'webrtcbin name=a bundle-policy=max-bundle webrtcbin name=b bundle-policy=max-bundle')
        self.said, self.channels, self.kept = queue.Queue(), {}, []
        self.b.connect('on-data-channel', lambda _, channel: self.watch('b', channel))

    def watch(self, end, channel):
        label = channel.get_property('label')
        self.channels[end, label] = channel
        channel.connect('on-open', lambda _: self.said.put((end, label, 'open', None)))
        channel.connect('on-close', lambda _: self.said.put((end, label, 'close', None)))
        channel.connect('on-message-string', lambda _, text: self.said.put((end, label, 'text', text)))
        channel.connect('on-message-data', lambda _, data: self.said.put(
            (end, label, 'data', data.get_data() if data is not None else b'')))
        if channel.get_property('ready-state') == self.webrtc.WebRTCDataChannelState.OPEN:
            self.said.put((end, label, 'open', None))

    def expect(self, *wanted):
        wanted = set(wanted)
        while wanted:
            try:
                said = self.said.get(timeout=SECONDS)
            except queue.Empty:
                raise AssertionError(f'missing: {[str(w)[:80] for w in wanted]}') from None
            if said[3] in ('', b'', None) and said[2] in ('text', 'data'):
                said = said[:2] + ('empty', None)    # webrtcbin 1.22 has the two PPIDs the wrong way round
            assert said in wanted or said[2] == 'open', f'{str(said)[:100]}, not {[str(w)[:80] for w in wanted]}'
            wanted.discard(said)

    def create(self, label, options):
        structure = self.gst.Structure.from_string(f'options, {options}')[0] if options else None
        for end, peer in (('a', self.a), ('b', self.b)):
            if end == 'a' or 'negotiated' in (options or ''):
                channel = peer.emit('create-data-channel', label, structure)
                assert channel is not None, f'{end}: no channel {label}'
                self.watch(end, channel)

    def exchange(self, label):
        for end, other in (('a', 'b'), ('b', 'a')):
            channel = self.channels[end, label]
            for text in ('hello', 'x' * 60000):
                channel.emit('send-string', text)
                self.expect((other, label, 'text', text))
            channel.emit('send-string', '')
            self.expect((other, label, 'empty', None))
            for data in (b'\0\1\2', bytes(range(256)) * 200):
                channel.emit('send-data', self.glib.Bytes.new(data))
                self.expect((other, label, 'data', data))

    def close(self, label, end):
        self.channels[end, label].emit('close')
        self.expect(('a', label, 'close', None), ('b', label, 'close', None))

    def run(self, glib):
        self.glib = glib
        self.pipe.set_state(self.gst.State.PLAYING)
        for label, options in self.OPTIONS.items():
            self.create(label, options)
        self.negotiate()
        self.expect(*((end, label, 'open', None) for label in self.OPTIONS for end in 'ab'))
        for label in self.OPTIONS:
            self.exchange(label)
        for i, label in enumerate(self.OPTIONS):
            self.close(label, 'ab'[i % 2])
        for i in range(20):    # their ids are used again
            self.create(f'again{i}', None)
            self.expect(*((end, f'again{i}', 'open', None) for end in 'ab'))
            self.exchange(f'again{i}')
            self.close(f'again{i}', 'ab'[i % 2])
        used = self.files_of('sctpenc', 'sctpdec')
        self.pipe.set_state(self.gst.State.NULL)
        assert used == {MODULE.path}, used
        print(f'webrtcbin to itself with {used.pop()}: {", ".join(self.OPTIONS)}, and 20 that were opened anew')


def check_webrtcbin():
    libraries = MODULE.load()
    from gi.repository import GLib
    for name in ('webrtcbin', 'nicesrc', 'dtlsenc'):
        if libraries[0].ElementFactory.find(name) is None:
            skip(f'no GStreamer element {name}')
    Channels(libraries).run(GLib)


if __name__ == '__main__':
    if sys.argv[1] == 'end':
        be_end(*map(int, sys.argv[3:6]))
        sys.exit(0)
    try:
        {'bad': check_bad, 'webrtcbin': check_webrtcbin}[sys.argv[1]]()
    finally:
        MODULE.clean()
