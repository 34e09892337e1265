// SPDX-License-Identifier: LGPL-2.1-or-later
// channels.mjs TALK_JS - node-datachannel (libdatachannel) as an end of channels.py.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { runInThisContext } from 'node:vm';
import { RTCPeerConnection } from 'node-datachannel/polyfill';

// More than its default, so that 1 MiB is to be had from one peer at least.
const config = { iceServers: [], maxMessageSize: 1048576 };

runInThisContext(readFileSync(process.argv[2], 'utf8'));
const obey = makeTalker(RTCPeerConnection, config, (said) => process.stdout.write(`${JSON.stringify(said)}\n`));
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => obey(JSON.parse(line)));
lines.on('close', () => process.exit(0));
