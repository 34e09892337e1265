// SPDX-License-Identifier: LGPL-2.1-or-later
// talk.js - one end of channels.py's conversations where there is an RTCPeerConnection: browsers and
// node-datachannel. Does what it is told, says what happens; channels.py has the words.
'use strict';

globalThis.makeTalker = (Connection, config, say) => {
  let pc, channels;

  // Byte i of every message.
  const byteAt = (i) => (i * 7 + (i >> 8)) & 255;

  function watch(channel) {
    const {label} = channel;
    let isOpen = false;
    const tell = (says, more) => say({says, label, ...more});
    const open = () => {
      if (isOpen) return;
      isOpen = true;
      const {ordered, maxRetransmits, maxPacketLifeTime, protocol, id} = channel;
      tell('open', {ordered, maxRetransmits, maxPacketLifeTime, protocol, id});
    };
    channels[label] = channel;
    channel.binaryType = 'arraybuffer';
    channel.onopen = open;
    channel.onclose = () => tell('closed');
    channel.onmessage = ({data}) => {
      if (typeof data === 'string') return tell('text', {text: data});
      const bytes = new Uint8Array(data);
      return tell('bytes', {length: bytes.length, good: bytes.every((byte, i) => byte === byteAt(i))});
    };
    if (channel.readyState === 'open') open();
  }

  function connect() {
    channels = {};
    pc = new Connection(config);
    pc.ondatachannel = ({channel}) => watch(channel);
  }

  async function describe() {
    await pc.setLocalDescription();
    if (pc.iceGatheringState !== 'complete')
      await new Promise((done) => {
        pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && done();
      });
    const {type, sdp} = pc.localDescription;
    say({says: 'description', type, sdp});
  }

  const verbs = {
    async offer({first, media}) {
      connect();
      if (media) pc.addTransceiver('video', {direction: 'recvonly'});
      watch(pc.createDataChannel(first));
      await describe();
    },
    async answer({sdp}) {
      connect();
      await pc.setRemoteDescription({type: 'offer', sdp});
      await describe();
    },
    accept: ({sdp}) => pc.setRemoteDescription({type: 'answer', sdp}),
    open: ({label, options}) => watch(pc.createDataChannel(label, options)),
    text: ({label, text}) => channels[label].send(text),
    bytes: ({label, length}) => channels[label].send(new Uint8Array(length).map((_, i) => byteAt(i))),
    close: ({label}) => channels[label].close(),
    leave() {
      pc.close();
      say({says: 'left'});
    },
  };

  return async (told) => {
    try {
      await verbs[told.do](told);
    } catch (error) {
      say({says: told.do === 'text' || told.do === 'bytes' ? 'refused' : 'failed', label: told.label, why: `${error}`});
    }
    return true;
  };
};
