// SPDX-License-Identifier: LGPL-2.1-or-later
// ends.js - the ends of a call that live in a browser: one that watches and notes which picture it
// shows when, and one that sends numbered pictures (moving-picture.c's, to the pixel).
//
// Signalling is the test's: each call gives or takes a whole description. Times are this page's
// performance.now(), ms; the test knows how that compares with its own clock.
window.ends = {
  pc: null,
  beside: null,             // a second viewer of the same page
  seen: [], seenBeside: [], // [width, ms] of each picture shown by the one and the other, until taken
  width: 640, height: 360, fps: 30,
  events: [],               // [number, ms] of each picture drawn or shown, until the test takes them

  decoded: [],              // numbers of the pictures that were decoded, where the browser tells

  take () { return { events: ends.events.splice(0), decoded: ends.decoded.splice(0) }; },

  takeSeen () { return { seen: ends.seen.splice(0), beside: ends.seenBeside.splice(0) }; },

  async gathered (pc = ends.pc) {
    while (pc.iceGatheringState !== 'complete')
      await new Promise((resolve) => { pc.onicegatheringstatechange = resolve; });
    return pc.localDescription.sdp;
  },

  // VP8 first; the others stay, since what repairs VP8 is among them.
  prefer (transceiver, kind) {
    const { codecs } = (kind === 'send' ? RTCRtpSender : RTCRtpReceiver).getCapabilities('video');
    const isVP8 = (codec) => /\/vp8$/i.test(codec.mimeType);
    transceiver.setCodecPreferences([...codecs.filter(isVP8), ...codecs.filter((codec) => !isVP8(codec))]);
  },

  // -- Watching -------------------------------------------------------------------------------

  // latency: ms of buffer asked for, null leaves it to the browser. Returns the offer.
  async watch (latency) {
    const pc = ends.pc = ends.viewer(latency);
    pc.ontrack = (event) => {
      ends.show(event.track);
      if (window.MediaStreamTrackProcessor) ends.count(event.track);
    };
    await pc.setLocalDescription();
    return ends.gathered();
  },

  viewer (latency) {
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    const transceiver = pc.addTransceiver('video', { direction: 'recvonly' });
    ends.prefer(transceiver, 'receive');
    if (latency !== null) transceiver.receiver.jitterBufferTarget = latency;
    return pc;
  },

  // Two viewers that only tell when a picture is shown, and how wide. Returns both offers.
  async watchTwice () {
    ends.pc?.close();
    ends.beside?.close();
    document.body.replaceChildren();
    ends.takeSeen();
    const offers = [];
    for (const [name, seen] of [['pc', ends.seen], ['beside', ends.seenBeside]]) {
      const pc = ends[name] = ends.viewer(null);
      pc.ontrack = (event) => ends.each(ends.play(event.track), (video) => {
        seen.push([video.videoWidth, performance.now()]);
      });
      await pc.setLocalDescription();
      offers.push(await ends.gathered(pc));
    }
    return offers;
  },

  acceptTwice (answers) {
    return Promise.all([ends.pc, ends.beside].map((pc, i) =>
      pc.setRemoteDescription({ type: 'answer', sdp: answers[i] }))).then(() => true);
  },

  accept (answer) { return ends.pc.setRemoteDescription({ type: 'answer', sdp: answer }).then(() => true); },

  play (track) {
    const video = document.createElement('video');
    video.muted = video.autoplay = video.playsInline = true;
    video.srcObject = new MediaStream([track]);
    document.body.append(video);
    video.play().catch(() => {});
    return video;
  },

  // Calls note with each picture that is put on the screen.
  each (video, note) {
    const again = () => {
      note(video);
      video.requestVideoFrameCallback(again);
    };
    video.requestVideoFrameCallback(again);
  },

  show (track) {
    ends.each(ends.play(track), (video) => ends.events.push([ends.read(video), performance.now()]));
  },

  // Each picture that comes out of the decoder, also those that the screen is too slow for.
  async count (track) {
    const reader = new MediaStreamTrackProcessor({ track: track.clone(), maxBufferSize: 30 }).readable.getReader();
    for (;;) {
      const { value: frame, done } = await reader.read();
      if (done) return;
      const { width } = frame.visibleRect;
      const strip = async (y) => {
        const rect = { x: 0, y: Math.floor(y / 2) * 2, width, height: 2 };
        const bytes = new Uint8Array(frame.allocationSize({ rect }));
        await frame.copyTo(bytes, { rect });
        return bytes;
      };
      const [bits, complement] = [await strip(width * 0.05), await strip(width * 0.15)];
      frame.close();
      let number = 0;
      for (let i = 0; i < 16; i++) {
        const at = Math.floor((i + 0.5) * width / 16);
        number = number * 2 + (bits[at] > complement[at] ? 1 : 0);
      }
      ends.decoded.push(number);
    }
  },

  // The number on top of the picture: 16 blocks, and their complement below; -1 if they disagree.
  // Only a line through the middle of each row is copied.
  read (video) {
    const canvas = ends.canvas ||= Object.assign(document.createElement('canvas'), { width: 160, height: 2 });
    const context = ends.context ||= canvas.getContext('2d', { willReadFrequently: true });
    const row = video.videoWidth / 10;
    for (let i = 0; i < 2; i++)
      context.drawImage(video, 0, (i + 0.4) * row, video.videoWidth, row * 0.2, 0, i, 160, 1);
    const { data } = context.getImageData(0, 0, 160, 2);
    let number = 0;
    for (let i = 0; i < 16; i++) {
      const at = (i * 10 + 5) * 4 + 1;
      const bit = data[at] > data[at + 640];
      if (Math.abs(data[at] - data[at + 640]) < 40) return -1;
      number = number * 2 + (bit ? 1 : 0);
    }
    return number;
  },

  // -- Sending --------------------------------------------------------------------------------

  // As moving-picture.c: integers only.
  noise (x, y, octave) {
    let h = (Math.imul(x, 374761393) + Math.imul(y, 668265263) + Math.imul(octave, 2246822519)) >>> 0;
    h = Math.imul(h ^ (h >>> 13), 1274126177) >>> 0;
    return (h ^ (h >>> 16)) & 255;
  },

  texture () {
    const W = 1024, H = 512, out = new Uint8Array(2 * W * H);
    const smooth = (x, y, cell, octave) => {
      const left = Math.floor(x / cell), right = (left + 1) % (W / cell), fx = x % cell;
      const top = Math.floor(y / cell), bottom = (top + 1) % (H / cell), fy = y % cell;
      const above = ends.noise(left, top, octave) * (cell - fx) + ends.noise(right, top, octave) * fx;
      const below = ends.noise(left, bottom, octave) * (cell - fx) + ends.noise(right, bottom, octave) * fx;
      return Math.floor((above * (cell - fy) + below * fy) / (cell * cell));
    };
    for (let y = 0; y < H; y++)
      for (let x = 0; x < W; x++) {
        const level = 2 * smooth(x, y, 64, 0) + smooth(x, y, 16, 1) + smooth(x, y, 4, 2);
        out[y * 2 * W + x] = out[y * 2 * W + x + W] = 32 + Math.floor(level * 3 / 16);
      }
    return out;
  },

  draw (number) {
    const { width, height, frame } = ends;
    const row = width / 10;
    for (let i = 0; i < 16; i++) {
      const bit = (number >> (15 - i)) & 1, x = Math.floor(i * width / 16), end = Math.floor((i + 1) * width / 16);
      for (let y = 0; y < 2 * row; y++)
        frame.fill((y < row) === (bit === 1) ? 235 : 16, y * width + x, y * width + end);
    }
    for (let y = 2 * row; y < height; y++) {
      const phase = (y + number * 5) % 96, swing = phase < 48 ? phase : 96 - phase;
      const from = ((y + number) % 512) * 2048 + (number * 3 + Math.floor(swing / 3)) % 1024;
      frame.set(ends.cloud.subarray(from, from + width), y * width);
    }
  },

  // A track, and what takes a picture of I420 with its time into it.
  track () {
    const { width, height } = ends;
    if (window.MediaStreamTrackGenerator) {
      const track = new MediaStreamTrackGenerator({ kind: 'video' });
      const writer = track.writable.getWriter();
      return [track, (frame, now) => writer.write(new VideoFrame(frame, { format: 'I420', codedWidth: width,
        codedHeight: height, timestamp: Math.round(now * 1000) }))];
    }
    // Firefox. The levels are those of video: 16 is black.
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const context = canvas.getContext('2d'), image = context.createImageData(width, height);
    const stream = canvas.captureStream(0), [track] = stream.getVideoTracks();
    return [track, frame => {
      for (let i = 0, o = 0; i < width * height; i++, o += 4) {
        image.data[o] = image.data[o + 1] = image.data[o + 2] = (frame[i] - 16) * 255 / 219;
        image.data[o + 3] = 255;
      }
      context.putImageData(image, 0, 0);
      (track.requestFrame ? track : stream).requestFrame();
    }];
  },

  camera () {
    const { width, height, fps } = ends;
    const [track, write] = ends.track();
    ends.cloud = ends.texture();
    ends.frame = new Uint8Array(width * height * 3 / 2).fill(128);
    clearTimeout(ends.clock);       // a former call's
    const begin = performance.now();
    let number = 0;
    const tick = () => {
      ends.draw(number);
      const now = performance.now();
      write(ends.frame, now);
      ends.events.push([number, now]);
      number = (number + 1) % 65536;
      // A late picture does not make those after it late.
      let wait = begin + number * 1000 / fps - performance.now();
      while (wait < 0) { number = (number + 1) % 65536; wait += 1000 / fps; }
      ends.clock = setTimeout(tick, wait);
    };
    tick();
    return track;
  },

  // cap: bit/s of the encoding.
  async limit (sender, cap) {
    const parameters = sender.getParameters();
    parameters.encodings[0].maxBitrate = cap;
    parameters.encodings[0].maxFramerate = ends.fps;
    await sender.setParameters(parameters);
  },

  // Answers who watches; returns the answer.
  async answer (offer, cap) {
    const pc = ends.pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    await pc.setRemoteDescription({ type: 'offer', sdp: offer });
    const [transceiver] = pc.getTransceivers();
    transceiver.direction = 'sendonly';
    await transceiver.sender.replaceTrack(ends.camera());
    await pc.setLocalDescription();
    await ends.limit(transceiver.sender, cap);
    return ends.gathered();
  },

  // Calls who receives; returns the offer. accept() takes the answer.
  async call (cap) {
    const pc = ends.pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    const transceiver = pc.addTransceiver(ends.camera(), { direction: 'sendonly' });
    ends.prefer(transceiver, 'send');
    await pc.setLocalDescription();
    await ends.limit(transceiver.sender, cap);
    return ends.gathered();
  },

  // -- Both -----------------------------------------------------------------------------------

  // What figures.py wants of the statistics, with the page's time.
  async stats (pc = ends.pc) {
    const result = { ms: performance.now(), state: pc.connectionState };
    for (const s of (await pc.getStats()).values()) {
      if (s.type === 'inbound-rtp') result.inbound = s;
      else if (s.type === 'outbound-rtp') result.outbound = s;
      else if (s.type === 'remote-inbound-rtp') result.remote = s;
      else if (s.type === 'candidate-pair' && s.nominated) result.pair = s;
    }
    return result;
  },
};
