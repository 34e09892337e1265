# SPDX-License-Identifier: LGPL-2.1-or-later
"""callpipe.py - GStreamer callers' sources: callsource's pictures and tone, live, through encoders.

A Feed has "appsrc ! encoder" for picture and sound of a pipeline. start() feeds both from now on,
paced by the clock; on_end is called once for each stream after its last buffer has left the
encoder's pad, that is, after all that is linked to it without a queue has been through.
"""
import threading
import time

import gi
gi.require_version('Gst', '1.0')
from gi.repository import Gst    # noqa: E402

import callsource as media    # noqa: E402

ENCODERS = {
    'VP8': 'vp8enc deadline=1 cpu-used=8 target-bitrate=500000 keyframe-max-dist=60',
    'VP9': 'vp9enc deadline=1 cpu-used=8 lag-in-frames=0 target-bitrate=500000 keyframe-max-dist=60',
    'H264': 'x264enc tune=zerolatency speed-preset=ultrafast bitrate=500 key-int-max=60 '
            '! video/x-h264,profile=constrained-baseline',
}


class Feed:
    def __init__(self, codec, seconds, on_end):
        """Descriptions for Gst.parse_launch; names are video_in and audio_in, the ends are for the
        caller to link."""
        self.frames = media.FPS * seconds
        self.on_end = on_end
        self.sent, self.last, self.fed = 0, None, 0
        self.video = (f'appsrc name=video_in is-live=true format=time caps=video/x-raw,format=I420,'
                      f'width={media.WIDTH},height={media.HEIGHT},framerate={media.FPS}/1 '
                      f'! {ENCODERS[codec]}')
        self.audio = (f'appsrc name=audio_in is-live=true format=time caps=audio/x-raw,format=S16LE,'
                      f'layout=interleaved,rate={media.RATE},channels=1 ! audioconvert '
                      f'! opusenc frame-size=20')

    def watch(self, kind, pad):
        """on_end(kind) when all of it is through that pad and what comes behind. At the end "sent" is
        how many frames, seen by their time stamps, went through a video pad."""
        pad.add_probe(Gst.PadProbeType.EVENT_DOWNSTREAM, self.on_event, kind)
        if kind == 'video':
            pad.add_probe(Gst.PadProbeType.BUFFER | Gst.PadProbeType.BUFFER_LIST, self.on_media)

    def on_media(self, _pad, info):
        is_list = info.type & Gst.PadProbeType.BUFFER_LIST
        first = info.get_buffer_list().get(0) if is_list else info.get_buffer()
        if first.pts != self.last:
            self.last, self.sent = first.pts, self.sent + 1
        return Gst.PadProbeReturn.OK

    def on_event(self, _pad, info, kind):
        if info.get_event().type == Gst.EventType.EOS:
            self.on_end(kind)
            return Gst.PadProbeReturn.DROP
        return Gst.PadProbeReturn.OK

    def start(self, pipeline):
        self.begin = pipeline.get_clock().get_time() - pipeline.get_base_time()
        for name, run in (('video_in', self.feed_video), ('audio_in', self.feed_audio)):
            threading.Thread(target=run, args=(pipeline.get_by_name(name), time.monotonic()),
                             daemon=True).start()

    def push(self, source, began, at, duration, data):
        """Pushes what belongs at second "at" of the call, when that has come."""
        time.sleep(max(0, began + at - time.monotonic()))
        buffer = Gst.Buffer.new_wrapped(data)
        buffer.pts = self.begin + int(at * Gst.SECOND)
        buffer.duration = int(duration * Gst.SECOND)
        return source.emit('push-buffer', buffer)

    def feed_video(self, source, began):
        for n in range(self.frames):
            self.fed = n
            self.push(source, began, n / media.FPS, 1 / media.FPS, media.picture(n))
        source.emit('end-of-stream')

    def feed_audio(self, source, began):
        for n in range(self.frames * media.RATE // media.FPS // media.CHUNK):
            self.push(source, began, n * media.CHUNK / media.RATE, media.CHUNK / media.RATE,
                      media.sound(n * media.CHUNK))
        source.emit('end-of-stream')
