// publisher.js - sends camera and microphone, or the screen, to this server by WHIP.
//
// The page's address may carry ?stream=NAME, ?name=CALLER, ?source=screen, ?codec=VP9, #autostart and
// ?token=... or #token=... (bearer token; taken out of the address at once and sent in a header only).
// window.rtcPublisher is for tests and for the console: state, error, start(), stop(), getStats().
import { explain, explainMedia } from './publisher-texts.js';
import { addChannel } from './messages.js';
import { CallFailure, WhipCall, request } from './whip-client.js';

const element = (id) => document.getElementById(id);
const self = element('self');

const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 15000;
const STATS_MS = 1000;
const LEVEL_MS = 200;
const QUALITIES = {
  low: { width: 640, height: 360, bitrate: 600e3 },
  medium: { width: 1280, height: 720, bitrate: 1800e3 },
  high: { width: 1920, height: 1080, bitrate: 4500e3 },
};

// -- What the address says, and what is remembered -------------------------------------------------

const memory = { token: null };

function store(storage, key, value) {
  try {
    if (value)
      window[storage].setItem(key, value);
    else
      window[storage].removeItem(key);
  } catch { /* storage is off: it lives as long as the page */ }
}

function stored(storage, key) {
  try {
    return window[storage].getItem(key);
  } catch {
    return null;
  }
}

function setToken(token) {
  memory.token = token;
  store('sessionStorage', 'rtc-token', token);
}

const getToken = () => memory.token || stored('sessionStorage', 'rtc-token');

function readAddress() {
  const query = new URLSearchParams(location.search);
  const fragment = new URLSearchParams(location.hash.slice(1));
  const token = fragment.get('token') || query.get('token');
  const autostart = fragment.has('autostart');
  if (token) {
    setToken(token);
    query.delete('token');
    const rest = query.toString();
    history.replaceState(null, '',
      location.pathname + (rest ? `?${rest}` : '') + (autostart ? '#autostart' : ''));
  }
  return {
    stream: query.get('stream'), name: query.get('name'), source: query.get('source'),
    codec: query.get('codec'), autostart,
  };
}

const wanted = readAddress();

// -- What the user sees ---------------------------------------------------------------------------

const STATES = {
  idle: 'Ready', asking: 'Waiting for your permission', connecting: 'Connecting', live: 'Live',
  reconnecting: 'Reconnecting', ended: 'Ended', failed: 'Not sending',
};
const BUSY = ['asking', 'connecting', 'live', 'reconnecting'];

const publisher = {
  state: 'idle',
  error: null,      // { code, title, text } of the last failure, null while all is well
  calls: 0,         // that got connected since the page was opened
  restarts: 0,      // of ICE, in the present call
};

function setState(state, detail) {
  publisher.state = state;
  element('state').dataset.state = state;
  element('state-text').textContent = detail ? `${STATES[state]}: ${detail}` : STATES[state];
  element('clock').textContent = state === 'live' ? clock() : '';    // not read aloud every second
  const busy = BUSY.includes(state);
  element('start').hidden = busy;
  element('stop').hidden = !busy;
  element('start').textContent = state === 'idle' ? 'Start' : 'Start again';
  element('source').disabled = busy;
  for (const id of ['name', 'quality', 'codec', 'voice'])
    element(id).disabled = busy;
  showTracks();
}

function showError(error) {
  publisher.error = error;
  element('message').hidden = !error;
  element('message-title').textContent = error ? error.title : '';
  element('message-text').textContent = error ? error.text : '';
}

function showNotice(text) {
  element('notice').hidden = !text;
  element('notice').textContent = text || '';
}

function askForToken(wrong) {
  showError(null);
  publisher.error = { code: 401, title: 'Token needed', text: 'The server asks for an access token.' };
  setState('failed', wrong ? 'the token was refused' : 'a token is needed');
  element('token-label').textContent = wrong ? 'The token was refused. Try another access token'
    : 'This server asks for an access token';
  element('token-form').hidden = false;
  element('token').value = '';
  element('token').focus();
}

// -- Camera, microphone, screen -------------------------------------------------------------------

let stream = null;      // what is sent; also while reconnecting
let muted = false;
let hidden = false;

const chosenSource = () => document.querySelector('input[name=source]:checked').value;
const trackOf = (kind) => stream?.getTracks().find((track) => track.kind === kind) || null;
const named = (name) => Object.assign(new Error(name), { name });

function cameraConstraints() {
  const { width, height } = QUALITIES[element('quality').value];
  const id = element('camera').value;
  return {
    width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: 30 },
    ...(id ? { deviceId: { exact: id } } : { facingMode: 'user' }),
  };
}

function microphoneConstraints() {
  const clean = element('voice').checked;
  const id = element('microphone').value;
  return {
    echoCancellation: clean, noiseSuppression: clean, autoGainControl: clean,
    ...(id ? { deviceId: { exact: id } } : {}),
  };
}

async function askForMicrophone(why) {
  if (element('microphone').value === 'none')
    return null;
  try {
    return (await navigator.mediaDevices.getUserMedia({ audio: microphoneConstraints() })).getAudioTracks()[0];
  } catch (error) {
    showNotice(`${why} (${explainMedia(error).title}).`);
    return null;
  }
}

async function askForScreen() {
  if (!navigator.mediaDevices.getDisplayMedia)
    throw named('unsupported');
  const { width, height } = QUALITIES[element('quality').value];
  const taken = await navigator.mediaDevices.getDisplayMedia({
    video: { width: { max: width }, height: { max: height }, frameRate: { ideal: 30 } },
    audio: true, systemAudio: 'include',
  });
  taken.getVideoTracks().forEach((track) => { track.contentHint = 'detail'; });
  if (taken.getAudioTracks().length === 0) {
    const microphone = await askForMicrophone('The screen is sent without your voice');
    if (microphone)
      taken.addTrack(microphone);
  }
  return taken;
}

// Both at once, so that the browser asks once; then what there is, if one of them is missing.
async function askForCamera() {
  const video = element('camera').value !== 'none' && cameraConstraints();
  const audio = element('microphone').value !== 'none' && microphoneConstraints();
  if (!video && !audio)
    throw named('none');
  try {
    return await navigator.mediaDevices.getUserMedia({ video, audio });
  } catch (error) {
    if (!video || !audio || error.name === 'NotAllowedError')
      throw error;
    const [picture, sound] = await Promise.allSettled([
      navigator.mediaDevices.getUserMedia({ video }), navigator.mediaDevices.getUserMedia({ audio })]);
    const got = [picture, sound].find(({ status }) => status === 'fulfilled');
    if (!got)
      throw error;
    const failed = got === picture ? sound : picture;
    if (failed.status === 'fulfilled')
      return new MediaStream([...picture.value.getTracks(), ...sound.value.getTracks()]);
    const missing = failed.reason.name === 'NotFoundError' ? 'there is none' : explainMedia(failed.reason).title;
    showNotice(got === picture ? `Sending without sound: microphone: ${missing}.`
      : `Sending without a picture: camera: ${missing}.`);
    return got.value;
  }
}

function askForMedia() {
  if (!navigator.mediaDevices?.getUserMedia)
    throw named('insecure');
  return chosenSource() === 'screen' ? askForScreen() : askForCamera();
}

function showMedia(taken) {
  stream = taken;
  stream.getTracks().forEach(watchTrack);
  showTracks();
  self.srcObject = stream;
  self.classList.toggle('mirror', chosenSource() === 'camera'
    && trackOf('video')?.getSettings().facingMode !== 'environment');
  listDevices();
}

function releaseMedia() {
  const tracks = stream ? stream.getTracks() : [];
  stream = null;
  self.srcObject = null;
  tracks.forEach((track) => track.stop());
  showTracks();
}

// It ends by itself when a device is unplugged or sharing is stopped in the browser's own bar.
function watchTrack(track) {
  track.enabled = track.kind === 'audio' ? !muted : !hidden;
  track.addEventListener('ended', () => {
    if (!stream?.getTracks().includes(track))
      return;
    if (track.kind === 'video' && chosenSource() === 'screen')
      stop('sharing was stopped');
    else
      replaceDevice(track.kind, '').then((done) => showNotice(done
        ? `The ${nameOf(track.kind)} was unplugged; the default one took over.`
        : `The ${nameOf(track.kind)} was unplugged. Choose another one.`));
  });
}

const nameOf = (kind) => (kind === 'audio' ? 'microphone' : 'camera');

// Swaps the device under a running call, without negotiating anew.
async function replaceDevice(kind, id) {
  element(nameOf(kind)).value = id;
  const sender = call?.pc.getSenders().find((s) => s.track?.kind === kind);
  const old = trackOf(kind);
  if (!stream)
    return false;
  if (!old || id === 'none' || (call && !sender)) {
    await start();      // other media sections: that takes a new call
    return true;
  }
  try {
    const constraints = kind === 'audio' ? { audio: microphoneConstraints() } : { video: cameraConstraints() };
    const fresh = (await navigator.mediaDevices.getUserMedia(constraints)).getTracks()[0];
    stream.removeTrack(old);
    stream.addTrack(fresh);
    watchTrack(fresh);
    await sender?.replaceTrack(fresh);
    old.stop();
    self.srcObject = stream;
    showNotice(null);
    showTracks();
    return true;
  } catch (error) {
    showNotice(`The ${nameOf(kind)} was not changed: ${explainMedia(error).title}.`);
    return false;
  }
}

// Names of devices are known only after a permission was given.
async function listDevices() {
  const devices = await navigator.mediaDevices?.enumerateDevices?.().catch(() => []) || [];
  for (const [id, kind] of [['camera', 'videoinput'], ['microphone', 'audioinput']]) {
    const select = element(id);
    const chosen = select.value;
    const options = devices.filter((d) => d.kind === kind && d.deviceId && d.deviceId !== 'default')
      .map((d, i) => new Option(d.label || `${id} ${i + 1}`, d.deviceId));
    const [first, none] = [select.options[0], select.options[select.options.length - 1]];
    select.replaceChildren(first, ...options, none);
    select.value = [...select.options].some(({ value }) => value === chosen) ? chosen : '';
  }
}

// -- Mute, self view ------------------------------------------------------------------------------

function showTracks() {
  const audio = trackOf('audio');
  const video = trackOf('video');
  element('mute').hidden = !audio;
  element('mute').textContent = muted ? 'Unmute microphone' : 'Mute microphone';
  element('mute').dataset.on = muted;
  element('hide').hidden = !video;
  const thing = chosenSource() === 'screen' ? 'picture' : 'camera';
  element('hide').textContent = hidden ? `Resume ${thing}` : `Stop ${thing}`;
  element('hide').dataset.on = hidden;
  element('level').hidden = !audio || publisher.state !== 'live';
  element('camera-field').hidden = chosenSource() === 'screen';
  self.hidden = !video;
  element('placeholder').hidden = Boolean(video && !hidden);
  element('placeholder').textContent = !stream ? 'Nothing is sent, and the camera is off, until you start.'
    : !video ? 'Sound only' : 'The other side sees a black picture';
}

function setMuted(value) {
  muted = value;
  stream?.getAudioTracks().forEach((track) => { track.enabled = !value; });
  showTracks();
}

function setHidden(value) {
  hidden = value;
  stream?.getVideoTracks().forEach((track) => { track.enabled = !value; });
  showTracks();
}

// -- The call -------------------------------------------------------------------------------------

let call = null;
let target = null;      // { title, endpoint }
let attempt = 0;        // counts starts; an older one that is still waiting gives up
let retryTimer = null;
let retryMs = FIRST_RETRY_MS;
let liveSince = null;
let wakeLock = null;

async function findTarget() {
  const response = await request('GET', '/publish/streams', { token: getToken() });
  if (response.status === 401)
    throw new CallFailure(401);
  const streams = response.ok ? (await response.json()).streams : [];
  const found = wanted.stream === null ? streams[0] : streams.find((s) => s.name === wanted.stream);
  if (found)
    return found;
  if (wanted.stream !== null && /^[A-Za-z0-9._-]{1,64}$/.test(wanted.stream))
    return { name: wanted.stream, title: wanted.stream, endpoint: `/whip/${wanted.stream}` };
  throw new CallFailure(response.ok ? 404 : response.status);
}

function showTarget() {
  const title = target?.title || target?.name || wanted.stream;
  element('title').textContent = title ? `Send to ${title}` : 'Send camera or screen';
  document.title = element('title').textContent;
}

function endpointWithName() {
  const url = new URL(target.endpoint, location);
  const name = element('name').value.trim();
  if (name)
    url.searchParams.set('name', name);
  return url.href;
}

async function limitBitrate(pc) {
  const { bitrate } = QUALITIES[element('quality').value];
  for (const sender of pc.getSenders().filter(({ track }) => track.kind === 'video')) {
    const parameters = sender.getParameters();
    parameters.encodings.forEach((encoding) => { encoding.maxBitrate = bitrate; });
    await sender.setParameters(parameters).catch(() => {});
  }
}

// Asks for the devices, then calls. Also begins anew under what is running.
async function start() {
  const mine = ++attempt;
  hangUp();
  releaseMedia();
  showError(null);
  showNotice(null);
  element('token-form').hidden = true;
  liveSince = null;
  retryMs = FIRST_RETRY_MS;
  if (!('RTCPeerConnection' in window)) {
    fail(explain(new CallFailure('browser', 'It has no WebRTC, or it is switched off.')));
    return;
  }
  setState('asking');
  let taken = null;
  try {
    taken = await askForMedia();
  } catch (error) {
    if (mine === attempt)
      fail(explainMedia(error, chosenSource() === 'screen'));
    return;
  }
  if (mine !== attempt) {     // overtaken while the browser asked: nobody wants these
    taken.getTracks().forEach((track) => track.stop());
    return;
  }
  showMedia(taken);
  await connect();
}

async function connect() {
  const mine = attempt;
  let made = null;
  clearTimeout(retryTimer);
  setState(liveSince === null && publisher.state !== 'reconnecting' ? 'connecting' : 'reconnecting');
  try {
    target = await findTarget();
    showTarget();
    if (mine !== attempt)
      return;
    made = new WhipCall({
      endpoint: endpointWithName(), token: getToken(), stream, codec: element('codec').value,
      prepare: (pc) => { if (target.data) addChannel(pc.createDataChannel('chat')); return limitBitrate(pc); },
      onconnected: () => connected(made),
      onrestart: () => { publisher.restarts += 1; setState('reconnecting', 'finding another path'); },
      onended: (failure) => { if (call === made) lost(failure); },
    });
    call = made;
    await made.open();
    const [rejected] = made.rejected();
    if (rejected && !made.closed)
      showNotice(rejected === 'video' ? 'The server takes no picture of this browser (no common codec): sound only.'
        : 'The server takes no sound of this browser (no common codec): picture only.');
  } catch (error) {
    if (mine !== attempt || made?.closed)
      return;
    made?.close();
    lost(error instanceof CallFailure ? error : new CallFailure('browser', String(error.message || error)));
  }
}

function connected(of) {
  if (!of.counted)
    publisher.calls += 1;
  of.counted = true;
  liveSince ??= performance.now();
  retryMs = FIRST_RETRY_MS;
  showError(null);
  setState('live');
  navigator.wakeLock?.request('screen').then((lock) => { wakeLock = lock; }, () => {});
}

// A call is gone, or never came: again after a while, or over.
function lost(failure) {
  call = null;
  before = null;
  publisher.restarts = 0;
  if (failure.code === 401) {
    const had = Boolean(getToken());
    setToken(null);
    releaseMedia();
    askForToken(had);
    return;
  }
  const error = explain(failure);
  if (!error.retry) {
    fail(error);
    return;
  }
  showError(error);
  const wait = Math.max(retryMs, error.after || 0) * (0.8 + 0.4 * Math.random());
  setState('reconnecting', `again in ${Math.max(1, Math.round(wait / 1000))} s`);
  clearTimeout(retryTimer);
  retryTimer = setTimeout(connect, wait);
  retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
}

function hangUp() {
  clearTimeout(retryTimer);
  call?.close();
  call = null;
  before = null;
  publisher.restarts = 0;
  wakeLock?.release().catch(() => {});
  wakeLock = null;
  element('figures').hidden = true;
}

function fail(error) {
  hangUp();
  releaseMedia();
  showError(error);
  setState('failed');
}

function stop(why) {
  const lasted = liveSince === null ? '' : clock();
  attempt += 1;
  hangUp();
  releaseMedia();
  showError(null);
  showNotice(null);
  liveSince = null;
  setState('ended', typeof why === 'string' ? why : lasted && `after ${lasted}`);
}

// -- Figures --------------------------------------------------------------------------------------

let before = null;

function clock() {
  const seconds = Math.floor((performance.now() - liveSince) / 1000);
  const two = (n) => String(n).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}:${two(seconds % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

// One flat object of numbers and names (WhipCall.figures()) with the bitrate; null without a call.
async function getStats() {
  if (!call)
    return null;
  const result = { state: publisher.state, bitrate: 0, ...await call.figures() };
  const now = performance.now();
  if (before && now > before.at && result.bytesSent >= before.bytes)
    result.bitrate = Math.round((result.bytesSent - before.bytes) * 8000 / (now - before.at));
  if (!before || now - before.at >= STATS_MS * 0.8)
    before = { at: now, bytes: result.bytesSent };
  return result;
}

async function showFigures() {
  if (publisher.state !== 'live')
    return;
  const s = await getStats();
  if (!s || publisher.state !== 'live')
    return;
  element('clock').textContent = clock();
  element('figures').hidden = false;
  element('figures').textContent = [
    s.codec ? `${s.codec} ${s.width}×${s.height} ${s.framesPerSecond}/s` : s.audioCodec,
    `${(s.bitrate / 1000).toFixed(0)} kbit/s`, `loss ${(100 * s.loss).toFixed(1)} %`,
    s.rttMs === null ? null : `RTT ${s.rttMs} ms`,
  ].filter(Boolean).join(' · ');
}

async function showLevel() {
  const sender = publisher.state === 'live' && call?.pc.getSenders().find((s) => s.track?.kind === 'audio');
  if (!sender)
    return;
  const source = [...(await sender.getStats()).values()].find((s) => s.type === 'media-source');
  if (source?.audioLevel !== undefined)
    element('level').value = muted ? 0 : Math.sqrt(source.audioLevel);
}

// -- Controls -------------------------------------------------------------------------------------

function listCodecs() {
  const { codecs } = window.RTCRtpSender?.getCapabilities?.('video') || { codecs: [] };
  const names = new Set(codecs.map(({ mimeType }) => mimeType.split('/')[1])
    .filter((name) => !/^(rtx|red|ulpfec|flexfec.*)$/i.test(name)));
  for (const name of names)
    element('codec').append(new Option(name, name));
  const chosen = [...names].find((name) => name.toLowerCase() === (wanted.codec || '').toLowerCase());
  element('codec').value = chosen || '';
}

element('start').onclick = start;
element('stop').onclick = stop;
element('mute').onclick = () => setMuted(!muted);
element('hide').onclick = () => setHidden(!hidden);
element('name').oninput = ({ target: { value } }) => store('localStorage', 'rtc-name', value.trim());
element('camera').onchange = ({ target: { value } }) => replaceDevice('video', value);
element('microphone').onchange = ({ target: { value } }) => replaceDevice('audio', value);
element('source').onchange = showTracks;
element('settings').onsubmit = (event) => event.preventDefault();
element('token-form').onsubmit = (event) => {
  event.preventDefault();
  setToken(element('token').value.trim());
  start();
};
navigator.mediaDevices?.addEventListener?.('devicechange', listDevices);
window.addEventListener('pagehide', () => { if (BUSY.includes(publisher.state)) stop('the page was left'); });
window.addEventListener('online', () => { if (publisher.state === 'reconnecting' && !call) connect(); });
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && publisher.state === 'live')
    navigator.wakeLock?.request('screen').then((lock) => { wakeLock = lock; }, () => {});
});
setInterval(showFigures, STATS_MS);
setInterval(showLevel, LEVEL_MS);

element('name').value = wanted.name ?? stored('localStorage', 'rtc-name') ?? '';
if (wanted.source === 'screen')
  document.querySelector('input[name=source][value=screen]').checked = true;
listCodecs();
listDevices();
setState('idle');
showTarget();

window.rtcPublisher = Object.assign(publisher, {
  start, stop, getStats, setMuted, setHidden, replaceDevice, restart: () => call?.restart(),
});
if (!window.isSecureContext)
  fail(explainMedia(named('insecure'), false));
else if (wanted.autostart)
  start();
else
  findTarget().then((found) => { target = found; showTarget(); },
    (failure) => { if (failure.code === 401 && publisher.state === 'idle') askForToken(Boolean(getToken())); });
