// SPDX-License-Identifier: LGPL-2.1-or-later
// caller.js - runs in the publisher page before its own scripts: gives it a camera whose pictures are
// numbered (as testsource.c numbers them) and a sound that beeps when the picture flashes.
//
// The numbers tell the tests which frames arrived, flash and beep together how far sound and picture
// are apart. caller.device = true leaves the browser's own devices alone.
window.caller = {
  device: false,            // use the real getUserMedia
  deny: null,               // name of the DOMException to fail with
  lacks: null,              // 'video' or 'audio': no such device is plugged in
  loseDelete: false,        // the request that ends the session never leaves the browser
  width: 320, height: 240, fps: 30,
  hertz: 1000,
  beepMs: 100,
  number: 0,                // of the next frame
  running: true,            // false: the camera stands still, nothing new is drawn
  requests: [],             // constraints of every getUserMedia
  connections: [],
  drawnAt: 0, longestPause: 0,      // between two frames, ms: how busy the machine is

  latest () { return caller.connections[caller.connections.length - 1]; },

  draw () {
    const { canvas, width, height, number } = caller;
    const context = caller.context;
    if (caller.drawnAt) caller.longestPause = Math.max(caller.longestPause, performance.now() - caller.drawnAt);
    caller.drawnAt = performance.now();
    const flash = number % caller.fps < caller.fps * caller.beepMs / 1000;
    context.fillStyle = flash ? '#fff' : '#000';
    context.fillRect(0, 0, width, height);
    const row = width / 10;
    for (let i = 0; i < 16; i++) {
      const bit = (number >> (15 - i)) & 1;
      const x = Math.floor(i * width / 16);
      const w = Math.floor((i + 1) * width / 16) - x;
      context.fillStyle = bit ? '#fff' : '#000';
      context.fillRect(x, 0, w, row);
      context.fillStyle = bit ? '#000' : '#fff';
      context.fillRect(x, row, w, row);
    }
    if (number % caller.fps === 0) caller.beep(true);
    if (number % caller.fps === Math.round(caller.fps * caller.beepMs / 1000)) caller.beep(false);
    caller.number = (number + 1) % 65536;
    for (const { request } of caller.pictures) request();
  },

  beep (on) {
    for (const { gain, track } of caller.sounds) {
      if (gain) gain.gain.setTargetAtTime(on ? 0.5 : 0, gain.context.currentTime, 0.0005);
      else track.gate(on);
    }
  },

  pictures: [],
  sounds: [],

  picture () {
    if (!caller.canvas) {
      caller.canvas = document.createElement('canvas');
      caller.canvas.width = caller.width;
      caller.canvas.height = caller.height;
      caller.context = caller.canvas.getContext('2d', { willReadFrequently: true });
      caller.clock ||= setInterval(() => { if (caller.running) caller.draw(); }, 1000 / caller.fps);
    }
    const stream = caller.canvas.captureStream(0);
    const track = stream.getVideoTracks()[0];
    // Firefox has it at the stream.
    const request = () => (track.requestFrame ? track.requestFrame() : stream.requestFrame());
    caller.pictures.push({ track, request });
    const stop = track.stop.bind(track);
    track.stop = () => { caller.pictures = caller.pictures.filter((p) => p.track !== track); stop(); };
    return track;
  },

  // The browser's own fake microphone, a steady tone, heard while it is on and the page has not muted it.
  gated (track) {
    const real = Object.getOwnPropertyDescriptor(MediaStreamTrack.prototype, 'enabled');
    let wanted = true;
    let on = false;
    const apply = () => real.set.call(track, wanted && on);
    Object.defineProperty(track, 'enabled', { get: () => wanted, set: (value) => { wanted = value; apply(); } });
    track.gate = (value) => { on = value; apply(); };
    track.gate(false);
    caller.sounds.push({ track });
    return track;
  },

  async sound () {
    caller.audio ||= new AudioContext();
    const running = caller.audio.state === 'running'
      || await Promise.race([caller.audio.resume().then(() => true),
        new Promise((resolve) => setTimeout(() => resolve(caller.audio.state === 'running'), 1000))]);
    if (!running) {     // no sound card lets it run (Firefox)
      const stream = await caller.real({ audio: true });
      return caller.gated(stream.getAudioTracks()[0]);
    }
    const oscillator = caller.audio.createOscillator();
    const gain = caller.audio.createGain();
    const destination = caller.audio.createMediaStreamDestination();
    oscillator.frequency.value = caller.hertz;
    gain.gain.value = 0;
    oscillator.connect(gain).connect(destination);
    oscillator.start();
    caller.sounds.push({ gain });
    return destination.stream.getAudioTracks()[0];
  },

  // The next picture asked for is of that size: another camera.
  resize (width, height) {
    Object.assign(caller, { width, height, canvas: null });
    return true;
  },

  // What has been sent, and by which codec; null without a connection.
  async sent () {
    if (!caller.latest()) return null;
    const report = new Map(await caller.latest().getStats());
    const result = { state: caller.latest().connectionState, number: caller.number,
      longestPause: caller.longestPause };
    for (const s of report.values()) {
      if (s.type === 'outbound-rtp' && s.kind === 'video')
        Object.assign(result, { encoded: s.framesEncoded, frames: s.framesSent ?? s.framesEncoded,
          packets: s.packetsSent, keyFrames: s.keyFramesEncoded, width: s.frameWidth,
          mimeType: report.get(s.codecId)?.mimeType, pli: s.pliCount, nack: s.nackCount });
      else if (s.type === 'outbound-rtp' && s.kind === 'audio')
        Object.assign(result, { audioPackets: s.packetsSent });
    }
    return result.frames === undefined && result.audioPackets === undefined ? null : result;
  },
};

if (navigator.mediaDevices) {
  caller.real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    caller.requests.push(JSON.parse(JSON.stringify(constraints)));
    if (caller.deny) throw new DOMException('refused by the test', caller.deny);
    if (caller.lacks && constraints[caller.lacks])
      throw new DOMException('none, says the test', 'NotFoundError');
    if (caller.device) return caller.real(constraints);
    const tracks = [];
    if (constraints.audio) tracks.push(await caller.sound());
    if (constraints.video) tracks.push(caller.picture());
    return new MediaStream(tracks);
  };
}

caller.fetch = window.fetch;
window.fetch = (url, options) => (caller.loseDelete && options?.method === 'DELETE'
  ? Promise.reject(new TypeError('lost by the test')) : caller.fetch.call(window, url, options));

window.RTCPeerConnection = class extends window.RTCPeerConnection {
  constructor (...args) {
    super(...args);
    caller.connections.push(this);
  }

  addTransceiver (...args) {
    const transceiver = super.addTransceiver(...args);
    // A busy machine may cost frames, which are counted, but not the size of the picture.
    const parameters = transceiver.sender.getParameters();
    transceiver.sender.setParameters({ ...parameters, degradationPreference: 'maintain-resolution' })
      .catch(() => {});
    return transceiver;
  }
};
