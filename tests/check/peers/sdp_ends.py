#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""sdp_ends.py - GStreamer as sender and receiver of RTP that an SDP announces.

sdp_ends.py send HOST AUDIO_PORT VIDEO_PORT rtx|plain FILE: VP8 and Opus, until it is ended; FILE gets the description that
GstSDP makes of the caps. With rtx the profile is AVPF on one port, every tenth packet is lost, and
rtprtxsend answers NACKs.
sdp_ends.py receive FILE N: prints what came out of sdpdemux when there are N packets of video, as JSON.
"""
import ctypes
import json
import sys

import gi
gi.require_version('Gst', '1.0')
gi.require_version('GstSdp', '1.0')
from gi.repository import Gio, GLib, Gst, GstSdp    # noqa: E402

PT = {'video': 96, 'audio': 98}
RTX_PT = 97
LATENCY = 1000
SECONDS = 60


def describe(host, medium, caps, port, rtx):
    """One medium, by what GstSDP makes of caps."""
    _, media = GstSdp.SDPMedia.new()
    if rtx:
        caps.set_value('rtcp-fb-nack', True)
    # The binding takes media for a result of its own (1.22).
    ctypes.CDLL('libgstsdp-1.0.so.0').gst_sdp_media_set_media_from_caps(ctypes.c_void_p(hash(caps)), ctypes.c_void_p(hash(media)))
    if rtx:
        media.add_format(str(RTX_PT))
        media.add_attribute('rtpmap', f'{RTX_PT} rtx/90000')
        media.add_attribute('fmtp', f'{RTX_PT} apt={PT[medium]}')
        media.add_attribute('rtcp-mux', '')
    media.set_port_info(port, 1)
    media.set_proto('RTP/AVPF' if rtx else 'RTP/AVP')
    media.add_connection('IN', 'IP4', host, 1 if host.startswith('239.') else 0, 0)
    return media


def bind():
    """What a medium sends leaves by the socket on which receivers' RTCP comes."""
    socket = Gio.Socket.new(Gio.SocketFamily.IPV4, Gio.SocketType.DATAGRAM, Gio.SocketProtocol.UDP)
    socket.bind(Gio.InetSocketAddress.new_from_string('127.0.0.1', 0), False)
    return socket


def send(host, ports, rtx, path):
    link = ''
    for number, (medium, source) in enumerate((
            ('video', 'videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1 ! '
             'vp8enc deadline=1 target-bitrate=1000000 keyframe-max-dist=10 ! rtpvp8pay mtu=500'),
            ('audio', 'audiotestsrc is-live=true ! opusenc ! rtpopuspay'))):
        has_rtx = rtx and medium == 'video'
        repair = f'rtprtxsend max-size-time=2000 payload-type-map="application/x-rtp-pt-map,96=(uint){RTX_PT}" !' if has_rtx else ''
        loss = 'identity name=loss signal-handoffs=true !' if has_rtx else ''
        to = f'close-socket=false host={host} multicast-iface=lo auto-multicast=false sync=false async=false'
        link += (f'{source} name={medium} pt={PT[medium]} ! {repair} b.send_rtp_sink_{number} '
                 f'b.send_rtp_src_{number} ! {loss} udpsink name=rtp{number} {to} port={ports[medium]} '
                 f'b.send_rtcp_src_{number} ! udpsink name=rtcp{number} {to} port={ports[medium] + (0 if has_rtx else 1)} '
                 f'udpsrc name=reports{number} close-socket=false ! b.recv_rtcp_sink_{number} ')
    pipe = Gst.parse_launch(f'rtpbin name=b rtp-profile={"avpf" if rtx else "avp"} {link}')
    sockets = [bind(), bind()]
    for number, socket in enumerate(sockets):
        for name in (f'rtp{number}', f'rtcp{number}', f'reports{number}'):
            pipe.get_by_name(name).set_property('socket', socket)
    if rtx:
        lose_some(pipe.get_by_name('loss').get_static_pad('src'))
    pads = {medium: pipe.get_by_name(medium).get_static_pad('src') for medium in ports}

    def write(*_):
        caps = {medium: pad.get_current_caps() for medium, pad in pads.items()}
        if not all(caps.values()) or message.medias_len():    # once
            return
        for medium, port in ports.items():
            message.add_media(describe(host, medium, caps[medium].copy(), port, rtx and medium == 'video'))
        GLib.file_set_contents(path, message.as_text().encode())

    _, message = GstSdp.SDPMessage.new()
    message.set_version('0')
    message.set_origin('-', '1', '1', 'IN', 'IP4', '127.0.0.1')
    message.set_session_name('x')
    for pad in pads.values():
        pad.connect('notify::caps', lambda *_: GLib.idle_add(write))
    pipe.set_state(Gst.State.PLAYING)
    GLib.MainLoop().run()


def lose_some(pad):
    """Every tenth packet, repair too."""
    count = 0

    def decide(*_):
        nonlocal count
        count += 1
        return Gst.PadProbeReturn.DROP if count % 10 == 0 else Gst.PadProbeReturn.OK

    pad.add_probe(Gst.PadProbeType.BUFFER, decide)
    pad.add_probe(Gst.PadProbeType.BUFFER_LIST, split)


def split(pad, info):
    """Lists go on as single packets."""
    packets = info.get_buffer_list()
    for i in range(packets.length()):
        pad.push(packets.get(i))
    return Gst.PadProbeReturn.DROP


def receive(path, wanted):
    pipe = Gst.parse_launch(f'filesrc location={path} ! sdpdemux name=d latency={LATENCY}')
    demux, loop, numbers = pipe.get_by_name('d'), GLib.MainLoop(), []

    def take(_, pad):
        is_video = pad.get_name() == 'stream_1'    # as it is announced
        sink = Gst.ElementFactory.make('fakesink')
        sink.set_property('async', False)
        pipe.add(sink)
        sink.sync_state_with_parent()
        if is_video:
            pad.add_probe(Gst.PadProbeType.BUFFER, note)
        pad.link(sink.get_static_pad('sink'))

    def note(_, info):
        head = info.get_buffer().extract_dup(2, 2)
        numbers.append(int.from_bytes(head, 'big'))
        if len(numbers) == wanted:
            loop.quit()
        return Gst.PadProbeReturn.OK

    demux.connect('pad-added', take)
    GLib.timeout_add_seconds(SECONDS, loop.quit)
    pipe.set_state(Gst.State.PLAYING)
    loop.run()
    stats = demux.get_property('stats').to_string() if demux.find_property('stats') else ''
    pipe.set_state(Gst.State.NULL)
    steps = [(b - a) & 0xffff for a, b in zip(numbers, numbers[1:])]
    print(json.dumps({'packets': len(numbers), 'missing': sum(s - 1 for s in steps if s > 1), 'disordered':
                      sum(s == 0 or s > 32768 for s in steps), 'stats': stats}))


Gst.init(None)
if sys.argv[1] == 'send':
    send(sys.argv[2], {'audio': int(sys.argv[3]), 'video': int(sys.argv[4])}, sys.argv[5] == 'rtx', sys.argv[6])
else:
    receive(sys.argv[2], int(sys.argv[3]))
