// SPDX-License-Identifier: LGPL-2.1-or-later
// talk.js - a WHEP viewer with data channels, for channels.py: runs before the page's own scripts.
'use strict';

window.talk = (() => {
  const channels = {};      // by name: the channel and what came on it
  let pc, location;

  function keep(name, channel) {
    const kept = channels[name] = {channel, got: [], waiting: []};
    channel.binaryType = 'arraybuffer';
    channel.onmessage = (event) => {
      const wanted = kept.waiting.shift();
      if (wanted) wanted(event.data);
      else kept.got.push(event.data);
    };
    return kept;
  }

  function happens(channel, event, states) {
    if (states.includes(channel.readyState)) return Promise.resolve();
    return new Promise((done) => { channel.addEventListener(event, done, {once: true}); });
  }

  const next = (kept) => kept.got.length ? Promise.resolve(kept.got.shift()) :
    new Promise((done) => kept.waiting.push(done));

  function same(sent, came) {
    if (typeof sent === 'string' || typeof came === 'string') return sent === came;
    const a = new Uint8Array(sent), b = new Uint8Array(came);
    return a.length === b.length && a.every((byte, i) => byte === b[i]);
  }

  return {
    // Connects with a first channel "chat", with or without media.
    async connect(endpoint, withMedia) {
      pc = new RTCPeerConnection();
      if (withMedia) pc.addTransceiver('video', {direction: 'recvonly'});
      pc.ondatachannel = (event) => keep(event.channel.label, event.channel);
      keep('chat', pc.createDataChannel('chat'));
      await pc.setLocalDescription();
      if (pc.iceGatheringState !== 'complete')
        await new Promise((done) => {
          pc.addEventListener('icegatheringstatechange',
            () => pc.iceGatheringState === 'complete' && done());
        });
      const response = await fetch(endpoint, {method: 'POST', body: pc.localDescription.sdp,
        headers: {'Content-Type': 'application/sdp'}});
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      location = new URL(response.headers.get('Location'), endpoint);
      await pc.setRemoteDescription({type: 'answer', sdp: await response.text()});
      await happens(channels.chat.channel, 'open', ['open']);
      return pc.sctp.maxMessageSize;
    },

    // The first message on the channel that the other side has opened.
    greeting: () => 'from-us' in channels ? next(channels['from-us']) : null,

    async open(name, options) {
      const kept = keep(name, pc.createDataChannel(name, options));
      await happens(kept.channel, 'open', ['open']);
      return kept.channel.id;
    },

    async ask(name, text) {
      channels[name].channel.send(text);
      return next(channels[name]);
    },

    // Sends bytes of that length; TRUE when they came back as they were.
    async echoes(name, length) {
      const bytes = new Uint8Array(length).map((_, i) => i * 7 + (i >> 8));
      channels[name].channel.send(bytes);
      const came = await next(channels[name]);
      return typeof came !== 'string' && same(bytes, came);
    },

    refuses(name, length) {
      try {
        channels[name].channel.send(new Uint8Array(length));
      } catch (error) {
        return error.name;
      }
      return null;
    },

    async close(name) {
      channels[name].channel.close();
      await happens(channels[name].channel, 'close', ['closed']);
      return true;
    },

    // The other side is asked to close it.
    async closedByPeer(name) {
      channels[name].channel.send('close');
      await happens(channels[name].channel, 'close', ['closed']);
      return true;
    },

    // Many at once: each opens, answers and closes.
    async many(count) {
      const ids = await Promise.all([...Array(count).keys()].map(async (i) => {
        const name = `many-${i}`;
        const id = await window.talk.open(name);
        if (await window.talk.ask(name, name) !== name) throw new Error(`${name} is not echoed`);
        await window.talk.close(name);
        return id;
      }));
      return new Set(ids).size;
    },

    async leave() {
      await fetch(location, {method: 'DELETE'});
      pc.close();
      return true;
    },
  };
})();
