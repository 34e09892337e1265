// SPDX-License-Identifier: LGPL-2.1-or-later
// caller.mjs ENDPOINT CODEC SECONDS - @roamhq/wrtc, Google's libwebrtc for node, as a WHIP caller
// that sends the pictures and beeps of callsource.py.
import wrtc from '@roamhq/wrtc';

const [width, height, fps, rate, pitch] = [320, 240, 30, 48000, 440];
const [bits, rowLines, chunk] = [16, 32, rate / 100];   // it takes sound in pieces of 10 ms
const patienceMs = 30000;
const [endpoint, codec, seconds] = process.argv.slice(2);
const frames = fps * Number(seconds);

function picture(number) {
  const data = new Uint8ClampedArray(width * height * 3 / 2).fill(128);
  for (let line = 0; line < height; line++) {
    const row = data.subarray(line * width, (line + 1) * width);
    if (line >= 2 * rowLines) {
      if (number % fps < fps / 5) row.fill(235);
      else for (let x = 0; x < width; x++) row[x] = 120 - Math.abs((number * 3 + line + x) % 160 - 80);
      continue;
    }
    for (let i = 0; i < bits; i++) {
      const white = (number >> (bits - 1 - i) & 1) === (line < rowLines ? 1 : 0);
      row.fill(white ? 235 : 16, i * width / bits, (i + 1) * width / bits);
    }
  }
  return { width, height, data };
}

function sound(first) {
  const samples = new Int16Array(chunk);
  for (let i = 0; i < chunk; i++) {
    const at = (first + i) % rate;
    samples[i] = at < rate / 2 ? 8000 * Math.sin(2 * Math.PI * pitch * at / rate) : 0;
  }
  return { samples, sampleRate: rate, bitsPerSample: 16, channelCount: 1, numberOfFrames: chunk };
}

// Calls make(n) for n = 0 ... count - 1, n / perSecond after the first.
function pace(count, perSecond, make) {
  const began = performance.now();
  let n = 0;
  return new Promise((resolve) => {
    const step = () => {
      while (n < count && performance.now() - began >= n * 1000 / perSecond) make(n++);
      if (n === count) resolve();
      else setTimeout(step, Math.max(0, began + n * 1000 / perSecond - performance.now()));
    };
    step();
  });
}

function reached(target, event, done) {
  return new Promise((resolve, reject) => {
    const look = () => { if (done()) resolve(); };
    target.addEventListener(event, look);
    setTimeout(() => reject(new Error(`no ${event} in time`)), patienceMs);
    look();
  });
}

async function sentFrames() {
  for (const report of (await connection.getStats()).values()) {
    if (report.type === 'outbound-rtp' && report.kind === 'video') return report.framesSent;
  }
  return 0;
}

const connection = new wrtc.RTCPeerConnection();
const pictures = new wrtc.nonstandard.RTCVideoSource();
const tone = new wrtc.nonstandard.RTCAudioSource();
const video = connection.addTransceiver(pictures.createTrack(), { direction: 'sendonly' });
const { codecs } = wrtc.RTCRtpSender.getCapabilities('video');
video.setCodecPreferences(codecs.filter(
  (c) => [`video/${codec}`, 'video/rtx'].some((m) => m.toLowerCase() === c.mimeType.toLowerCase())));
connection.addTransceiver(tone.createTrack(), { direction: 'sendonly' });

await connection.setLocalDescription(await connection.createOffer());
await reached(connection, 'icegatheringstatechange',
  () => connection.iceGatheringState === 'complete');
const response = await fetch(endpoint, {
  method: 'POST', headers: { 'content-type': 'application/sdp' },
  body: connection.localDescription.sdp,
});
if (response.status !== 201) throw new Error(`POST: ${response.status} ${await response.text()}`);
const location = new URL(response.headers.get('location'), endpoint);
await connection.setRemoteDescription({ type: 'answer', sdp: await response.text() });
await reached(connection, 'connectionstatechange', () => connection.connectionState === 'connected');

await Promise.all([
  pace(frames, fps, (n) => pictures.onFrame(picture(n))),
  pace(Number(seconds) * rate / chunk, rate / chunk, (n) => tone.onData(sound(n * chunk))),
]);
// It encodes and paces on threads of its own: done when the count of frames sent stands still.
let sent = -1;
for (let now = await sentFrames(); now !== sent; now = await sentFrames()) {
  sent = now;
  await new Promise((resolve) => { setTimeout(resolve, 300); });
}
const state = connection.connectionState;
const ended = await fetch(location, { method: 'DELETE' });
if (![200, 204].includes(ended.status)) throw new Error(`DELETE: ${ended.status}`);
console.log(JSON.stringify({ frames, sent, state }));
// libwebrtc's threads would keep the process: closing it all is not what is tested here.
process.exit(0);
