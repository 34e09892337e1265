// messages.js - what comes and goes on data channels, as lines of text: for both pages.
//
// window.rtcMessages is for tests and for the console: received and sent by label, say().

import { plot } from './plot.js';

const MOST_LINES = 200;
const element = (id) => document.getElementById(id);

const messages = { received: {}, sent: {} };
const open = new Map();     // label: channel
let answering = null;       // where a line typed goes: the channel that spoke or opened last

function show(label, text, mine) {
  const log = element('messages-log');
  const line = document.createElement('li');
  const name = document.createElement('b');
  name.textContent = mine ? `${label} <` : `${label} >`;
  line.append(name, ` ${text}`);
  log.append(line);
  while (log.children.length > MOST_LINES)
    log.firstElementChild.remove();
  log.scrollTop = log.scrollHeight;
}

function keep(list, label, text) {
  list[label] = [...(list[label] || []), text].slice(-MOST_LINES);
}

function receive(channel, data) {
  const text = typeof data === 'string' ? data : `${data.byteLength} bytes`;
  keep(messages.received, channel.label, text);
  if (plot(channel.label, text))
    return;
  show(channel.label, text, false);
  answering = channel;
}

// Shows what comes on channel, and lets the user answer, until it closes.
export function addChannel(channel) {
  channel.binaryType = 'arraybuffer';
  channel.onmessage = ({ data }) => receive(channel, data);
  const opened = () => {
    open.set(channel.label, channel);
    answering = channel;
    element('messages').hidden = false;
  };
  if (channel.readyState === 'open')
    opened();
  else
    channel.onopen = opened;
  channel.onclose = () => {
    if (open.get(channel.label) === channel)
      open.delete(channel.label);
    if (answering === channel)
      answering = [...open.values()].pop() || null;
  };
}

// Sends text on the channel of that name, or on the one that spoke last; whether it could.
function say(text, label) {
  const channel = label ? open.get(label) : answering;
  if (!channel || channel.readyState !== 'open')
    return false;
  channel.send(text);
  keep(messages.sent, channel.label, text);
  show(channel.label, text, true);
  return true;
}

element('messages-form').onsubmit = (event) => {
  event.preventDefault();
  if (say(element('messages-text').value))
    element('messages-text').value = '';
};

window.rtcMessages = Object.assign(messages, { say });
