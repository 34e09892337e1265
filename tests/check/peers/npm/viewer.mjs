// SPDX-License-Identifier: LGPL-2.1-or-later
// viewer.mjs ENDPOINT CODEC - @roamhq/wrtc, Google's libwebrtc for node, as a WHEP viewer.
import wrtc from '@roamhq/wrtc';

const wanted = { video: 60, audio: 50 };
const patienceMs = 30000;
const [endpoint, codec] = process.argv.slice(2);

const counts = { video: 0, audio: 0 };
const sinks = [];
const connection = new wrtc.RTCPeerConnection();

const enough = new Promise((resolve) => {
  const count = (kind) => {
    counts[kind]++;
    if (Object.keys(wanted).every((k) => counts[k] >= wanted[k])) resolve();
  };
  connection.ontrack = ({ track }) => {
    if (track.kind === 'video') {
      const sink = new wrtc.nonstandard.RTCVideoSink(track);
      sink.onframe = () => count('video');
      sinks.push(sink);
    } else {
      const sink = new wrtc.nonstandard.RTCAudioSink(track);
      sink.ondata = () => count('audio');
      sinks.push(sink);
    }
  };
  setTimeout(resolve, patienceMs);
});

const video = connection.addTransceiver('video', { direction: 'recvonly' });
const { codecs } = wrtc.RTCRtpReceiver.getCapabilities('video');
video.setCodecPreferences(codecs.filter(
  (c) => [`video/${codec}`, 'video/rtx'].some((m) => m.toLowerCase() === c.mimeType.toLowerCase())));
connection.addTransceiver('audio', { direction: 'recvonly' });

const gathered = new Promise((resolve) => {
  connection.onicegatheringstatechange = () => {
    if (connection.iceGatheringState === 'complete') resolve();
  };
});
await connection.setLocalDescription(await connection.createOffer());
await gathered;

const response = await fetch(endpoint, {
  method: 'POST', headers: { 'content-type': 'application/sdp' },
  body: connection.localDescription.sdp,
});
if (response.status !== 201) throw new Error(`POST: ${response.status} ${await response.text()}`);
const location = new URL(response.headers.get('location'), endpoint);
await connection.setRemoteDescription({ type: 'answer', sdp: await response.text() });

await enough;
const state = connection.connectionState;
const ended = await fetch(location, { method: 'DELETE' });
if (![200, 204].includes(ended.status)) throw new Error(`DELETE: ${ended.status}`);
console.log(JSON.stringify({ ...counts, state }));
// libwebrtc's threads would keep the process: closing it all is not what is tested here.
process.exit(0);
