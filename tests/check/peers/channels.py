#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""channels.py - data channels between our elements and everybody else's: channels.py PEER [MODULE_DIR].

PEER is chromium, firefox, pion, aiortc, npm (node-datachannel, which is libdatachannel) or webrtcbin; it goes through
the list of channels_scenarios.py twice, as offerer to webrtcsink and as answerer to webrtcsrc. With MODULE_DIR, the
folder of our libgstsctp.so, it goes through it once, as offerer to webrtcbin with that.

Ends are programs or pages that do what they are told and say what happens, a JSON object a line, and have no mind of
their own. Told: {"do": "offer", "first": label} (with a channel), {"do": "answer", "sdp", "first"} (a channel by ours
alone), {"do": "accept", "sdp"}, {"do": "open", "label", "options": an RTCDataChannelInit}, {"do": "text", "label",
"text"}, {"do": "bytes", "label", "length"}, {"do": "close", "label"}, {"do": "leave"}. Said: {"says": "description",
"type", "sdp"}, {"says": "open", "label", options}, "text", "bytes" (with "length" and "good": bytes are
(7 i + i / 256) mod 256), "closed", "refused" (a message was not
sent), "left", "failed". Exit code 0 passed, 1 failed, 77 skipped with the reason.
"""
import asyncio
import collections
import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'browser'))
import browser as browsers    # noqa: E402
from channels_scenarios import SCENARIOS, both_open, carry, messages    # noqa: E402
from drop_in import Module    # noqa: E402
from run import npm, pion, python_peer, skip    # noqa: E402

PATIENCE = 30
LINE_BYTES = 1 << 24

# What peers cannot do, whoever is at the other end.
FACTS = {
    # It reads into 65535 bytes, and its SCTP sends no more than 65536.
    'pion': {'takes': 65535, 'sends': 65535},
    # It gives out ids by its ICE role, so as offerer it takes the same ones as we do.
    'aiortc': {'sends': 65536, 'cannot': {'agree on who has which ids'}},
    # Its polyfill does not ask what the other end's channel is. Its threads hand over messages and ends each for
    # itself: an end may overtake the last message, which under load is then never heard, one time in three.
    # Its close_notify is sometimes too late to leave.
    'npm': {'cannot': {'tell options', 'keep order at the end', 'say that it ends'}},
    # PPIDs 56 and 57 are the wrong way round in 1.22, and gst-plugins-bad's sctpenc breaks at a message of no bytes. Its
    # SDP does not say what it takes, so 65536 is what it sends, whatever the other end takes: a longer message goes
    # nowhere, and it does not say so. With a max-message-size in both SDPs gst-plugins-bad's sctpdec hands a message
    # over in pieces of some 65536 bytes; ours, whole.
    # In sctp.py it has agreed ids before it connects; later it takes none. Closing overtakes messages in it,
    # of its own (MR 4462) and of the other end. It ends without a close_notify.
    'webrtcbin': {'sends': 65536, 'cannot': {'tell empty text from no bytes', 'send nothing', 'agree on ids',
                                               'close in order', 'say that it ends'}},
    # gst_channels.py has it say what it takes.
    'webrtcbin-on-ours': {'sends': 262144, 'cannot': {'tell empty text from no bytes', 'agree on ids', 'close in order',
                                                       'hear of the end'}},
}


class End:
    """What one end says, by channel; label '' is the connection."""

    def __init__(self, name, facts=()):
        self.name, self.facts, self.sdp = name, dict(facts), ''
        self.said = collections.defaultdict(asyncio.Queue)
        self.blurs_nothing = False    # between these two an empty text may come as no bytes, and the other way round
        self.connection = 0    # its number is in front of labels: some talk of a connection's channels after its end

    def __str__(self):
        return self.name

    def cannot(self, what):
        return what in self.facts.get('cannot', ())

    def knows(self, fact, otherwise):
        return self.facts.get(fact, otherwise)

    def take(self, said):
        number, _, label = (said.get('label') or '').rpartition('/')
        if not number or int(number) == self.connection:
            self.said[label].put_nowait(said)

    def order(self, verb, more):
        names = {name: f'{self.connection}/{more[name]}' for name in ('label', 'first') if more.get(name)}
        return json.dumps(dict(more, do=verb, **names))

    async def hears(self, label, says):
        try:
            said = await asyncio.wait_for(self.said[label].get(), PATIENCE)
        except asyncio.TimeoutError:
            raise AssertionError(f'{self} does not say "{says}" of "{label}"') from None
        assert says in (None, said['says']), f'{self} says {str(said)[:200]} of "{label}", not "{says}"'
        return said

    async def hears_text(self, label, text):
        if not text and self.blurs_nothing:
            said = await self.hears(label, None)
            assert not said.get('text') and not said.get('length'), said
            return
        said = await self.hears(label, 'text')
        assert said['text'] == text, f'{self} got {said["text"][:80]}, not {text[:80]}'

    async def hears_bytes(self, label, length):
        if not length and self.blurs_nothing:
            await self.hears_text(label, '')
            return
        said = await self.hears(label, 'bytes')
        assert said['length'] == length and said['good'], f'{self} got {said}, not {length} bytes'

    async def describes(self, what, **more):
        self.tell(what, **more)
        self.sdp = (await self.hears('', 'description'))['sdp']
        return self.sdp

    async def leaves(self):
        self.tell('leave')
        await self.hears('', 'left')


class Program(End):
    """A process; its environment is env."""

    async def start(self, command, env=None):
        self.process = await asyncio.create_subprocess_exec(
            *command, env=env, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=LINE_BYTES)
        self.reader = asyncio.ensure_future(self.read())
        return self

    async def read(self):
        while line := await self.process.stdout.readline():
            if line.startswith(b'{'):    # our elements may greet the console, too
                self.take(json.loads(line))
        self.take({'says': 'its end'})

    def tell(self, verb, **more):
        self.process.stdin.write(self.order(verb, more).encode() + b'\n')

    async def close(self, succeeded):
        self.process.stdin.close()
        try:
            code = await asyncio.wait_for(self.process.wait(), PATIENCE)
        except asyncio.TimeoutError:
            self.process.kill()
            code = await self.process.wait()
        self.reader.cancel()
        assert not succeeded or code == 0, f'{self} ended with exit code {code}'


class Page(End):
    """talk.js in a browser. What is told goes in order, and what is said comes by long polls."""

    SCRIPT = '''
      window.said = []; window.wake = () => {};
      window.next = async () => {
        if (!said.length) await new Promise((done) => { window.wake = done; setTimeout(done, 5000); });
        return said.splice(0);
      };
      window.obey = makeTalker(RTCPeerConnection, undefined, (what) => { said.push(what); wake(); });'''

    async def start(self, name):
        with open(os.path.join(HERE, 'talk.js'), encoding='utf-8') as text:
            script = text.read()
        self.browser = await browsers.open_browser(name, '', lambda line: print(f'# {name}: {line}'))
        self.page = await self.browser.new_page()
        await self.page.eval(f'(() => {{ {script} {self.SCRIPT} return true; }})()')
        self.told, self.tasks = asyncio.Queue(), []
        self.tasks = [asyncio.ensure_future(task()) for task in (self.read, self.write)]
        return self

    async def read(self):
        while True:
            for said in await self.page.eval('next()'):
                self.take(said)

    async def write(self):
        while True:
            await self.page.eval(f'void obey({await self.told.get()})')

    def tell(self, verb, **more):
        self.told.put_nowait(self.order(verb, more))

    async def close(self, _):
        for task in self.tasks:
            task.cancel()
        await self.browser.close()


async def ends(ours, peer):
    """The peer ends the connection: ours says so of each channel that is left, and the session goes."""
    await carry(ours, peer, 'first', 'good bye')
    await peer.leaves()
    if peer.cannot('say that it ends') or ours.cannot('hear of the end'):
        await ours.leaves()
        return
    await ours.hears('first', 'closed')
    await ours.hears('', 'left')


async def talk(ours, peer, offerer, answerer, scenarios=SCENARIOS, media=False):
    """One connection, from the offer, which may ask for media, to its end."""
    started = time.monotonic()
    ours.connection = peer.connection = peer.connection + 1
    ours.blurs_nothing = peer.blurs_nothing = any(end.cannot('tell empty text from no bytes') for end in (ours, peer))
    peer.said.clear()
    ours.said.clear()
    opener = answerer if str(offerer) == 'webrtcsrc' else offerer    # which has none, and is ready for them
    # Ours opens one with the session, before there is a connection.
    early = {'first': 'early'} if str(answerer) == 'webrtcsink' and not peer.cannot('agree on who has which ids') else {}
    offer = await offerer.describes('offer', first='first' if opener is offerer else None, media=media)
    answer = await answerer.describes('answer', sdp=offer, **early)
    offerer.tell('accept', sdp=answer)
    if opener is answerer:
        opener.tell('open', label='first', options={})
    await both_open(opener, offerer if opener is answerer else answerer, 'first')
    if early:
        await both_open(answerer, offerer, 'early')
        await carry(answerer, offerer, 'early', 'from the beginning')
    for scenario in scenarios:
        print(f'# {time.monotonic() - started:.1f} s: {scenario.__name__}', flush=True)
        await scenario(ours, peer)
    await ends(ours, peer)
    print(f'# {offerer} offers to {answerer}: {time.monotonic() - started:.1f} s', flush=True)


async def start_peer(name):
    facts = FACTS.get(name, {})
    if name in ('chromium', 'firefox'):
        if not browsers.installed(name):
            skip(f'{name} is not installed')
        page = Page(name, facts)
        try:
            return await page.start(name)
        except BaseException:
            if hasattr(page, 'browser'):
                await page.browser.close()
            raise
    command = {'pion': lambda: pion('channels', ''), 'npm': lambda: npm('channels') + [os.path.join(HERE, 'talk.js')],
               'aiortc': lambda: python_peer('aiortc', 'aiortc_channels.py'),
               'webrtcbin': lambda: python_peer('gi', 'gst_channels.py') + ['webrtcbin']}[name]()
    return await Program(name, facts).start(command)


async def start_ours(kind, module):
    command = python_peer('gi', 'gst_channels.py') + [kind]
    if module is None:
        return await Program(kind).start(command)
    return await Program('webrtcbin-on-ours', FACTS['webrtcbin-on-ours']).start(
        command + [module.path], module.environment(True))


async def channels(name, module):
    ends = []
    try:
        peer = await start_peer(name)
        ends.append(peer)
        for kind, peer_offers in (('webrtcsink', True), ('webrtcsrc', False))[:1 if module else 2]:
            ours = await start_ours('webrtcbin' if module else kind, module)
            ends.append(ours)
            roles = (peer, ours) if peer_offers else (ours, peer)
            await talk(ours, peer, *roles, media=peer_offers and isinstance(peer, Page))
            if peer_offers and isinstance(peer, Page):    # and one of nothing but channels
                await talk(ours, peer, *roles, scenarios=(messages,))
            await ends.pop().close(True)
    except BaseException:
        for end in ends:
            await end.close(False)
        raise
    await peer.close(True)


if __name__ == '__main__':
    ours_module = Module('sctp', 'sctpenc', sys.argv[2]) if len(sys.argv) > 2 else None
    try:
        if ours_module:
            ours_module.check()
        asyncio.run(channels(sys.argv[1], ours_module))
    except AssertionError as error:
        print(f'FAILED: {error}')
        sys.exit(1)
    finally:
        if ours_module:
            ours_module.clean()
