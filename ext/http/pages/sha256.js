// sha256.js - SHA-256 (FIPS 180-4) piece by piece: crypto.subtle takes only the whole at once, and
// only on pages that came by https or from this machine.

const LENGTH_AT = 56;   // in the last block

// The first 32 bits of the fractional part of a root of the first primes (FIPS 180-4, 4.2.2 and 5.3.3).
function fractions(count, exponent) {
  const found = [];
  for (let n = 2; found.length < count; n += 1) {
    let isPrime = true;
    for (let d = 2; d * d <= n; d += 1)
      isPrime = isPrime && n % d !== 0;
    if (isPrime)
      found.push((n ** exponent % 1) * 2 ** 32 | 0);
  }
  return found;
}

const K = Int32Array.from(fractions(64, 1 / 3));
const FIRST = fractions(8, 1 / 2);

export class Sha256 {
  constructor() {
    this.state = Int32Array.from(FIRST);
    this.words = new Int32Array(64);
    this.block = new Uint8Array(64);
    this.view = new DataView(this.block.buffer);
    this.filled = 0;    // bytes of block
    this.length = 0;    // bytes in all
  }

  // bytes is a Uint8Array.
  update(bytes) {
    this.length += bytes.length;
    for (let at = 0; at < bytes.length;) {
      const n = Math.min(64 - this.filled, bytes.length - at);
      this.block.set(bytes.subarray(at, at + n), this.filled);
      this.filled += n;
      at += n;
      if (this.filled === 64)
        this.compress();
    }
  }

  compress() {
    const w = this.words;
    const s = this.state;
    for (let i = 0; i < 16; i += 1)
      w[i] = this.view.getInt32(4 * i);
    for (let i = 16; i < 64; i += 1) {
      const x = w[i - 15];
      const y = w[i - 2];
      w[i] = w[i - 16] + w[i - 7]
        + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3)
        + ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10) | 0;
    }
    let [a, b, c, d, e, f, g, h] = s;
    for (let i = 0; i < 64; i += 1) {
      const t = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7))
        + (e & f ^ ~e & g) + K[i] + w[i] | 0;
      const u = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10))
        + (a & b ^ a & c ^ b & c) | 0;
      h = g;
      g = f;
      f = e;
      e = d + t | 0;
      d = c;
      c = b;
      b = a;
      a = t + u | 0;
    }
    s[0] += a;
    s[1] += b;
    s[2] += c;
    s[3] += d;
    s[4] += e;
    s[5] += f;
    s[6] += g;
    s[7] += h;
    this.filled = 0;
  }

  // In hexadecimal; nothing may follow.
  digest() {
    const { length } = this;
    this.update(Uint8Array.of(0x80));
    while (this.filled !== LENGTH_AT)
      this.update(Uint8Array.of(0));
    this.view.setUint32(LENGTH_AT, Math.floor(length / 2 ** 29));
    this.view.setUint32(LENGTH_AT + 4, length * 8 % 2 ** 32);
    this.compress();
    return Array.from(this.state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
