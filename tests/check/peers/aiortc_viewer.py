#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""aiortc_viewer.py ENDPOINT CODEC - aiortc as a WHEP viewer that decodes what it gets."""
import asyncio
import json
import sys

from aiortc import RTCPeerConnection, RTCRtpReceiver, RTCSessionDescription
from whep import Session

WANTED = {'video': 60, 'audio': 50}
SECONDS = 30


async def count(track, counts):
    while True:
        await track.recv()
        counts[track.kind] += 1


async def watch(session, codec):
    counts, readers = {'video': 0, 'audio': 0}, []
    connection = RTCPeerConnection()
    connection.on('track', lambda track: readers.append(
        asyncio.ensure_future(count(track, counts))))
    video = connection.addTransceiver('video', direction='recvonly')
    video.setCodecPreferences([c for c in RTCRtpReceiver.getCapabilities('video').codecs
                               if c.mimeType.upper() in (f'VIDEO/{codec}', 'VIDEO/RTX')])
    connection.addTransceiver('audio', direction='recvonly')
    await connection.setLocalDescription(await connection.createOffer())
    loop = asyncio.get_running_loop()
    answer = await loop.run_in_executor(None, session.post, connection.localDescription.sdp)
    await connection.setRemoteDescription(RTCSessionDescription(answer, 'answer'))
    end = loop.time() + SECONDS
    while loop.time() < end and any(counts[k] < WANTED[k] for k in WANTED):
        await asyncio.sleep(0.05)
    state = connection.connectionState
    await loop.run_in_executor(None, session.delete)
    for reader in readers:
        reader.cancel()
    await connection.close()
    return dict(counts, state=state)


print(json.dumps(asyncio.run(watch(Session(sys.argv[1]), sys.argv[2]))))
