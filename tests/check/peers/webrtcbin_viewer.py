#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""webrtcbin_viewer.py ENDPOINT CODEC [PICTURES SOUNDS] - GStreamer's own webrtcbin as a WHEP viewer.

It asks for both, and leaves when it has decoded so many pictures and blocks of sound, or is refused
what it wants some of."""
import json
import re
import sys
import threading

import gi
gi.require_version('Gst', '1.0')
gi.require_version('GstSdp', '1.0')
gi.require_version('GstWebRTC', '1.0')
from gi.repository import Gst, GstSdp, GstWebRTC    # noqa: E402
from whep import Session    # noqa: E402

WANTED = dict(zip(('video', 'audio'), map(int, sys.argv[3:5] or (60, 50))))
SECONDS = 30
EXTRA = {'H264': ',packetization-mode=(string)1,profile-level-id=(string)42e01f'}


class Viewer:
    def __init__(self, codec):
        self.counts = {'video': 0, 'audio': 0}
        self.enough = threading.Event()
        self.gathered = threading.Event()
        self.pipeline = Gst.Pipeline()
        self.rtc = Gst.ElementFactory.make('webrtcbin')
        self.rtc.set_property('bundle-policy', GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        self.rtc.connect('pad-added', self.on_stream)
        self.rtc.connect('notify::ice-gathering-state', self.on_gathering)
        self.pipeline.add(self.rtc)
        self.pipeline.set_state(Gst.State.PLAYING)
        for caps in (f'application/x-rtp,media=video,encoding-name={codec},payload=96,'
                     f'clock-rate=90000{EXTRA.get(codec, "")}',
                     'application/x-rtp,media=audio,encoding-name=OPUS,payload=111,'
                     'clock-rate=48000,encoding-params=(string)2'):
            self.rtc.emit('add-transceiver', GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY,
                          Gst.Caps.from_string(caps))

    def on_gathering(self, *_):
        if self.rtc.get_property('ice-gathering-state') == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            self.gathered.set()

    def add(self, factory):
        element = Gst.ElementFactory.make(factory)
        self.pipeline.add(element)
        element.sync_state_with_parent()
        return element

    def on_stream(self, _, pad):
        if pad.get_direction() == Gst.PadDirection.SRC:
            decoder = self.add('decodebin')
            decoder.connect('pad-added', self.on_decoded)
            pad.link(decoder.get_static_pad('sink'))

    def on_decoded(self, _, pad):
        kind = pad.get_current_caps().get_structure(0).get_name().split('/')[0]
        sink = self.add('fakesink')
        sink.set_property('sync', False)
        sink.set_property('signal-handoffs', True)
        sink.connect('handoff', self.on_buffer, kind)
        pad.link(sink.get_static_pad('sink'))

    def on_buffer(self, _sink, _buffer, _pad, kind):
        self.counts[kind] += 1
        if all(self.counts[k] >= WANTED[k] for k in WANTED):
            self.enough.set()

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

    def watch(self, session):
        offer = self.call('create-offer', None).get_value('offer')
        kept = self.kept
        self.call('set-local-description', offer)
        del kept
        if not self.gathered.wait(SECONDS):
            raise AssertionError('webrtcbin did not finish gathering')
        answer = session.post(self.rtc.get_property('local-description').sdp.as_text())
        _, message = GstSdp.SDPMessage.new_from_text(answer)
        self.call('set-remote-description', GstWebRTC.WebRTCSessionDescription.new(
            GstWebRTC.WebRTCSDPType.ANSWER, message))
        refused = [kind for kind in WANTED if re.search(f'^m={kind} 0 ', answer, re.MULTILINE)]
        if not any(WANTED[kind] for kind in refused):
            self.enough.wait(SECONDS)
        state = self.rtc.get_property('connection-state').value_nick
        session.delete()
        self.pipeline.set_state(Gst.State.NULL)
        return dict(self.counts, state=state, refused=refused)


Gst.init(None)
print(json.dumps(Viewer(sys.argv[2]).watch(Session(sys.argv[1]))))
