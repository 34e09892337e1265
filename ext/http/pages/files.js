// files.js - files both ways over the channel "files": what the program offers, and what the user gives.
//
// What the messages are is in docs/data-channels.md, "Files". window.rtcFiles is for tests and for the
// console: offered, received and sent by name, failed, get(), send().

import { Sha256 } from './sha256.js';

const PIECE = 65536;                // bytes of a message: what every peer takes
const MOST_WAITING = 1024 * 1024;   // bytes that the channel has not sent yet
const LOW = 256 * 1024;             // so few of them that more are read
const BLOB = 4 * 1024 * 1024;       // what has come is handed to the browser in blobs of so many bytes

const element = (id) => document.getElementById(id);
const files = { offered: [], received: {}, sent: {}, failed: {}, channel: null };
let exchange = null;                // with the program that is connected

// One line of the list: a name, how far it is, what became of it.
class Row {
  constructor(name, size, stop) {
    this.item = document.createElement('li');
    this.bar = document.createElement('progress');
    this.text = document.createElement('span');
    this.button = document.createElement('button');
    const title = document.createElement('b');
    title.textContent = name;
    this.bar.max = size || 1;
    this.bar.value = 0;
    this.button.type = 'button';
    this.button.textContent = 'Stop';
    this.button.onclick = stop;
    this.item.append(title, this.bar, this.text, this.button);
    element('files-log').append(this.item);
  }

  move(n) {
    this.bar.value = n;
  }

  end(text) {
    this.bar.value = this.bar.max;
    this.text.textContent = text;
    this.button.remove();
  }

  fail(text) {
    this.item.className = 'failed';
    this.text.textContent = text;
    this.button.remove();
  }

  offer(blob, name) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.textContent = 'Save';
    this.item.append(link);
  }
}

class Exchange {
  constructor(channel) {
    this.channel = channel;
    this.incoming = null;           // the file that comes, or was asked for
    this.outgoing = null;           // the one that goes
    this.gets = Promise.resolve();  // one at a time each way
    this.sends = Promise.resolve();
    channel.binaryType = 'arraybuffer';
    channel.bufferedAmountLowThreshold = LOW;
    channel.onmessage = ({ data }) => (typeof data === 'string' ? this.hear(JSON.parse(data)) : this.take(data));
    channel.onclose = () => this.close();
  }

  say(message) {
    if (this.channel.readyState === 'open')
      this.channel.send(JSON.stringify(message));
  }

  close() {
    this.incoming?.reject(new Error('broken off'));
    this.outgoing?.reject(new Error('broken off'));
    this.incoming = this.outgoing = null;
    if (exchange !== this)
      return;
    showOffered([]);
    element('files-choose').disabled = true;    // what became of the others stays to be read
  }

  hear(message) {
    const { type } = message;
    if (type === 'list')
      showOffered(message.files);
    else if (type === 'file')
      this.begin(message);
    else if (type === 'end')
      this.finish(message.sha256);
    else if (type === 'stop' || type === 'unavailable')
      this.incoming?.reject(new Error(message.reason));
    else if (type === 'refused')
      this.outgoing?.reject(new Error(message.reason));
    else if (type === 'stored')
      this.outgoing?.resolve(message);
  }

  // -- What comes

  begin({ name, size }) {
    const file = this.incoming;
    if (file?.name !== name)
      return;
    Object.assign(file, { size, got: 0, hash: new Sha256(), pieces: [], n: 0, blob: new Blob() });
    file.row.bar.max = size || 1;
  }

  gather(file) {
    file.blob = new Blob([file.blob, ...file.pieces]);
    file.pieces = [];
    file.n = 0;
  }

  take(data) {
    const file = this.incoming;
    if (!file?.hash)
      return;     // the rest of one that was stopped
    file.got += data.byteLength;
    if (file.got > file.size) {
      this.refuse('more bytes than were announced');
      return;
    }
    file.hash.update(new Uint8Array(data));
    file.pieces.push(data);
    file.n += data.byteLength;
    if (file.n >= BLOB)
      this.gather(file);
    file.row.move(file.got);
  }

  refuse(reason) {
    this.say({ type: 'refused', reason });
    this.incoming?.reject(new Error(reason));
  }

  finish(sha256) {
    const file = this.incoming;
    if (!file?.hash)
      return;
    this.gather(file);
    if (file.got !== file.size || file.hash.digest() !== sha256) {
      this.refuse('its SHA-256 differs');
      return;
    }
    this.say({ type: 'stored', name: file.name, sha256 });
    file.resolve({ sha256, blob: file.blob });
  }

  async fetch(name) {
    const row = new Row(name, 0, () => this.refuse('stopped by the user'));
    try {
      const got = await new Promise((resolve, reject) => {
        if (this.channel.readyState !== 'open')
          throw new Error('not connected');
        this.incoming = { name, row, resolve, reject };
        this.say({ type: 'get', name });
      });
      files.received[name] = got;
      row.end('received, SHA-256 equal');
      row.offer(got.blob, name);
    } catch ({ message }) {
      files.failed[name] = message;
      row.fail(message);
    }
    this.incoming = null;
  }

  // -- What goes

  // Until the channel has room, or this file is no longer the one that goes.
  async room(file) {
    while (this.outgoing === file && this.channel.bufferedAmount > MOST_WAITING)
      await Promise.race([file.verdict, new Promise((done) => {
        this.channel.addEventListener('bufferedamountlow', done, { once: true });
      })]);
    if (this.outgoing !== file)
      throw new Error('broken off');
  }

  // The file is read as there is room for it, never as a whole.
  async put(file, blob) {
    const hash = new Sha256();
    for (let at = 0; at < blob.size;) {
      const part = new Uint8Array(await blob.slice(at, at + MOST_WAITING).arrayBuffer());
      for (let i = 0; i < part.length; i += PIECE) {
        await this.room(file);
        const piece = part.subarray(i, i + PIECE);
        this.channel.send(piece);
        hash.update(piece);
        file.row.move(at + i + piece.length);
      }
      at += part.length;
    }
    return hash.digest();
  }

  async give(blob, name) {
    const file = {};
    file.verdict = new Promise((resolve, reject) => Object.assign(file, { resolve, reject }));
    file.row = new Row(name, blob.size, () => file.reject(new Error('stopped by the user')));
    try {
      if (this.channel.readyState !== 'open')
        throw new Error('not connected');
      this.outgoing = file;
      this.say({ type: 'file', name, size: blob.size });
      const sha256 = await Promise.race([this.put(file, blob), file.verdict.then(() => null)]);
      this.say({ type: 'end', sha256 });
      const stored = await file.verdict;
      if (stored.sha256 !== sha256)
        throw new Error('its SHA-256 differs');
      files.sent[name] = { sha256, name: stored.name };
      file.row.end(`sent as ${stored.name}, SHA-256 equal`);
    } catch ({ message }) {
      this.say({ type: 'stop', reason: message });
      files.failed[name] = message;
      file.row.fail(message);
    }
    this.outgoing = null;
  }
}

function showOffered(list) {
  files.offered = list;
  element('files-offered').replaceChildren(...list.map(({ name, size }) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = `${name} (${Math.ceil(size / 1024)} KiB)`;
    button.onclick = () => files.get(name);
    return button;
  }));
}

// Both return when it is there, or is not; then it is in received, sent or failed.
files.get = (name) => {
  const now = exchange;
  now.gets = now.gets.then(() => now.fetch(name));
  return now.gets;
};
files.send = (blob, name = blob.name) => {
  const now = exchange;
  now.sends = now.sends.then(() => now.give(blob, name));
  return now.sends;
};

element('files-choose').onchange = ({ target }) => {
  [...target.files].forEach((file) => files.send(file));
  target.value = '';
};

// Exchanges files on channel until it closes.
export function exchangeBy(channel) {
  exchange = new Exchange(channel);
  files.channel = channel;
  element('files').hidden = false;
  element('files-choose').disabled = false;
}

window.rtcFiles = files;
