#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""whipclientsink_caller.py ENDPOINT CODEC SECONDS - our own whipclientsink as a caller.

It gets the media encoded: what it encodes itself, it may leave out when the machine is busy. SIGINT makes it hang up
before its time."""
import json
import signal
import sys
import threading

import gi
gi.require_version('Gst', '1.0')
gi.require_version('GstWebRTC', '1.0')
from gi.repository import Gst, GstWebRTC    # noqa: E402
from callpipe import Feed    # noqa: E402

WAIT_SECONDS = 30


class Caller:
    def __init__(self, endpoint, codec, seconds):
        self.connected = threading.Event()
        self.feed = Feed(codec, seconds, lambda _kind: None)
        self.pipeline = Gst.parse_launch(
            f'whipclientsink name=sink whip-endpoint={endpoint} '
            f'{self.feed.video} ! queue ! sink.video_0 '
            f'{self.feed.audio} ! queue ! sink.audio_0')
        self.pipeline.get_by_name('sink').connect('session-added', self.on_session)

    def on_session(self, _sink, _id, session):
        self.session = session
        session.connect('notify::connection-state', self.on_state)
        self.on_state(session)

    def on_state(self, session, _spec=None):
        if session.get_property('connection-state') == GstWebRTC.WebRTCPeerConnectionState.CONNECTED:
            self.connected.set()

    def wait_for_signal(self):
        signal.sigwait([signal.SIGINT])
        self.pipeline.get_bus().post(Gst.Message.new_application(self.pipeline, Gst.Structure.new_empty('hang-up')))

    def run(self):
        threading.Thread(target=self.wait_for_signal, daemon=True).start()
        self.pipeline.set_state(Gst.State.PLAYING)
        self.feed.start(self.pipeline)      # it offers when it knows what it has
        if not self.connected.wait(WAIT_SECONDS):
            error = self.pipeline.get_bus().pop_filtered(Gst.MessageType.ERROR)
            raise AssertionError(f'not connected: {error.parse_error() if error else "no error"}')
        first = self.feed.fed
        message = self.pipeline.get_bus().timed_pop_filtered(
            (WAIT_SECONDS + self.feed.frames // 30) * Gst.SECOND,
            Gst.MessageType.EOS | Gst.MessageType.ERROR | Gst.MessageType.APPLICATION)
        if not message or message.type == Gst.MessageType.ERROR:
            raise AssertionError(f'no EOS but {message.parse_error() if message else "nothing"}')
        state = self.session.get_property('connection-state').value_nick
        self.pipeline.set_state(Gst.State.NULL)
        return {'frames': self.feed.frames, 'first': first, 'state': state}


signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
Gst.init(None)
print(json.dumps(Caller(sys.argv[1], sys.argv[2], int(sys.argv[3])).run()))
