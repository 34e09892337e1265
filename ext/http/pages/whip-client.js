// whip-client.js - one call to a WHIP endpoint (RFC 9725), without any user interface.
//
// The offer is POSTed before gathering begins, so that the ICE servers of the answer's Link fields
// are known in time; candidates follow by PATCH (RFC 8840), and a broken path is mended by an ICE
// restart under the same session. What cannot be mended ends the call with a failure, once.

export const CONNECT_MS = 15000;        // from the answer to a connection
const DISCONNECTED_MS = 1500;           // how long "disconnected" may heal by itself
const RESTART_MS = 8000;                // from an ICE restart to a connection
const REQUEST_MS = 15000;               // for any answer of the server
const TRICKLE_MS = 20;                  // a few candidates in one request
const FRAGMENT = 'application/trickle-ice-sdpfrag';

// What an error tells: code is an HTTP status, 0 (no answer) or 'ice'; after: wait so many ms.
export class CallFailure extends Error {
  constructor(code, text = '', after = 0) {
    super(text || String(code));
    this.code = code;
    this.text = text;
    this.after = after;
  }
}

export async function request(method, url, { token, headers = {}, body, keepalive = false }) {
  const fields = { ...headers };
  if (token)
    fields.Authorization = `Bearer ${token}`;
  try {
    return await fetch(url, {
      method, body, headers: fields, cache: 'no-store', redirect: 'follow', keepalive,
      signal: keepalive || !AbortSignal.timeout ? undefined : AbortSignal.timeout(REQUEST_MS),
    });
  } catch {
    throw new CallFailure(0);
  }
}

// RFC 8288: <turn:host:port?transport=udp>; rel="ice-server"; username="u"; credential="c", ...
function iceServers(link) {
  const servers = [];
  const pattern = /<([^>]+)>((?:\s*;\s*[\w-]+="(?:[^"\\]|\\.)*")*)/g;
  for (const [, url, parameters] of (link || '').matchAll(pattern)) {
    const values = {};
    for (const [, name, value] of parameters.matchAll(/;\s*([\w-]+)="((?:[^"\\]|\\.)*)"/g))
      values[name] = value.replace(/\\(.)/g, '$1');
    if (values.rel === 'ice-server')
      servers.push({ urls: url, username: values.username, credential: values.credential });
  }
  return servers;
}

const attribute = (sdp, name) => (sdp.match(new RegExp(`^a=${name}:(.*)$`, 'm')) || [])[1]?.trim();

// The first answer with the ICE credentials and candidates of a restart's fragment.
function mergeRestart(answer, fragment) {
  const ufrag = attribute(fragment, 'ice-ufrag');
  const pwd = attribute(fragment, 'ice-pwd');
  const candidates = [...new Set(fragment.match(/^a=(candidate:|end-of-candidates).*$/gm) || [])]
    .map((line) => line.trim());
  const kept = answer.split(/\r?\n/)
    .filter((line) => line && !/^a=(candidate:|end-of-candidates|ice-ufrag:|ice-pwd:|remote-candidates:)/.test(line));
  const lines = [];
  let section = -1;
  for (const line of kept) {
    if (line.startsWith('m='))
      section += 1;
    lines.push(line);
    if (line.startsWith('a=mid:')) {
      lines.push(`a=ice-ufrag:${ufrag}`, `a=ice-pwd:${pwd}`);
      if (section === 0)
        lines.push(...candidates);
    }
  }
  return `${lines.join('\r\n')}\r\n`;
}

// The user's choice is all that is offered: a server that takes several answers with its own choice.
function onlyCodec(transceiver, name) {
  const { codecs } = RTCRtpSender.getCapabilities('video');
  transceiver.setCodecPreferences?.(codecs.filter(({ mimeType }) =>
    mimeType.toLowerCase() === `video/${name.toLowerCase()}` || /\/(rtx|red|ulpfec)$/i.test(mimeType)));
}

function addOutbound(result, entry, name) {
  result.bytesSent += (entry.bytesSent || 0) + (entry.headerBytesSent || 0);
  result.nackCount += entry.nackCount || 0;
  result.retransmitted += entry.retransmittedPacketsSent || 0;
  if (entry.kind === 'audio')
    Object.assign(result, { audioCodec: name, audioPacketsSent: entry.packetsSent || 0 });
  else
    Object.assign(result, {
      codec: name, width: entry.frameWidth || 0, height: entry.frameHeight || 0,
      framesPerSecond: Math.round(entry.framesPerSecond || 0), framesEncoded: entry.framesEncoded || 0,
      framesSent: entry.framesSent || entry.framesEncoded || 0, packetsSent: entry.packetsSent || 0,
      pliCount: entry.pliCount || 0,
    });
}

export class WhipCall {
  // options: endpoint, token, stream (MediaStream whose tracks are sent), codec (the only one for the
  // picture; '': any), prepare(pc) called with the transceivers in place, onconnected(), onrestart(),
  // onended(CallFailure).
  constructor(options) {
    this.options = options;
    this.session = null;        // its URL
    this.etag = null;
    this.waiting = [];          // candidates until the session is known
    this.closed = false;
    this.restarting = false;
    this.restarts = 0;
    this.pc = new RTCPeerConnection();
    this.pc.onicecandidate = ({ candidate }) => this.trickle(candidate);
    this.pc.onconnectionstatechange = () => this.changed();
  }

  async open() {
    const { endpoint, token, stream, codec, prepare } = this.options;
    this.transceivers = stream.getTracks()
      .map((track) => this.pc.addTransceiver(track, { direction: 'sendonly', streams: [stream] }));
    if (codec)
      this.transceivers.filter(({ sender }) => sender.track.kind === 'video')
        .forEach((transceiver) => onlyCodec(transceiver, codec));
    await prepare?.(this.pc);
    const offer = await this.pc.createOffer();
    const response = await request('POST', endpoint, {
      token, headers: { 'Content-Type': 'application/sdp', Accept: 'application/sdp' }, body: offer.sdp,
    });
    if (response.status !== 201)
      throw new CallFailure(response.status, (await response.text()).trim(),
        Number(response.headers.get('Retry-After')) * 1000);
    this.session = new URL(response.headers.get('Location'), response.url).href;
    this.etag = response.headers.get('ETag');
    if (this.closed) {
      this.remove();
      return;
    }
    const servers = iceServers(response.headers.get('Link'));
    if (servers.length > 0)
      this.pc.setConfiguration({ ...this.pc.getConfiguration(), iceServers: servers });
    this.answer = await response.text();
    await this.pc.setLocalDescription(offer);
    await this.pc.setRemoteDescription({ type: 'answer', sdp: this.answer });
    this.deadline(CONNECT_MS);
    this.flush();
  }

  // The kinds of media, 'video' or 'audio', that the server did not take; known once open() is done.
  rejected() {
    return this.transceivers        // the browser may list rejected ones no more
      .filter(({ currentDirection }) => currentDirection === 'inactive' || currentDirection === 'stopped')
      .map(({ receiver }) => receiver.track.kind);
  }

  deadline(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fail(new CallFailure('ice')), ms);
  }

  // -- Trickle ----------------------------------------------------------------------------------

  trickle(candidate) {
    this.waiting.push(candidate);
    if (this.session && !this.flushTimer)
      this.flushTimer = setTimeout(() => this.flush(), TRICKLE_MS);
  }

  // A fragment (RFC 8840) of the present ICE generation with these candidates; null ends them.
  fragment(candidates) {
    const { sdp } = this.pc.localDescription;
    const sections = new Map([[attribute(sdp, 'mid'), []]]);
    for (const candidate of candidates) {
      const mid = candidate ? candidate.sdpMid : attribute(sdp, 'mid');
      const line = candidate && candidate.candidate ? `a=${candidate.candidate}` : 'a=end-of-candidates';
      sections.set(mid, [...(sections.get(mid) || []), line]);
    }
    const lines = [`a=ice-ufrag:${attribute(sdp, 'ice-ufrag')}`, `a=ice-pwd:${attribute(sdp, 'ice-pwd')}`];
    for (const [mid, ice] of sections)
      lines.push('m=video 9 UDP/TLS/RTP/SAVPF 0', `a=mid:${mid}`, ...ice);
    return `${lines.join('\r\n')}\r\n`;
  }

  async flush() {
    clearTimeout(this.flushTimer);
    this.flushTimer = null;
    if (this.closed || this.restarting || !this.etag || this.waiting.length === 0
        || !this.pc.localDescription)
      return;
    try {
      await this.patch(this.etag, this.fragment(this.waiting.splice(0)));
    } catch { /* the connection's own state tells whether it mattered */ }
  }

  patch(match, body) {
    return request('PATCH', this.session, {
      token: this.options.token, headers: { 'Content-Type': FRAGMENT, 'If-Match': match }, body,
    });
  }

  // -- Connection -------------------------------------------------------------------------------

  changed() {
    if (this.closed)
      return;
    const state = this.pc.connectionState;
    clearTimeout(this.healTimer);
    if (state === 'connected') {
      this.established();
    } else if (state === 'failed') {
      this.restart();
    } else if (state === 'disconnected') {
      this.healTimer = setTimeout(() => this.restart(), DISCONNECTED_MS);
    } else if (state === 'closed') {
      this.fail(new CallFailure(0));
    }
  }

  established() {
    if (this.restarting)
      return;       // over the old path
    clearTimeout(this.timer);
    this.connected = true;
    this.options.onconnected?.();
  }

  // RFC 9725 4.3.3. A call that never connected, or whose DTLS is gone, is not mended by it.
  async restart() {
    if (this.closed || this.restarting)
      return;
    if (!this.connected || this.dtlsEnded()) {
      this.fail(new CallFailure('ice'));
      return;
    }
    this.restarting = true;
    this.restarts += 1;
    this.options.onrestart?.();
    this.deadline(RESTART_MS);
    try {
      this.waiting = [];
      await this.pc.setLocalDescription(await this.pc.createOffer({ iceRestart: true }));
      const response = await this.patch('*', this.fragment([]));
      if (response.status !== 200)
        throw new CallFailure(response.status);
      this.etag = response.headers.get('ETag') || this.etag;
      this.answer = mergeRestart(this.answer, await response.text());
      await this.pc.setRemoteDescription({ type: 'answer', sdp: this.answer });
      this.restarting = false;
      this.flush();
      if (this.pc.connectionState === 'connected')
        this.established();     // it never went: no event will tell
    } catch (error) {
      this.restarting = false;
      this.fail(new CallFailure(error.code === 0 ? 0 : 'ice'));
    }
  }

  dtlsEnded() {
    const states = this.pc.getSenders().map(({ transport }) => transport?.state);
    return states.some((state) => state === 'closed' || state === 'failed');
  }

  fail(failure) {
    if (this.closed)
      return;
    this.close();
    this.options.onended?.(failure);
  }

  // What is sent, as one flat object of numbers and names.
  async figures() {
    const report = await this.pc.getStats();
    const result = {
      connectionState: this.pc.connectionState, codec: null, audioCodec: null, width: 0, height: 0,
      framesPerSecond: 0, framesEncoded: 0, framesSent: 0, packetsSent: 0, audioPacketsSent: 0, bytesSent: 0,
      packetsLost: 0, loss: 0, rttMs: null, nackCount: 0, pliCount: 0, retransmitted: 0,
    };
    let pathMs = null;
    report.forEach((entry) => {
      if (entry.type === 'outbound-rtp') {
        addOutbound(result, entry, report.get(entry.codecId)?.mimeType.split('/')[1] || null);
      } else if (entry.type === 'remote-inbound-rtp') {
        result.packetsLost += Math.max(0, entry.packetsLost || 0);
        if (entry.roundTripTime !== undefined)
          result.rttMs = Math.round(entry.roundTripTime * 1000);
      } else if (entry.type === 'candidate-pair' && entry.nominated && entry.currentRoundTripTime !== undefined) {
        pathMs = Math.round(entry.currentRoundTripTime * 1000);
      }
    });
    const sent = result.packetsSent + result.audioPacketsSent;
    result.loss = sent > 0 ? result.packetsLost / sent : 0;
    result.rttMs ??= pathMs;
    return result;
  }

  // Ends the session at the server, also while the page goes away.
  remove() {
    if (this.session)
      request('DELETE', this.session, { token: this.options.token, keepalive: true }).catch(() => {});
    this.session = null;
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    clearTimeout(this.healTimer);
    clearTimeout(this.flushTimer);
    this.remove();
    this.pc.close();
  }
}
