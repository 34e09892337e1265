# SPDX-License-Identifier: LGPL-2.1-or-later
"""channels_scenarios.py - what two ends of a connection do with data channels: the list that channels.py has every
peer go through.

An end has tell(verb, ...) and hears(label, says, ...), which is the next thing that it says of that channel. A fact of
a peer is what its own implementation cannot do; whatever is not named there has to work.
"""
import asyncio
import re

MAX_MESSAGE = 262144    # as our SDP says
LONGEST = 1 << 20       # no end of ours sends more
ABSENT = 65536          # RFC 8841 6.1: no attribute
TEXTS = ('text', 'h\u00e9 \U0001f600', '')
LENGTHS = (1, 0, 1200, 16384, 65535)
MODES = ({}, {'ordered': False}, {'maxRetransmits': 0}, {'ordered': False, 'maxRetransmits': 3},
         {'maxPacketLifeTime': 100}, {'maxPacketLifeTime': 0},
         {'ordered': False, 'maxPacketLifeTime': 500, 'protocol': 'p'})
MANY = 100


def max_message_of(sdp):
    said = re.search(r'^a=max-message-size:(\d+)', sdp, re.MULTILINE)
    size = int(said.group(1)) if said else ABSENT
    return min(size, LONGEST) if size else LONGEST    # 0: as long as you like


async def both_open(one, other, label):
    """One has opened it: what it says it is at both ends."""
    here, there = await one.hears(label, 'open'), await other.hears(label, 'open')
    for name in ('protocol', 'ordered', 'maxRetransmits', 'maxPacketLifeTime'):
        if not other.cannot('tell options') and not one.cannot('tell options'):
            assert here[name] == there[name], f'{label}: {name} is {here[name]} at {one}, {there[name]} at {other}'
    return here


async def carry(one, other, label, text):
    one.tell('text', label=label, text=text)
    await other.hears_text(label, text)


async def messages(ours, peer):
    for one, other in ((ours, peer), (peer, ours)):
        nothing = not one.cannot('send nothing')
        for text in filter(lambda text: text or nothing, TEXTS):
            await carry(one, other, 'first', text)
        for length in filter(lambda length: length or nothing, LENGTHS):
            one.tell('bytes', label='first', length=length)
            await other.hears_bytes('first', length)


async def longest_messages(ours, peer):
    """Exactly what the other end takes, and not a byte more; the channel stays as it was."""
    for one, other in ((ours, peer), (peer, ours)):
        length = min(max_message_of(other.sdp), one.knows('sends', LONGEST), other.knows('takes', LONGEST))
        one.tell('bytes', label='first', length=length)
        await other.hears_bytes('first', length)
        if length == max_message_of(other.sdp) and 'sends' not in one.facts:
            one.tell('bytes', label='first', length=length + 1)
            await one.hears('first', 'refused')
        await carry(one, other, 'first', f'after {length}')
        print(f'# {one} sent {other} {length} bytes in one message', flush=True)


async def modes(ours, peer):
    for one, other in ((ours, peer), (peer, ours)):
        for number, options in enumerate(MODES):
            label = f'{one}-{number}'
            one.tell('open', label=label, options=options)
            here = await both_open(one, other, label)
            if not one.cannot('tell options'):
                wanted = dict(ordered=True, maxRetransmits=None, maxPacketLifeTime=None, protocol='', **{})
                wanted.update(options)
                assert all(here[name] == value for name, value in wanted.items()), f'{here}, not {wanted}'
            await carry(one, other, label, 'there')
            await carry(other, one, label, 'back')


async def negotiated(ours, peer):
    if ours.cannot('agree on ids') or peer.cannot('agree on ids'):
        return
    for end in (ours, peer):
        end.tell('open', label='agreed', options={'negotiated': True, 'id': 500})
    for one, other in ((ours, peer), (peer, ours)):
        await one.hears('agreed', 'open')
    for one, other in ((ours, peer), (peer, ours)):
        await carry(one, other, 'agreed', f'from {one}')


async def hear_last_words(closer, listener, label):
    """What was sent before the end comes before it, where neither end mixes them up."""
    if not listener.cannot('keep order at the end'):
        await listener.hears_text(label, 'last words')
        await listener.hears(label, 'closed')
        return
    said = await listener.hears(label, None)
    if said['says'] == 'text':
        assert said['text'] == 'last words', said
        said = await listener.hears(label, None)
    assert said['says'] == 'closed', f'{listener} says {said} of "{label}", which {closer} has closed'


async def closing(ours, peer):
    """Opened by each, closed by each, what was sent before comes before; its id is used again."""
    for one, other in ((ours, peer), (peer, ours)):
        for number in range(4):
            closer, listener = (one, other) if number % 2 else (other, one)
            label = f'again-{one}-{number}'
            one.tell('open', label=label, options={})
            await both_open(one, other, label)
            if closer.cannot('close in order') or listener.cannot('close in order'):
                closer.tell('close', label=label)
                await listener.hears(label, 'closed')
            else:
                closer.tell('text', label=label, text='last words')
                closer.tell('close', label=label)
                await hear_last_words(closer, listener, label)
            await closer.hears(label, 'closed')


async def many(ours, peer):
    """100 at a time, half by each."""
    opened = [(ours, peer, f'many-{i}') if i % 2 else (peer, ours, f'many-{i}') for i in range(MANY)]
    for one, _, label in opened:
        one.tell('open', label=label, options={})
    here = [await both_open(*each) for each in opened]
    for one, other, label in opened:
        await carry(one, other, label, label)
    for number, (one, other, label) in enumerate(opened):
        (one if number % 4 < 2 else other).tell('close', label=label)
    for one, other, label in opened:
        await one.hears(label, 'closed')
        await other.hears(label, 'closed')
    ids = {o['id'] for o in here if o['id'] is not None}
    print(f'# {MANY} channels, {len(ids)} ids', flush=True)


SCENARIOS = (messages, longest_messages, modes, negotiated, closing, many)
