// viewer.js - plays one stream of this server by WHEP and says what is going on.
//
// The page's address may carry ?stream=NAME, ?codec=VP9 (preferred video codec) and ?token=... or
// #token=... (bearer token; taken out of the address at once and sent in a header only).
// window.rtcViewer is for tests and for the console: state, error, getStats(), stop(), play().

import { controlBy } from './control.js';
import { exchangeBy } from './files.js';
import { addChannel } from './messages.js';

const element = (id) => document.getElementById(id);
const video = element('video');
const stage = element('stage');

const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 15000;
const CONNECT_MS = 15000;       // from the answer to a connection
const DISCONNECTED_MS = 4000;   // how long "disconnected" may heal by itself
const STATS_MS = 1000;

// -- What the address says ----------------------------------------------------------------------

function readAddress() {
  const query = new URLSearchParams(location.search);
  const fragment = new URLSearchParams(location.hash.slice(1));
  const token = fragment.get('token') || query.get('token');
  if (token) {
    remember(token);
    query.delete('token');
    const rest = query.toString();
    history.replaceState(null, '', location.pathname + (rest ? `?${rest}` : ''));
  }
  return { stream: query.get('stream'), codec: query.get('codec') };
}

function remember(token) {
  try {
    if (token)
      sessionStorage.setItem('rtc-token', token);
    else
      sessionStorage.removeItem('rtc-token');
  } catch { /* storage is off: the token lives as long as the page */ }
  memory.token = token;
}

function recall() {
  try {
    return memory.token || sessionStorage.getItem('rtc-token');
  } catch {
    return memory.token;
  }
}

const memory = { token: null };
const wanted = readAddress();

// -- What the user sees -------------------------------------------------------------------------

const STATES = {
  new: 'Starting', connecting: 'Connecting', playing: 'Live', paused: 'Paused',
  reconnecting: 'Reconnecting', failed: 'Not playing',
};

const viewer = {
  state: 'new',
  error: null,        // { code, title, text } of the last failure, null while all is well
  attempts: 0,        // to connect, since the page was opened
  firstFrameMs: null, // from play() to the first picture shown
};

function setState(state, detail) {
  viewer.state = state;
  element('state').dataset.state = state;
  element('state').textContent = detail ? `${STATES[state]}: ${detail}` : STATES[state];
}

function showMessage(error) {
  viewer.error = error;
  element('message').hidden = !error;
  if (!error)
    return;
  element('message-title').textContent = error.title;
  element('message-text').textContent = error.text;
}

function askForToken(wrong) {
  showMessage(null);
  viewer.error = { code: 401, title: 'Token needed', text: 'The stream asks for an access token.' };
  setState('failed', wrong ? 'the token was refused' : 'a token is needed');
  element('token-form').hidden = false;
  element('token').value = '';
  element('token').focus();
}

// What can go wrong: what it means and what to do. retry: try again by itself.
function failure(code, text) {
  const known = {
    0: ['The server does not answer', 'Is the stream still running? Trying again by itself.', true],
    400: ['The server did not understand the browser', text, false],
    403: ['This page may not watch the stream', text, false],
    404: ['There is no such stream', 'Choose one of the list, or check the address.', true],
    406: ['No common codec', 'The stream offers no codec that this browser plays. '
      + 'Try another browser, or let the stream send VP8.', false],
    429: ['Too many tries', 'The server asks to wait a little. Trying again by itself.', true],
    503: ['The stream is busy', text || 'It has as many viewers as it takes. Trying again by itself.', true],
    504: ['The stream does not answer', 'The server is there, the stream is not ready. '
      + 'Trying again by itself.', true],
    ice: ['No way to the stream', 'The server answered, but no media path was found: a firewall '
      + 'may block UDP, or a TURN server is needed. Trying again by itself.', true],
    browser: ['This browser cannot play it', text, false],
  };
  const [title, explanation, retry] = known[code] || ['The stream cannot be played', text, true];
  return { code, title, text: explanation || '', retry };
}

// -- HTTP ---------------------------------------------------------------------------------------

function headers(extra) {
  const token = recall();
  return token ? { ...extra, Authorization: `Bearer ${token}` } : extra;
}

async function request(method, url, extra, body) {
  let response;
  try {
    response = await fetch(url, {
      method, body, headers: headers(extra), cache: 'no-store', redirect: 'follow',
    });
  } catch {
    throw failure(0);
  }
  return response;
}

async function listStreams() {
  const response = await request('GET', '/streams', {});
  if (response.status === 401 || !response.ok)
    return { status: response.status, streams: [] };
  return { status: 200, streams: (await response.json()).streams };
}

function iceServers(link) {
  const servers = [];
  // <turn:host:port?transport=udp>; rel="ice-server"; username="u"; credential="c", <...>; ...
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

let knownServers = [];

// -- One connection -----------------------------------------------------------------------------

class Connection {
  constructor({ endpoint, data }, ended) {
    this.endpoint = endpoint;
    this.data = data;       // the server has data channels for us
    this.ended = ended;     // called once with a failure
    this.session = null;    // its URL
    this.etag = null;
    this.waiting = [];      // candidates until the session is known
    this.closed = false;
    this.pc = new RTCPeerConnection({ iceServers: knownServers });
    this.pc.onicecandidate = ({ candidate }) => this.trickle(candidate);
    this.pc.onconnectionstatechange = () => this.changed();
    this.pc.ontrack = ({ track, streams, receiver }) => {
      if ('jitterBufferTarget' in receiver)
        receiver.jitterBufferTarget = 0;
      this.stream = streams[0] || this.stream || new MediaStream();
      if (!this.stream.getTracks().includes(track))
        this.stream.addTrack(track);
      if (video.srcObject !== this.stream)
        video.srcObject = this.stream;
    };
  }

  preferCodec(transceiver) {
    const name = (wanted.codec || '').toLowerCase();
    if (!name || !transceiver.setCodecPreferences)
      return;
    const codecs = RTCRtpReceiver.getCapabilities('video').codecs;
    const is = (codec) => codec.mimeType.toLowerCase() === `video/${name}`;
    if (!codecs.some(is))
      throw failure('browser', `This browser does not play ${wanted.codec}.`);
    transceiver.setCodecPreferences([...codecs.filter(is), ...codecs.filter((c) => !is(c))]);
  }

  // The other side opens channels; for a section that they can be in the offer needs one of ours, by
  // agreement, so that nobody hears of it. Its id is one that neither side chooses soon.
  offerChannels() {
    this.pc.createDataChannel('section', { negotiated: true, id: 255 });
    this.pc.ondatachannel = ({ channel }) => {
      if (channel.label === 'control')
        controlBy(channel, video);
      else if (channel.label === 'files')
        exchangeBy(channel);
      else
        addChannel(channel);
    };
  }

  // The offer goes out before gathering began; candidates follow by PATCH.
  async open() {
    const transceiver = this.pc.addTransceiver('video', { direction: 'recvonly' });
    this.preferCodec(transceiver);
    this.pc.addTransceiver('audio', { direction: 'recvonly' });
    if (this.data)
      this.offerChannels();
    await this.pc.setLocalDescription();
    const response = await request('POST', this.endpoint,
      { 'Content-Type': 'application/sdp', Accept: 'application/sdp' }, this.pc.localDescription.sdp);
    if (response.status !== 201)
      throw Object.assign(failure(response.status, (await response.text()).trim()),
        { after: Number(response.headers.get('Retry-After')) * 1000 });
    this.session = new URL(response.headers.get('Location'), new URL(this.endpoint, location)).href;
    this.etag = response.headers.get('ETag');
    if (this.closed) {
      this.remove();
      return;
    }
    if (this.learnServers(response.headers.get('Link')))
      return;
    await this.pc.setRemoteDescription({ type: 'answer', sdp: await response.text() });
    this.timer = setTimeout(() => this.fail(failure('ice')), CONNECT_MS);
    this.flush();
  }

  // The ICE servers come with the answer, after gathering began. STUN is rarely needed towards a
  // server that HTTP reaches; for TURN the connection is begun anew, once per page.
  learnServers(link) {
    const servers = iceServers(link);
    const news = knownServers.length === 0 && servers.some(({ urls }) => urls.startsWith('turn'));
    knownServers = servers;
    if (!news)
      return false;
    this.close();
    play();
    return true;
  }

  trickle(candidate) {
    this.waiting.push(candidate);
    if (this.session && !this.flushTimer)
      this.flushTimer = setTimeout(() => this.flush(), 20);   // a few in one request
  }

  // RFC 8840: a fragment per media section, only the first of a bundle has candidates.
  async flush() {
    this.flushTimer = null;
    if (this.closed || !this.etag || this.waiting.length === 0)
      return;
    const sdp = this.pc.localDescription.sdp;
    const find = (name) => (sdp.match(new RegExp(`^a=${name}:(.*)$`, 'm')) || [])[1]?.trim();
    const sections = new Map();
    for (const candidate of this.waiting.splice(0)) {
      const mid = candidate ? candidate.sdpMid : find('mid');
      const line = candidate && candidate.candidate ? `a=${candidate.candidate}` : 'a=end-of-candidates';
      sections.set(mid, [...(sections.get(mid) || []), line]);
    }
    let body = `a=ice-ufrag:${find('ice-ufrag')}\r\na=ice-pwd:${find('ice-pwd')}\r\n`;
    for (const [mid, lines] of sections)
      body += `m=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:${mid}\r\n${lines.join('\r\n')}\r\n`;
    try {
      await request('PATCH', this.session,
        { 'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': this.etag }, body);
    } catch { /* the connection's own state tells whether it mattered */ }
  }

  changed() {
    if (this.closed)
      return;
    const state = this.pc.connectionState;
    clearTimeout(this.healTimer);
    if (state === 'connected')
      clearTimeout(this.timer);
    else if (state === 'failed')
      this.fail(failure('ice'));
    else if (state === 'disconnected')
      this.healTimer = setTimeout(() => this.fail(failure('ice')), DISCONNECTED_MS);
    else if (state === 'closed')
      this.fail(failure(0));
  }

  fail(error) {
    if (this.closed)
      return;
    this.close();
    this.ended(error);
  }

  remove() {
    if (this.session)
      fetch(this.session, { method: 'DELETE', headers: headers({}), keepalive: true }).catch(() => {});
    this.session = null;
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    clearTimeout(this.healTimer);
    clearTimeout(this.flushTimer);
    this.pc.close();
    this.remove();
  }
}

// -- The player ---------------------------------------------------------------------------------

let connection = null;
let retryTimer = null;
let retryMs = FIRST_RETRY_MS;
let current = null;     // the stream, an entry of the list

async function chooseStream() {
  const { status, streams } = await listStreams();
  if (status === 401)
    throw { code: 401 };
  if (status !== 200)
    throw failure(status);
  showStreams(streams);
  const found = wanted.stream === null ? streams[0] : streams.find((s) => s.name === wanted.stream);
  if (!found && wanted.stream !== null && /^[A-Za-z0-9._-]{1,64}$/.test(wanted.stream))
    return { name: wanted.stream, title: wanted.stream, endpoint: `/whep/${wanted.stream}` };
  if (!found)
    throw failure(404);
  return found;
}

function showStreams(streams) {
  const nav = element('streams');
  nav.replaceChildren();
  nav.hidden = streams.length < 2;
  for (const stream of streams) {
    const link = document.createElement('a');
    const query = new URLSearchParams(location.search);
    query.set('stream', stream.name);
    link.href = `/?${query}`;
    link.textContent = stream.title || stream.name || 'Live stream';
    if (stream.name === (wanted.stream ?? streams[0].name))
      link.setAttribute('aria-current', 'page');
    nav.append(link);
  }
}

async function play() {
  const begun = performance.now();
  let mine = null;
  stop();
  viewer.attempts += 1;
  element('token-form').hidden = true;
  if (!('RTCPeerConnection' in window)) {
    handleFailure(failure('browser', 'It has no WebRTC, or it is switched off.'));
    return;
  }
  setState(viewer.attempts > 1 ? 'reconnecting' : 'connecting');
  try {
    current = current || await chooseStream();
    element('title').textContent = current.title || current.name || 'Live stream';
    document.title = element('title').textContent;
    mine = new Connection(current, handleFailure);
    connection = mine;
    watchFirstFrame(mine, begun);
    await mine.open();
    if (!mine.closed)
      await video.play().catch((error) => { element('play').hidden = error.name !== 'NotAllowedError'; });
  } catch (error) {
    if (mine && mine.closed)
      return;   // replaced meanwhile, or it has told already
    if (mine)
      mine.close();
    handleFailure(error.title || error.code ? error : failure('browser', String(error.message || error)));
  }
}

function watchFirstFrame(of, begun) {
  const shown = () => {
    if (connection !== of || of.closed)
      return;
    if (viewer.firstFrameMs === null)
      viewer.firstFrameMs = Math.round(performance.now() - begun);
    retryMs = FIRST_RETRY_MS;
    showMessage(null);
    setState(video.paused ? 'paused' : 'playing');
    element('sound').hidden = !video.muted || !hasSound();
  };
  if (video.requestVideoFrameCallback)
    video.requestVideoFrameCallback(shown);
  video.addEventListener('playing', shown, { once: true });
}

function handleFailure(error) {
  connection = null;
  if (error.code === 401) {
    const had = recall();
    remember(null);
    askForToken(Boolean(had));
    return;
  }
  if (error.code === 404)
    current = null;
  showMessage(error);
  if (!error.retry) {
    setState('failed', error.title);
    return;
  }
  const wait = Math.max(retryMs, error.after || 0);
  setState('reconnecting', `again in ${Math.round(wait / 1000)} s`);
  retryTimer = setTimeout(play, wait * (0.8 + 0.4 * Math.random()));
  retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
}

function stop() {
  clearTimeout(retryTimer);
  if (connection)
    connection.close();
  connection = null;
}

// -- Statistics ---------------------------------------------------------------------------------

let before = null;

// One flat object of numbers and names, or null without a connection.
async function getStats() {
  if (!connection)
    return null;
  const report = await connection.pc.getStats();
  const result = {
    state: viewer.state, connectionState: connection.pc.connectionState, codec: null, audioCodec: null,
    width: 0, height: 0, framesPerSecond: 0, framesDecoded: 0, freezeCount: 0, packetsLost: 0,
    packetsReceived: 0, bytesReceived: 0, audioLevel: 0, bitrate: 0, rttMs: null,
    firstFrameMs: viewer.firstFrameMs,
  };
  report.forEach((entry) => {
    if (entry.type === 'inbound-rtp') {
      const codec = report.get(entry.codecId);
      const name = codec ? codec.mimeType.split('/')[1] : null;
      result.packetsLost += entry.packetsLost || 0;
      result.packetsReceived += entry.packetsReceived || 0;
      result.bytesReceived += entry.bytesReceived || 0;
      if (entry.kind === 'video') {
        Object.assign(result, {
          codec: name, width: entry.frameWidth || 0, height: entry.frameHeight || 0,
          framesPerSecond: Math.round(entry.framesPerSecond || 0),
          framesDecoded: entry.framesDecoded || 0, freezeCount: entry.freezeCount || 0,
        });
      } else {
        result.audioCodec = name;
        result.audioLevel = entry.audioLevel || 0;
      }
    } else if (entry.type === 'candidate-pair' && entry.nominated
        && entry.currentRoundTripTime !== undefined) {
      result.rttMs = Math.round(entry.currentRoundTripTime * 1000);
    }
  });
  const now = performance.now();
  if (before && now > before.at && result.bytesReceived >= before.bytes)
    result.bitrate = Math.round((result.bytesReceived - before.bytes) * 8000 / (now - before.at));
  if (!before || now - before.at >= STATS_MS * 0.8 || result.bytesReceived < before.bytes)
    before = { at: now, bytes: result.bytesReceived };
  return result;
}

async function showStats() {
  if (element('stats').hidden)
    return;
  const s = await getStats();
  const sent = s ? s.packetsReceived + s.packetsLost : 0;
  const rows = s ? [
    ['video', s.codec ? `${s.codec} ${s.width}×${s.height}` : '-'],
    ['audio', s.audioCodec || '-'],
    ['frames', `${s.framesPerSecond}/s, ${s.framesDecoded} in all`],
    ['rate', `${(s.bitrate / 1000).toFixed(0)} kbit/s`],
    ['loss', sent > 0 ? `${s.packetsLost} (${(100 * s.packetsLost / sent).toFixed(1)} %)` : '0'],
    ['rtt', s.rttMs === null ? '-' : `${s.rttMs} ms`],
    ['first picture', s.firstFrameMs === null ? '-' : `${s.firstFrameMs} ms`],
  ] : [['state', STATES[viewer.state]]];
  element('stats').replaceChildren(...rows.flatMap(([name, value]) => {
    const term = document.createElement('dt');
    const description = document.createElement('dd');
    term.textContent = name;
    description.textContent = value;
    return [term, description];
  }));
}

// -- Controls -----------------------------------------------------------------------------------

function hasSound() {
  return Boolean(video.srcObject && video.srcObject.getAudioTracks().length > 0);
}

function setMuted(muted) {
  video.muted = muted;
  element('sound').hidden = true;
  element('mute').setAttribute('aria-pressed', String(!muted));
}

function togglePlay() {
  if (viewer.state === 'failed' || !connection)
    play();
  else if (video.paused)
    video.play().catch(() => {});
  else
    video.pause();
}

function toggleStats() {
  element('stats').hidden = !element('stats').hidden;
  element('info').setAttribute('aria-pressed', String(!element('stats').hidden));
  showStats();
}

function toggleFull() {
  if (document.fullscreenElement)
    document.exitFullscreen();
  else if (stage.requestFullscreen)
    stage.requestFullscreen().catch(() => {});
  else if (video.webkitEnterFullscreen)
    video.webkitEnterFullscreen();
}

const KEYS = { ' ': togglePlay, k: togglePlay, m: () => setMuted(!video.muted), i: toggleStats, f: toggleFull };

element('sound').onclick = () => setMuted(false);
element('mute').onclick = () => setMuted(!video.muted);
element('pause').onclick = togglePlay;
element('info').onclick = toggleStats;
element('full').onclick = toggleFull;
element('retry').onclick = () => { retryMs = FIRST_RETRY_MS; play(); };
element('play').onclick = () => { element('play').hidden = true; video.play().catch(() => {}); };
element('volume').oninput = ({ target }) => { video.volume = Number(target.value); setMuted(false); };
element('token-form').onsubmit = (event) => {
  event.preventDefault();
  remember(element('token').value.trim());
  play();
};
video.ondblclick = toggleFull;
video.onpause = () => { element('pause').textContent = 'Play'; if (connection) setState('paused'); };
video.onplay = () => { element('pause').textContent = 'Pause'; };
video.onplaying = () => {
  element('play').hidden = true;
  if (connection && connection.pc.connectionState === 'connected')
    setState('playing');
};
document.onkeydown = (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || /^(INPUT|BUTTON|A)$/.test(event.target.tagName))
    return;
  const action = KEYS[event.key.toLowerCase()];
  if (action) {
    event.preventDefault();
    action();
  }
};
window.addEventListener('pagehide', stop);
window.addEventListener('pageshow', (event) => { if (event.persisted) play(); });
window.addEventListener('online', () => { if (!connection && viewer.error?.retry) play(); });
setInterval(showStats, STATS_MS);

window.rtcViewer = Object.assign(viewer, { play, stop, getStats, setMuted });
play();
