// SPDX-License-Identifier: LGPL-2.1-or-later

// channels.mjs - data channels of two node-datachannel (libdatachannel) peers in one process; what
// it measures, and how it is called: ../bench-channels.h. BENCH_LINK_PROGRAM is bench-link.c.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createInterface } from 'node:readline'
import nodeDataChannel from 'node-datachannel'

const MESSAGE_BYTES = 16384
const HIGH = 1 << 20
const LOW = 256 << 10
const PING_BYTES = 64
const WARM_UP = 100

const now = () => performance.now()
const processorSeconds = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

// The emulated link: a process for each call.
class Link {
  constructor () {
    this.child = spawn(process.env.BENCH_LINK_PROGRAM, [process.env.BENCH_LINK], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]()
  }

  async cross (kind, sdp) {
    this.child.stdin.write(`${kind} ${Buffer.from(sdp).toString('base64')}\n`)
    const { value } = await this.lines.next()
    return Buffer.from(value, 'base64').toString()
  }
}

const gathered = peer => new Promise(resolve => {
  peer.onGatheringStateChange(state => {
    if (state === 'complete') resolve(peer.localDescription())
  })
})

// Candidates trickle on a clean path; over an emulated link they are all in the description.
async function connect (onMessage, echoes) {
  const link = process.env.BENCH_LINK ? new Link() : null
  const start = now()
  const a = new nodeDataChannel.PeerConnection('a', { iceServers: [], maxMessageSize: 262144 })
  const b = new nodeDataChannel.PeerConnection('b', { iceServers: [], maxMessageSize: 262144 })
  const call = { a, b, link }
  if (link) {
    const offer = gathered(a)
    const answer = gathered(b)
    offer.then(d => link.cross('offer', d.sdp)).then(sdp => b.setRemoteDescription(sdp, 'offer'))
    answer.then(d => link.cross('answer', d.sdp)).then(sdp => a.setRemoteDescription(sdp, 'answer'))
  } else {
    a.onLocalDescription((sdp, type) => b.setRemoteDescription(sdp, type))
    b.onLocalDescription((sdp, type) => a.setRemoteDescription(sdp, type))
    a.onLocalCandidate((candidate, mid) => b.addRemoteCandidate(candidate, mid))
    b.onLocalCandidate((candidate, mid) => a.addRemoteCandidate(candidate, mid))
  }
  const remote = new Promise(resolve => b.onDataChannel(channel => {
    call.remote = channel
    channel.onMessage(echoes ? message => channel.sendMessageBinary(message) : onMessage)
    if (channel.isOpen()) resolve()
    else channel.onOpen(resolve)
  }))
  call.channel = a.createDataChannel('bench')
  if (echoes) call.channel.onMessage(onMessage)
  const local = new Promise(resolve => call.channel.onOpen(resolve))
  await Promise.all([local, remote])
  call.milliseconds = now() - start
  return call
}

function close (call) {
  call.channel.close()
  call.a.close()
  call.b.close()
  call.link?.child.stdin.end()
}

// Number n, as the other programs make it: 64-bit words, least byte first.
function makeMessage (n) {
  const message = Buffer.alloc(MESSAGE_BYTES)
  const words = new BigUint64Array(message.buffer, message.byteOffset, MESSAGE_BYTES / 8)
  const first = BigInt.asUintN(64, BigInt(n + 1) * 0x9e3779b97f4a7c15n)
  for (let i = 0; i < words.length; i++) words[i] = first + BigInt(i)
  return message
}

async function bulk (wanted, checks) {
  let received = 0
  let first, last, finish, room
  const finished = new Promise(resolve => { finish = resolve })
  const sent = createHash('sha256')
  const came = createHash('sha256')
  const call = await connect(message => {
    last = now()
    first ??= last
    if (checks) came.update(message)
    received += message.length
    if (received >= wanted) finish()
  }, false)
  call.channel.setBufferedAmountLowThreshold(LOW)
  call.channel.onBufferedAmountLow(() => room?.())
  const processor = processorSeconds()
  let message = makeMessage(0)
  for (let n = 0; n * MESSAGE_BYTES < wanted; n++) {
    if (checks) {
      message = makeMessage(n)
      sent.update(message)
    }
    if (call.channel.bufferedAmount() > HIGH) {
      await new Promise(resolve => {
        const timer = setTimeout(resolve, 20)
        room = () => { clearTimeout(timer); resolve() }
      })
      while (call.channel.bufferedAmount() > HIGH) await new Promise(resolve => setTimeout(resolve, 1))
    }
    call.channel.sendMessageBinary(message)
  }
  await finished
  const seconds = (last - first) / 1e3
  const cpu = processorSeconds() - processor
  const hashes = [sent.digest('hex'), came.digest('hex')]
  console.log(JSON.stringify({ peer: 'node-datachannel', what: checks ? 'check' : 'bulk', bytes: received, seconds, mb_s: received / 1e6 / seconds, cpu_s: cpu, cpu_s_per_gb: cpu / (received / 1e9), sha256: checks ? hashes[1] : '', sha256_equal: checks ? hashes[0] === hashes[1] : null }))
  close(call)
}

function printTimes (what, ms) {
  const n = ms.length
  ms.sort((x, y) => x - y)
  console.log(JSON.stringify({ peer: 'node-datachannel', what, n, p50_ms: ms[n >> 1], min_ms: ms[0], p99_ms: ms[Math.floor(n * 0.99)], max_ms: ms[n - 1] }))
}

async function open (n) {
  const ms = []
  for (let i = 0; i < n; i++) {
    const call = await connect(() => {}, false)
    ms.push(call.milliseconds)
    close(call)
  }
  printTimes('open', ms)
}

async function rtt (n) {
  let take
  const ms = []
  const ping = Buffer.alloc(PING_BYTES)
  const call = await connect(() => take(now()), true)
  for (let i = 0; i < n + WARM_UP; i++) {
    const start = now()
    const reply = new Promise(resolve => { take = resolve })
    call.channel.sendMessageBinary(ping)
    const end = await reply
    if (i >= WARM_UP) ms.push(end - start)
  }
  printTimes('rtt', ms)
  close(call)
}

const [what, number] = process.argv.slice(2)
const n = Number(number)
if (what === 'open') await open(n)
else if (what === 'rtt') await rtt(n)
else await bulk(n * 1024 * 1024, what === 'check')
nodeDataChannel.cleanup()
process.exit(0)
