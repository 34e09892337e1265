#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""webrtcbin_caller.py ENDPOINT CODEC SECONDS - GStreamer's own webrtcbin as a WHIP caller."""
import json
import sys
import threading

import gi
gi.require_version('Gst', '1.0')
gi.require_version('GstSdp', '1.0')
gi.require_version('GstWebRTC', '1.0')
from gi.repository import Gst, GstSdp, GstWebRTC    # noqa: E402
from callpipe import Feed    # noqa: E402
from whep import Session    # noqa: E402

WAIT_SECONDS = 30
PAYLOADERS = {'VP8': 'rtpvp8pay picture-id-mode=2', 'VP9': 'rtpvp9pay picture-id-mode=2',
              'H264': 'rtph264pay aggregate-mode=zero-latency config-interval=-1'}
CAPS = {'video': 'application/x-rtp,media=video,encoding-name={},payload=96,clock-rate=90000',
        'audio': 'application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000,'
                 'encoding-params=(string)2'}
# What x264enc and rtph264pay make of 320x240 at 30 frames a second: webrtcbin wants the very same.
EXTRA = {'H264': ',packetization-mode=(string)1,profile-level-id=(string)42c00d'}


class Caller:
    def __init__(self, codec, seconds):
        self.codec = codec
        self.events = {name: threading.Event() for name in ('gathered', 'connected', 'video', 'audio')}
        self.feed = Feed(codec, seconds, lambda kind: self.events[kind].set())
        self.pipeline = Gst.parse_launch(
            f'webrtcbin name=rtc bundle-policy=max-bundle '
            f'{self.feed.video} ! {PAYLOADERS[codec]} name=video_pay pt=96 '
            f'{self.feed.audio} ! rtpopuspay name=audio_pay pt=111')
        self.rtc = self.pipeline.get_by_name('rtc')
        self.rtc.connect('notify::ice-gathering-state', self.on_state, 'gathered',
                         'ice-gathering-state', GstWebRTC.WebRTCICEGatheringState.COMPLETE)
        self.rtc.connect('notify::connection-state', self.on_state, 'connected',
                         'connection-state', GstWebRTC.WebRTCPeerConnectionState.CONNECTED)
        for kind in ('video', 'audio'):
            self.add_stream(kind)
        self.pipeline.set_state(Gst.State.PLAYING)

    def add_stream(self, kind):
        """The offer is made before the first buffer, so the caps come with the pad's request."""
        caps = Gst.Caps.from_string(CAPS[kind].format(self.codec)
                                    + (EXTRA.get(self.codec, '') if kind == 'video' else ''))
        pad = self.rtc.request_pad(self.rtc.get_pad_template('sink_%u'), None, caps)
        transceiver = pad.get_property('transceiver')
        transceiver.set_property('direction', GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
        transceiver.set_property('codec-preferences', caps)
        # In a BUNDLE webrtcbin 1.22 lets the last stream decide; Opus gets no RTX from anybody.
        transceiver.set_property('do-nack', kind == 'video')
        source = self.pipeline.get_by_name(f'{kind}_pay').get_static_pad('src')
        if source.link(pad) != Gst.PadLinkReturn.OK:
            raise AssertionError(f'{kind}: webrtcbin does not take the payloader')
        self.feed.watch(kind, source)

    def on_state(self, rtc, _spec, event, name, wanted):
        if rtc.get_property(name) == wanted:
            self.events[event].set()

    def wait(self, event, seconds=WAIT_SECONDS):
        if not self.events[event].wait(seconds):
            error = self.pipeline.get_bus().pop_filtered(Gst.MessageType.ERROR)
            raise AssertionError(f'never {event}: {error.parse_error() if error else "no error"}')

    def call(self, name, *arguments):
        """An action that replies through a promise. PyGObject: the boxed values in the reply live
        only as long as the promise and the reply, so both are kept."""
        promise = Gst.Promise.new()
        self.rtc.emit(name, *arguments, promise)
        promise.wait()
        reply = promise.get_reply()
        if reply and reply.has_field('error'):
            raise AssertionError(f'{name}: {reply.get_value("error").message}')
        self.kept = (promise, reply)
        return reply

    def run(self, session):
        offer = self.call('create-offer', None).get_value('offer')
        kept = self.kept
        self.call('set-local-description', offer)
        del kept
        self.wait('gathered')
        answer = session.post(self.rtc.get_property('local-description').sdp.as_text())
        _, message = GstSdp.SDPMessage.new_from_text(answer)
        self.call('set-remote-description', GstWebRTC.WebRTCSessionDescription.new(
            GstWebRTC.WebRTCSDPType.ANSWER, message))
        self.wait('connected')
        self.feed.start(self.pipeline)
        for kind in ('video', 'audio'):
            self.wait(kind, WAIT_SECONDS + self.feed.frames / 30)
        state = self.rtc.get_property('connection-state').value_nick
        session.delete()
        self.pipeline.set_state(Gst.State.NULL)
        return {'frames': self.feed.sent, 'state': state}


Gst.init(None)
print(json.dumps(Caller(sys.argv[2], int(sys.argv[3])).run(Session(sys.argv[1]))))
