#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""aiortc_channels.py - aiortc as an end of channels.py, which has the words."""
import asyncio

from aiortc import RTCPeerConnection, RTCSessionDescription
from channels_end import is_good, make_bytes, read_orders, say


class Talker:
    def __init__(self):
        self.connection, self.channels = None, {}

    def watch(self, channel):
        self.channels[channel.label] = channel

        def tell_open():
            say('open', channel.label, ordered=channel.ordered, maxRetransmits=channel.maxRetransmits,
                maxPacketLifeTime=channel.maxPacketLifeTime, protocol=channel.protocol, id=channel.id)

        def tell(message):
            if isinstance(message, str):
                say('text', channel.label, text=message)
            else:
                say('bytes', channel.label, length=len(message), good=is_good(message))

        channel.on('open', tell_open)
        channel.on('message', tell)
        channel.on('close', lambda: say('closed', channel.label))
        if channel.readyState == 'open':
            tell_open()

    def connect(self):
        self.connection = RTCPeerConnection()
        self.connection.on('datachannel', self.watch)

    async def describe(self, description):
        await self.connection.setLocalDescription(description)
        local = self.connection.localDescription
        say('description', type=local.type, sdp=local.sdp)

    async def offer(self, first, **_):
        self.connect()
        self.watch(self.connection.createDataChannel(first))
        await self.describe(await self.connection.createOffer())

    async def answer(self, sdp):
        self.connect()
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp, 'offer'))
        await self.describe(await self.connection.createAnswer())

    async def accept(self, sdp):
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp, 'answer'))

    async def open(self, label, options):
        self.watch(self.connection.createDataChannel(label, **options))

    async def text(self, label, text):
        self.channels[label].send(text)

    async def bytes(self, label, length):
        self.channels[label].send(make_bytes(length))

    async def close(self, label):
        self.channels[label].close()

    async def leave(self):
        await self.connection.close()
        say('left')


async def run():
    loop, talker = asyncio.get_running_loop(), Talker()
    orders = read_orders()
    while order := await loop.run_in_executor(None, next, orders, None):
        await getattr(talker, order.pop('do'))(**order)


asyncio.run(run())
