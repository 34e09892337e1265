#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""aiortc_caller.py ENDPOINT CODEC SECONDS - aiortc as a WHIP caller.

aiortc encodes and sends a frame before it asks the track for the next one, so that all frames up
to the one before the last request have been sent.
"""
import asyncio
import fractions
import json
import sys

import av
import callsource as media
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from whep import Session

WAIT_SECONDS = 30


class Track(MediaStreamTrack):
    """Paced from the first request to any track on; sent_all is set by the request after the last
    frame."""
    begin = None

    def __init__(self, kind, frames_per_second, n_frames):
        super().__init__()
        self.kind, self.rate, self.left, self.next = kind, frames_per_second, n_frames, 0
        self.sent_all = asyncio.Event()

    async def recv(self):
        loop = asyncio.get_running_loop()
        Track.begin = Track.begin or loop.time()
        if self.next == self.left:
            self.sent_all.set()
            await asyncio.Event().wait()
        await asyncio.sleep(max(0, Track.begin + self.next / self.rate - loop.time()))
        frame = self.make(self.next)
        self.next += 1
        return frame


class Pictures(Track):
    def __init__(self, seconds):
        super().__init__('video', media.FPS, media.FPS * seconds)

    def make(self, n):
        frame = av.VideoFrame(media.WIDTH, media.HEIGHT, 'yuv420p')
        data, at = media.picture(n), 0
        for plane in frame.planes:
            size = plane.width * plane.height
            if plane.line_size == plane.width:
                plane.update(data[at:at + size])
            else:       # lines are padded
                plane.update(b''.join(
                    data[i:i + plane.width].ljust(plane.line_size, b'\0')
                    for i in range(at, at + size, plane.width)))
            at += size
        frame.pts, frame.time_base = n * 90000 // media.FPS, fractions.Fraction(1, 90000)
        return frame


class Tone(Track):
    def __init__(self, seconds):
        super().__init__('audio', media.RATE / media.CHUNK, seconds * media.RATE // media.CHUNK)

    def make(self, n):
        frame = av.AudioFrame('s16', 'mono', media.CHUNK)
        frame.planes[0].update(media.sound(n * media.CHUNK))
        frame.sample_rate = media.RATE
        frame.pts, frame.time_base = n * media.CHUNK, fractions.Fraction(1, media.RATE)
        return frame


async def run(session, codec, seconds):
    connection = RTCPeerConnection()
    tracks = [Pictures(seconds), Tone(seconds)]
    for track in tracks:
        connection.addTransceiver(track, direction='sendonly')
    connection.getTransceivers()[0].setCodecPreferences(
        [c for c in RTCRtpSender.getCapabilities('video').codecs
         if c.mimeType.upper() in (f'VIDEO/{codec}', 'VIDEO/RTX')])
    await connection.setLocalDescription(await connection.createOffer())
    loop = asyncio.get_running_loop()
    answer = await loop.run_in_executor(None, session.post, connection.localDescription.sdp)
    await connection.setRemoteDescription(RTCSessionDescription(answer, 'answer'))
    for track in tracks:
        await asyncio.wait_for(track.sent_all.wait(), WAIT_SECONDS + 2 * seconds)
    state = connection.connectionState
    await loop.run_in_executor(None, session.delete)
    await connection.close()
    return {'frames': tracks[0].next, 'state': state}


print(json.dumps(asyncio.run(run(Session(sys.argv[1]), sys.argv[2], int(sys.argv[3])))))
