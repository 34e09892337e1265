#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""call-to-rtsp.py [PORT [WEB_ADDRESS]] - who calls from a browser is seen at rtsp://127.0.0.1:PORT/call (8554).

    sudo apt install python3-gi gir1.2-gst-rtsp-server-1.0
    python3 examples/call-to-rtsp.py & ffplay rtsp://127.0.0.1:8554/call

H.264 and Opus go through as the browser encodes them, once for all viewers. One caller at a time: a second one is
seen when the first has hung up. The server listens on this machine only: set_address() below opens it to others.
"""
import signal
import sys

import gi
gi.require_version('Gst', '1.0')
gi.require_version('GstRtspServer', '1.0')
from gi.repository import GLib, Gst, GstRtspServer    # noqa: E402

# What a kind of medium is taken as from the call, and how it goes out.
TAKEN = {'video': 'video/x-h264,stream-format=byte-stream,alignment=au', 'audio': 'audio/x-opus'}
SENT = {'video': 'h264parse config-interval=-1 ! rtph264pay', 'audio': 'rtpopuspay'}


class Call:
    """The call that is on: webrtcsrc, and an appsink for each of its pads."""

    def __init__(self, web_address, server):
        self.sinks, self.sources = {}, {}
        self.server, self.mounts = server, server.get_mount_points()
        self.pipeline = Gst.Pipeline()
        self.source = Gst.ElementFactory.make('webrtcsrc')
        Gst.util_set_object_arg(self.source, 'video-codecs', '<H264>')
        self.source.set_property('web-server-host-addr', web_address)
        self.source.set_property('eos-on-hangup', False)
        self.source.set_property('key-frame-interval', 2000)
        self.source.connect('pad-added', self.on_pad_added)
        self.source.connect('pad-removed', self.on_pad_removed)
        self.pipeline.add(self.source)
        self.pipeline.set_state(Gst.State.PLAYING)

    def on_pad_added(self, _source, pad):
        kind = pad.get_name().split('_')[0]
        if kind not in TAKEN or kind in self.sinks:
            return
        sink = Gst.ElementFactory.make('appsink')
        sink.set_property('caps', Gst.Caps.from_string(TAKEN[kind]))
        for name, value in (('emit-signals', True), ('async', False), ('wait-on-eos', False)):
            sink.set_property(name, value)
        sink.connect('new-sample', self.on_sample, kind)
        self.pipeline.add(sink)
        sink.sync_state_with_parent()
        if pad.link(sink.get_static_pad('sink')) == Gst.PadLinkReturn.OK:
            self.sinks[kind] = (pad, sink)
        if len(self.sinks) == 1:
            GLib.timeout_add(500, self.let_viewers_in)    # a call's pads do not come at once

    def let_viewers_in(self):
        if self.sinks:
            self.mounts.add_factory('/call', Factory(self))
            print(f'seen at rtsp://{self.server.get_address()}:{self.server.get_bound_port()}/call', flush=True)
        return GLib.SOURCE_REMOVE

    def on_pad_removed(self, _source, pad):
        for kind, (linked, sink) in list(self.sinks.items()):
            if linked == pad:
                self.mounts.remove_factory('/call')
                del self.sinks[kind]
                sink.set_state(Gst.State.NULL)
                self.pipeline.remove(sink)
                if kind in self.sources:
                    self.sources.pop(kind).emit('end-of-stream')

    def on_sample(self, sink, kind):
        sample, source = sink.emit('pull-sample'), self.sources.get(kind)
        if source:
            buffer = sample.get_buffer().copy()    # it came at its time, and gets that of the other pipeline
            buffer.pts = buffer.dts = Gst.CLOCK_TIME_NONE
            source.set_property('caps', sample.get_caps())
            source.emit('push-buffer', buffer)
        return Gst.FlowReturn.OK


class Factory(GstRtspServer.RTSPMediaFactory):
    """What all viewers share, made when the first one comes."""

    def __init__(self, call):
        super().__init__()
        self.call = call
        self.set_shared(True)
        self.set_latency(0)

    def do_create_element(self, _url):
        kinds = [kind for kind in SENT if kind in self.call.sinks]
        return Gst.parse_launch('( ' + ' '.join(
            f'appsrc name={kind} is-live=true do-timestamp=true format=time leaky-type=downstream ! '
            f'{SENT[kind]} name=pay{n} pt={96 + n}'
            for n, kind in enumerate(kinds)) + ' )')

    def do_configure(self, media):
        GstRtspServer.RTSPMediaFactory.do_configure(self, media)
        media.connect('unprepared', self.on_unprepared)
        for kind in SENT:
            source = media.get_element().get_by_name(kind)
            if source:
                self.call.sources[kind] = source
        media.connect('new-state', self.on_new_state)

    def on_new_state(self, _media, _state):
        self.call.source.emit('request-key-frame', None, None)     # what came before is gone

    def on_unprepared(self, media):
        for kind, source in list(self.call.sources.items()):
            if source.has_as_ancestor(media.get_element()):
                del self.call.sources[kind]


def main():
    Gst.init(None)
    port = (sys.argv[1:2] or ['8554'])[0]
    server = GstRtspServer.RTSPServer()
    server.set_address('127.0.0.1')
    server.set_service(port)
    server.attach(None)
    call = Call((sys.argv[2:3] or ['http://127.0.0.1:8080/'])[0], server)
    loop = GLib.MainLoop()
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGINT, loop.quit)
    loop.run()
    call.pipeline.set_state(Gst.State.NULL)


main()
