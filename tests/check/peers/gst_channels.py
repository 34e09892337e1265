#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""gst_channels.py KIND [MODULE] - an end of channels.py, which has the words: KIND is webrtcbin, or webrtcsink (with
a picture) or webrtcsrc, which are ours. Their channels have the same names for everything. With MODULE webrtcbin's
sctpenc has to come from that file, and webrtcbin says what it takes.
"""
import re
import sys
import threading

import gi
from channels_end import is_good, make_bytes, read_orders, say
gi.require_version('Gst', '1.0')
gi.require_version('GstSdp', '1.0')
gi.require_version('GstWebRTC', '1.0')
from gi.repository import GLib, Gst, GstSdp, GstWebRTC    # noqa: E402

KINDS = GstWebRTC.WebRTCSDPType
LINES = {
    'webrtcsink': 'webrtcsink name=end run-web-server=false video-caps=video/x-vp8 videotestsrc is-live=true ! '
                  'video/x-raw,width=160,height=120,framerate=5/1 ! queue ! end.video_0',
    'webrtcsrc': 'webrtcsrc name=end run-web-server=false',
    'webrtcbin': 'webrtcbin name=end bundle-policy=max-bundle',
}
NAMES = {'ordered': 'boolean', 'maxRetransmits': 'int', 'maxPacketLifeTime': 'int', 'protocol': 'string',
         'negotiated': 'boolean', 'id': 'int'}
LIMIT = 'a=max-message-size:262144'
PROPERTIES = {'maxRetransmits': 'max-retransmits', 'maxPacketLifeTime': 'max-packet-lifetime'}


def make_options(options):
    fields = [f'{PROPERTIES.get(name, name)}=({NAMES[name]}){str(value).lower()}' for name, value in options.items()]
    return Gst.Structure.from_string(', '.join(['options', *fields]))[0] if fields else None


def make_pipeline(kind):
    """A pipeline and its end; one element alone is parsed as itself."""
    pipe = Gst.parse_launch(LINES[kind])
    if not isinstance(pipe, Gst.Pipeline):
        end, pipe = pipe, Gst.Pipeline()
        pipe.add(end)
    return pipe, pipe.get_by_name('end')


def parse(sdp, kind):
    _, message = GstSdp.SDPMessage.new_from_text(sdp)
    return GstWebRTC.WebRTCSessionDescription.new(kind, message)


class Channels:
    """The channels of one connection; maker emits create-data-channel and on-data-channel."""

    def __init__(self):
        self.channels, self.maker, self.lock = {}, None, threading.Lock()

    def set_maker(self, maker):
        self.maker = maker
        maker.connect('on-data-channel', lambda _, channel: self.watch(channel))

    def watch(self, channel):
        label, told = channel.get_property('label'), []
        self.channels[label] = channel

        def tell_open(_):
            with self.lock:
                if told:
                    return
                told.append(True)
            limits = {name: channel.get_property(PROPERTIES[name]) for name in PROPERTIES}
            say('open', label, ordered=channel.get_property('ordered'), protocol=channel.get_property('protocol') or '',
                id=channel.get_property('id'), **{n: v if v >= 0 else None for n, v in limits.items()})

        def tell_bytes(_, data):
            data = data.get_data() if data is not None else b''
            say('bytes', label, length=len(data or b''), good=is_good(data or b''))

        channel.connect('on-open', tell_open)
        channel.connect('on-close', lambda _: say('closed', label))
        channel.connect('on-error', lambda _, error: say('refused', label, why=error.message))
        channel.connect('on-message-string', lambda _, text: say('text', label, text=text or ''))
        channel.connect('on-message-data', tell_bytes)
        if channel.get_property('ready-state') == GstWebRTC.WebRTCDataChannelState.OPEN:
            tell_open(channel)

    def open(self, label, options):
        channel = self.maker.emit('create-data-channel', label, make_options(options))
        assert channel is not None, f'no channel {label}'
        self.watch(channel)

    def text(self, label, text):
        self.channels[label].emit('send-string', text)

    def bytes(self, label, length):
        self.channels[label].emit('send-data', GLib.Bytes.new(make_bytes(length)) if length else None)

    def close(self, label):
        self.channels[label].emit('close')


class Webrtcbin(Channels):
    def __init__(self, module=None):
        super().__init__()
        self.pipe, self.module, self.gathered = None, module, None

    def connect(self):
        self.pipe, peer = make_pipeline('webrtcbin')
        self.gathered = threading.Event()
        peer.connect('notify::ice-gathering-state', lambda *_: self.is_complete(peer) and self.gathered.set())
        self.set_maker(peer)
        self.pipe.set_state(Gst.State.PLAYING)
        used = Gst.ElementFactory.find('sctpenc').load().get_plugin().get_filename()
        assert self.module in (None, used), used

    def is_complete(self, peer):
        return peer.get_property('ice-gathering-state') == GstWebRTC.WebRTCICEGatheringState.COMPLETE

    def ask(self, action, argument):
        promise = Gst.Promise.new()
        self.maker.emit(action, argument, promise)
        promise.wait()
        return promise.get_reply()

    def describe(self, kind):
        reply = self.ask(f'create-{kind}', None)
        description = reply.get_value(kind)
        if self.module:    # 1.22 says no length, and holds to the lower of both ends' when it sends
            text = re.sub(r'^a=sctp-port:\d+', rf'\g<0>\r\n{LIMIT}', description.sdp.as_text(), flags=re.MULTILINE)
            description = parse(text, KINDS.OFFER if kind == 'offer' else KINDS.ANSWER)
        self.ask('set-local-description', description)
        assert self.gathered.wait(10), 'candidates are not complete'
        say('description', type=kind, sdp=self.maker.get_property('local-description').sdp.as_text())

    def offer(self, first, **_):
        self.connect()
        self.open(first, {})
        self.describe('offer')

    def answer(self, sdp):
        self.connect()
        self.ask('set-remote-description', parse(sdp, KINDS.OFFER))
        self.describe('answer')

    def accept(self, sdp):
        self.ask('set-remote-description', parse(sdp, KINDS.ANSWER))

    def leave(self):
        self.pipe.set_state(Gst.State.NULL)
        self.channels.clear()
        say('left')


class Ours(Channels):
    """webrtcsink or webrtcsrc; sdp is carried by hand (GstRtcDirectSignaller)."""

    def __init__(self, kind):
        super().__init__()
        self.pipe, self.element = make_pipeline(kind)
        self.first, self.session = None, None
        self.signaller = self.element.get_property('signaller')
        self.signaller.set_property('trickle', False)
        self.signaller.connect('description', self.on_description)
        self.signaller.connect('rejected', lambda _, __, why: say('failed', why=why))
        self.element.connect('session-added', self.on_session)
        self.element.connect('session-removed', lambda *_: say('left'))
        self.pipe.set_state(Gst.State.PLAYING)

    def on_session(self, _, __, session):
        self.set_maker(session)
        if self.first:
            self.open(self.first, {})

    def on_description(self, _, __, description):
        kind = 'offer' if description.type == KINDS.OFFER else 'answer'
        say('description', type=kind, sdp=description.sdp.as_text())

    def request(self, offer):
        self.session = self.signaller.emit('request-session', None, None, offer)
        assert self.session is not None, 'no session'

    def offer(self, first, **_):
        self.first = first
        self.request(None)

    def answer(self, sdp, first=None):
        self.first = first
        self.request(parse(sdp, KINDS.OFFER))

    def accept(self, sdp):
        self.signaller.emit('set-description', self.session, parse(sdp, KINDS.ANSWER))

    def leave(self):
        self.signaller.emit('close-session', self.session)


def run(kind, module=None):
    Gst.init(None)
    talker = Webrtcbin(module) if kind == 'webrtcbin' else Ours(kind)
    for order in read_orders():
        getattr(talker, order.pop('do'))(**order)
    talker.pipe.set_state(Gst.State.NULL)


run(*sys.argv[1:])
