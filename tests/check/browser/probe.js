// SPDX-License-Identifier: LGPL-2.1-or-later
// probe.js - runs in a page before its own scripts and watches its WebRTC from outside, so that
// the tests know nothing about how the page is written.
window.probe = {
  connections: [],          // every RTCPeerConnection the page has made
  codec: null,              // ask for this video codec only, as 'video/VP9'
  transport: null,          // hear of the other side's candidates of 'tcp' or 'udp' only
  createdAt: 0,             // performance.now() when the latest connection was made
  firstFrameAt: 0,          // and when its first frame was shown

  latest () { return probe.connections[probe.connections.length - 1]; },
  video () { return [...document.querySelectorAll('video')].find((v) => v.videoWidth > 0); },

  // The number burned into the picture (testsource.c): 16 blocks in the first row, their
  // complement in the second; -1 while there is no picture or the rows disagree.
  frame () {
    const video = probe.video();
    if (!video) return -1;
    const canvas = probe.canvas ||= document.createElement('canvas');
    canvas.width = 320; canvas.height = 64;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(video, 0, 0, video.videoWidth, video.videoHeight * 64 / 240, 0, 0, 320, 64);
    const bright = (x, y) => context.getImageData(x, y, 1, 1).data[1] > 127;
    let number = 0;
    for (let i = 0; i < 16; i++) {
      const bit = bright(i * 20 + 10, 16);
      if (bit === bright(i * 20 + 10, 48)) return -1;
      number = number * 2 + (bit ? 1 : 0);
    }
    return number;
  },

  // Level of the sound received, 0 to 1, 0 when there is none: the root mean square of what an
  // analyser hears, or, where no sound card lets an AudioContext run (Firefox), what the decoder
  // reports.
  async sound () {
    const receiver = probe.latest()?.getReceivers().find((r) => r.track.kind === 'audio');
    if (!receiver) return 0;
    if (probe.listening !== receiver.track) {
      probe.listening = receiver.track;
      probe.audio ||= new AudioContext();
      probe.analyser = probe.audio.createAnalyser();
      probe.audio.createMediaStreamSource(new MediaStream([receiver.track])).connect(probe.analyser);
    }
    if (probe.audio.state !== 'running') {
      probe.audio.resume();     // not awaited: it may never be allowed
      const inbound = [...(await receiver.getStats()).values()].find((s) => s.type === 'inbound-rtp');
      return inbound?.audioLevel ?? 0;
    }
    const samples = new Float32Array(probe.analyser.fftSize);
    probe.analyser.getFloatTimeDomainData(samples);
    return Math.sqrt(samples.reduce((sum, s) => sum + s * s, 0) / samples.length);
  },

  // The inbound video statistics with the codec's name, null while there are none.
  async stats () {
    if (!probe.latest()) return null;
    const report = new Map(await probe.latest().getStats());
    for (const s of report.values()) {
      if (s.type === 'inbound-rtp' && s.kind === 'video' && s.framesDecoded !== undefined)
        return { ...s, mimeType: report.get(s.codecId)?.mimeType,
                 state: probe.latest().connectionState };
    }
    return null;
  },

  // The ports of the selected candidate pair and the peer's kind of candidate, null while there is
  // none.
  async path () {
    const report = new Map(await probe.latest().getStats());
    for (const s of report.values()) {
      if (s.type === 'candidate-pair' && s.state === 'succeeded' && s.nominated) {
        const local = report.get(s.localCandidateId), remote = report.get(s.remoteCandidateId);
        if (local && remote) {
          return { local: local.port, remote: remote.port, protocol: remote.protocol,
                   kind: remote.candidateType };
        }
      }
    }
    return null;
  },

  // How long pictures stay on the screen, ms, watched for so many seconds.
  async intervals (seconds) {
    const video = probe.video(), times = [];
    const end = performance.now() + seconds * 1000;
    const watch = (now) => { times.push(now); if (now < end) video.requestVideoFrameCallback(watch); };
    video.requestVideoFrameCallback(watch);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const steps = times.slice(1).map((t, i) => t - times[i]).sort((a, b) => a - b);
    const at = (part) => steps[Math.min(steps.length - 1, Math.floor(steps.length * part))];
    return { pictures: times.length, median: at(0.5), p99: at(0.99), longest: at(1) };
  },

  // Presses whatever the page offers to start with; pages that start by themselves have nothing.
  press () {
    const button = document.querySelector('#play, .play, button[data-action=play]');
    if (button && button.offsetParent !== null && !probe.video()) button.click();
    return true;
  },

  // Makes the browser send a PLI, by way of an encoded transform; null where none can be made.
  requestKeyFrame () {
    const receiver = probe.latest().getReceivers().find((r) => r.track.kind === 'video');
    if (!window.RTCRtpScriptTransform) return null;
    const code = `onrtctransform = (e) => {
      const t = e.transformer;
      t.readable.pipeTo(t.writable);
      t.sendKeyFrameRequest().then(() => postMessage('sent'), (x) => postMessage(String(x)));
    };`;
    const worker = new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
    const said = new Promise((resolve) => {
      worker.onmessage = (e) => resolve(e.data);
      worker.onerror = () => resolve(null);     // the page's policy allows no such worker
    });
    receiver.transform = new RTCRtpScriptTransform(worker, {});
    return said;
  },
};

window.RTCPeerConnection = class extends window.RTCPeerConnection {
  constructor (...args) {
    super(...args);
    probe.connections.push(this);
    probe.createdAt = performance.now();
    probe.firstFrameAt = 0;
    const watch = () => {
      const video = [...document.querySelectorAll('video')][0];
      if (!video) setTimeout(watch, 5);
      else video.requestVideoFrameCallback(() => { probe.firstFrameAt ||= performance.now(); });
    };
    watch();
  }

  setRemoteDescription (description) {
    const isOther = (line) =>
      line.startsWith('a=candidate:') && line.split(' ')[2].toLowerCase() !== probe.transport;
    if (!probe.transport) return super.setRemoteDescription(description);
    return super.setRemoteDescription({
      type: description.type,
      sdp: description.sdp.split('\r\n').filter((line) => !isOther(line)).join('\r\n') });
  }

  addTransceiver (...args) {
    const transceiver = super.addTransceiver(...args);
    if (probe.codec && transceiver.receiver.track.kind === 'video') {
      const { codecs } = RTCRtpReceiver.getCapabilities('video');
      transceiver.setCodecPreferences(codecs.filter(
        (c) => c.mimeType === probe.codec || c.mimeType === 'video/rtx'));
    }
    return transceiver;
  }
};
