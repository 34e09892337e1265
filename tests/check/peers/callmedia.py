#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""callmedia.py CODEC SECONDS FOLDER [WIDTH HEIGHT KBIT] - encoded media for callers that cannot encode.

Writes FOLDER/video.ivf and FOLDER/audio.ivf: IVF (a 12-byte header of size and time before each
frame) for both, since it is the simplest container there is. A frame is a VP8 or VP9 frame, an
H.264 access unit with start codes, or an Opus packet of 20 ms. The pictures are callsource.py's,
or, with WIDTH and HEIGHT, a moving test pattern of that size.
"""
import os
import struct
import sys

import gi
gi.require_version('Gst', '1.0')
from gi.repository import Gst    # noqa: E402

import callsource as media    # noqa: E402
from callpipe import ENCODERS    # noqa: E402

WAIT_SECONDS = 60
FOURCC = {'VP8': b'VP80', 'VP9': b'VP90', 'H264': b'H264', 'OPUS': b'OPUS'}
# In real time these would do; from a file, quality costs nothing.
STREAM = {'VP8': '', 'VP9': '', 'H264': '! h264parse ! video/x-h264,stream-format=byte-stream,alignment=au'}


def write_header(file, codec, size, rate):
    file.write(b'DKIF' + struct.pack('<HH4sHHIIII', 0, 32, FOURCC[codec], *size, rate, 1, 0, 0))


def frames(description, feed):
    """What comes out of "... ! appsink name=out", as (time, bytes)."""
    pipeline = Gst.parse_launch(f'{description} ! appsink name=out sync=false')
    pipeline.set_state(Gst.State.PLAYING)
    source = pipeline.get_by_name('in')
    for data, at, duration in feed if source else ():
        buffer = Gst.Buffer.new_wrapped(data)
        buffer.pts, buffer.duration = at, duration
        source.emit('push-buffer', buffer)
    if source:
        source.emit('end-of-stream')
    sink = pipeline.get_by_name('out')
    while True:
        sample = sink.emit('try-pull-sample', WAIT_SECONDS * Gst.SECOND)
        if sample is None:
            break
        buffer = sample.get_buffer()
        yield buffer.pts, buffer.extract_dup(0, buffer.get_size())
    ended = sink.get_property('eos')
    pipeline.set_state(Gst.State.NULL)
    if not ended:
        raise AssertionError(f'{description} does not end')


def write_video(path, codec, seconds, size, kbit):
    n_frames = seconds * media.FPS
    encoder = ENCODERS[codec].replace('500000', f'{kbit}000').replace('=500', f'={kbit}')
    if size:
        width, height = size
        source = (f'videotestsrc num-buffers={n_frames} pattern=zone-plate kx2=6 ky2=4 kt=1 ! video/x-raw,format=I420,'
                  f'width={width},height={height},framerate={media.FPS}/1')
        feed = ()
    else:
        size = media.WIDTH, media.HEIGHT
        source = (f'appsrc name=in format=time caps=video/x-raw,format=I420,width={size[0]},'
                  f'height={size[1]},framerate={media.FPS}/1')
        feed = ((media.picture(n), n * Gst.SECOND // media.FPS, Gst.SECOND // media.FPS)
                for n in range(n_frames))
    written, origin = 0, None
    with open(path, 'wb') as file:
        write_header(file, codec, size, media.FPS)
        for at, data in frames(f'{source} ! {encoder} {STREAM[codec]}', feed):
            origin = at if origin is None else origin   # x264enc begins at 1000 hours
            number = round((at - origin) * media.FPS / Gst.SECOND)
            file.write(struct.pack('<IQ', len(data), number) + data)
            written += 1
    if written != n_frames:
        raise AssertionError(f'{written} of {n_frames} frames were encoded')


def write_audio(path, seconds):
    step = media.CHUNK * Gst.SECOND // media.RATE
    feed = ((media.sound(n * media.CHUNK), n * step, step)
            for n in range(seconds * media.RATE // media.CHUNK))
    with open(path, 'wb') as file:
        write_header(file, 'OPUS', (0, 0), media.RATE)
        for n, (_, data) in enumerate(frames(
                f'appsrc name=in format=time caps=audio/x-raw,format=S16LE,layout=interleaved,'
                f'rate={media.RATE},channels=1 ! opusenc frame-size=20', feed)):
            file.write(struct.pack('<IQ', len(data), n * media.CHUNK) + data)


if __name__ == '__main__':
    Gst.init(None)
    codec_name, length, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    picture_size = tuple(map(int, sys.argv[4:6]))
    write_video(os.path.join(folder, 'video.ivf'), codec_name, length, picture_size,
                int((sys.argv[6:7] or ['500'])[0]))
    write_audio(os.path.join(folder, 'audio.ivf'), length)
