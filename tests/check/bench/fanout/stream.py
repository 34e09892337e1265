#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""stream.py - the one stream that every sender is fed with, as RTP to two UDP ports, for ever and in real time.

  stream.py VIDEO.rtp AUDIO.rtp VIDEO_PORT AUDIO_PORT

The files hold ten seconds of H.264 (payload type 96) and Opus (111), each packet behind its length (RFC 4571). The
ends of pictures and of packets of sound bear the time when they were sent (tools/load/load-stamp.h).
"""
import os
import socket
import struct
import subprocess
import sys
import time

SECONDS = 10
RTP_HEADER, STAMP = 12, 12
VIDEO, AUDIO = 0, 1
CLOCKS = (90000, 48000)
SLICE, KEY_SLICE, FRAGMENT = 1, 5, 28    # RFC 6184 5.2

VIDEO_LAUNCH = '''videotestsrc num-buffers=300 pattern=zone-plate kx2=12 ky2=8 kt=2
  ! video/x-raw,format=I420,width=1280,height=720,framerate=30/1
  ! x264enc bitrate=2700 aud=false vbv-buf-capacity=300 tune=zerolatency speed-preset=veryfast key-int-max=60
    sliced-threads=false threads=1
  ! video/x-h264,profile=constrained-baseline
  ! rtph264pay pt=96 ssrc=1111 seqnum-offset=0 timestamp-offset=0 mtu=1200 config-interval=-1
    aggregate-mode=zero-latency
  ! rtpstreampay'''
AUDIO_LAUNCH = '''audiotestsrc num-buffers=500 samplesperbuffer=960 wave=pink-noise
  ! audio/x-raw,rate=48000,channels=2 ! opusenc bitrate=64000 bitrate-type=cbr frame-size=20
  ! rtpopuspay pt=111 ssrc=2222 seqnum-offset=0 timestamp-offset=0 ! rtpstreampay'''


def make(folder):
    """The two files' paths; they are made unless they are there."""
    paths = [os.path.join(folder, name) for name in ('video.rtp', 'audio.rtp')]
    for path, launch in zip(paths, (VIDEO_LAUNCH, AUDIO_LAUNCH)):
        if not os.path.exists(path):
            subprocess.run(['gst-launch-1.0', '-q', *launch.split(), '!', 'filesink', f'location={path}'],
                           check=True)
    return paths


def load(path):
    with open(path, 'rb') as file:
        data = file.read()
    packets, at = [], 0
    while at + 2 <= len(data):
        size = struct.unpack_from('>H', data, at)[0]
        packets.append(bytearray(data[at + 2:at + 2 + size]))
        at += 2 + size
    return packets


def bears_stamp(kind, packet):
    """Parameter sets are left alone; nobody decodes the rest."""
    if len(packet) < RTP_HEADER + 8 + STAMP:
        return False
    unit = packet[RTP_HEADER] & 31
    return (kind == AUDIO or unit in (SLICE, KEY_SLICE)
            or (unit == FRAGMENT and bool(packet[RTP_HEADER + 1] & 0x40)))


def schedule(paths):
    """(second, kind, packet, time stamp, has a stamp), in order, of the one loop."""
    entries = []
    for kind, path in enumerate(paths):
        packets = load(path)
        first = struct.unpack_from('>I', packets[0], 4)[0]
        for packet in packets:
            ticks = (struct.unpack_from('>I', packet, 4)[0] - first) & 0xffffffff
            entries.append((ticks / CLOCKS[kind], kind, packet, ticks, bears_stamp(kind, packet)))
    return sorted(entries, key=lambda entry: entry[:2])


def play(paths, ports):
    entries, begin, numbers, loop = schedule(paths), time.monotonic(), [0, 0], 0
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in ports]
    for each, port in zip(sockets, ports):
        each.connect(('127.0.0.1', port))
    while True:
        for second, kind, packet, ticks, has_stamp in entries:
            late = time.monotonic() - begin - loop * SECONDS - second
            if late < 0:
                time.sleep(-late)
            struct.pack_into('>HI', packet, 2, numbers[kind] & 0xffff,
                             (ticks + loop * SECONDS * CLOCKS[kind]) & 0xffffffff)
            numbers[kind] += 1
            if has_stamp:
                struct.pack_into('>4sQ', packet, len(packet) - STAMP, b'WBEN', time.time_ns())
            try:
                sockets[kind].send(packet)
            except ConnectionRefusedError:
                pass        # the sender has not opened its ports yet, or has gone
        loop += 1


if __name__ == '__main__':
    play(sys.argv[1:3], [int(port) for port in sys.argv[3:5]])
