#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""webrtcsrc_receiver.py - webrtcsrc into decoders and sinks that read callsource.py's numbers.

Prints {"endpoint": URL}, and when standard input ends how many pictures and sounds it saw:
{"frames", "unreadable", "backward", "first", "last", "audio_seconds"}.
"""
import json
import sys

import gi
gi.require_version('Gst', '1.0')
from gi.repository import Gst    # noqa: E402
import callsource as media    # noqa: E402

CONVERT = {'video': 'videoconvert ! video/x-raw,format=I420',
           'audio': 'audioconvert ! audio/x-raw,format=S16LE'}


def read_number(data):
    """The number in the picture's top rows; None when they disagree."""
    def bits(row):
        line = (row * media.ROW_LINES + media.ROW_LINES // 2) * media.WIDTH
        half = media.WIDTH // media.BITS // 2
        return [data[line + i * 2 * half + half] > 128 for i in range(media.BITS)]
    ones, zeros = bits(0), bits(1)
    if any(a == b for a, b in zip(ones, zeros)):
        return None
    return sum(bit << (media.BITS - 1 - i) for i, bit in enumerate(ones))


class Receiver:
    def __init__(self):
        self.seen = {'frames': 0, 'unreadable': 0, 'backward': 0, 'first': None, 'last': None,
                     'audio_seconds': 0}
        self.pipeline = Gst.Pipeline()
        source = Gst.ElementFactory.make('webrtcsrc')
        source.set_property('web-server-host-addr', 'http://127.0.0.1:0/')
        source.connect('pad-added', self.on_pad)
        self.pipeline.add(source)

    def on_pad(self, _src, pad):
        kind = pad.get_name().split('_')[0]
        sink = Gst.parse_bin_from_description(
            f'queue ! {CONVERT[kind]} ! fakesink name=sink signal-handoffs=true sync=false', True)
        sink.get_by_name('sink').connect('handoff', getattr(self, f'on_{kind}'))
        self.pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad('sink'))

    def on_video(self, _sink, buffer, _pad):
        number = read_number(buffer.extract_dup(0, 2 * media.ROW_LINES * media.WIDTH))
        self.seen['frames'] += 1
        if number is None:
            self.seen['unreadable'] += 1
            return
        if self.seen['first'] is None:
            self.seen['first'] = number
        elif number <= self.seen['last']:
            self.seen['backward'] += 1
        self.seen['last'] = number

    def on_audio(self, _sink, buffer, _pad):
        self.seen['audio_seconds'] += buffer.duration / Gst.SECOND

    def run(self):
        bus = self.pipeline.get_bus()
        self.pipeline.set_state(Gst.State.PLAYING)
        while True:
            message = bus.timed_pop_filtered(Gst.CLOCK_TIME_NONE,
                                             Gst.MessageType.ELEMENT | Gst.MessageType.ERROR)
            if message.type == Gst.MessageType.ERROR:
                raise AssertionError(message.parse_error())
            if message.get_structure().get_name() == 'webrtcsrc-server':
                break
        print(json.dumps({'endpoint': message.get_structure().get_value('endpoint-url')}), flush=True)
        sys.stdin.read()
        self.pipeline.set_state(Gst.State.NULL)
        print(json.dumps(self.seen), flush=True)


Gst.init(None)
Receiver().run()
