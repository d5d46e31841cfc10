/** A 64-bit number as two halves: numbers of JavaScript hold 53 bits, and its long ones are a hundred times slower. */
type Long = readonly [high: number, low: number];

const PRIME_1: Long = [0x9e3779b1, 0x85ebca87];
const PRIME_2: Long = [0xc2b2ae3d, 0x27d4eb4f];
const PRIME_3: Long = [0x165667b1, 0x9e3779f9];
const PRIME_4: Long = [0x85ebca77, 0xc2b2ae63];
const PRIME_5: Long = [0x27d4eb2f, 0x165667c5];

const STRIPE_BYTES = 32;
const LANES = [0, 1, 2, 3] as const;

/** The high half of the product of two halves, neither of them signed. */
function highOf(a: number, b: number): number {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = ((Math.imul(a1, b0) >>> 0) + (Math.imul(a0, b0) >>> 16)) >>> 0;
  const other = ((Math.imul(a0, b1) >>> 0) + (middle & 0xffff)) >>> 0;
  return (Math.imul(a1, b1) + (middle >>> 16) + (other >>> 16)) | 0;
}

function product([aHigh, aLow]: Long, [bHigh, bLow]: Long): Long {
  return [(highOf(aLow, bLow) + Math.imul(aHigh, bLow) + Math.imul(aLow, bHigh)) | 0, Math.imul(aLow, bLow)];
}

function sum([aHigh, aLow]: Long, [bHigh, bLow]: Long): Long {
  const low = (aLow >>> 0) + (bLow >>> 0);
  return [(aHigh + bHigh + (low > 0xffffffff ? 1 : 0)) | 0, low | 0];
}

function xor([aHigh, aLow]: Long, [bHigh, bLow]: Long): Long {
  return [aHigh ^ bHigh, aLow ^ bLow];
}

function rotated([high, low]: Long, by: number): Long {
  if (by >= 32) return rotated([low, high], by - 32);
  if (by === 0) return [high, low];
  return [(high << by) | (low >>> (32 - by)), (low << by) | (high >>> (32 - by))];
}

function shifted([high, low]: Long, by: number): Long {
  return by >= 32 ? [0, high >>> (by - 32)] : [high >>> by, (low >>> by) | (high << (32 - by))];
}

function round(accumulator: Long, input: Long): Long {
  return product(rotated(sum(accumulator, product(input, PRIME_2)), 31), PRIME_1);
}

/**
 * XXH64 with the seed 0, of bytes that come in parts: what frames of zstd are checked by (RFC 8878, section 3.1.1).
 * Source: Cyan4973/xxHash @ v0.8.2, doc/xxhash_spec.md.
 */
export class XxHash64 {
  private readonly lanes = Int32Array.of(...sum(PRIME_1, PRIME_2), ...PRIME_2, 0, 0, ...negative(PRIME_1));
  private readonly rest = new Uint8Array(STRIPE_BYTES);
  private restLength = 0;
  private length = 0;

  /** Takes the next bytes. */
  add(bytes: Uint8Array): void {
    this.length += bytes.length;
    let at = 0;
    if (this.restLength > 0) {
      at = Math.min(bytes.length, STRIPE_BYTES - this.restLength);
      this.rest.set(bytes.subarray(0, at), this.restLength);
      this.restLength += at;
      if (this.restLength < STRIPE_BYTES) return;
      addStripes(this.lanes, this.rest, 0, STRIPE_BYTES);
    }
    const end = at + STRIPE_BYTES * Math.floor((bytes.length - at) / STRIPE_BYTES);
    addStripes(this.lanes, bytes, at, end);
    this.rest.set(bytes.subarray(end));
    this.restLength = bytes.length - end;
  }

  /** The low 32 bits of the hash of all bytes so far. */
  low(): number {
    const long: Long = [Math.floor(this.length / 2 ** 32), this.length | 0];
    const hash = withRest(sum(this.converged(), long), this.rest.subarray(0, this.restLength));
    const mixed = product(xor(hash, shifted(hash, 33)), PRIME_2);
    const again = product(xor(mixed, shifted(mixed, 29)), PRIME_3);
    return xor(again, shifted(again, 32))[1] >>> 0;
  }

  private converged(): Long {
    if (this.length < STRIPE_BYTES) return PRIME_5;
    const lanes = LANES.map((lane): Long => [this.lanes[2 * lane] ?? 0, this.lanes[2 * lane + 1] ?? 0]);
    const merged = lanes.map((lane, at) => rotated(lane, [1, 7, 12, 18][at] ?? 0)).reduce(sum);
    return lanes.reduce((hash, lane) => sum(product(xor(hash, round([0, 0], lane)), PRIME_1), PRIME_4), merged);
  }
}

function negative([high, low]: Long): Long {
  return sum([~high, ~low], [0, 1]);
}

/** `round` for every lane of every stripe, without a pair for every step: this is where the time goes. */
function addStripes(lanes: Int32Array, bytes: Uint8Array, from: number, to: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [[high1, low1], [high2, low2]] = [PRIME_1, PRIME_2];
  for (const lane of LANES) {
    let high = lanes[2 * lane] ?? 0;
    let low = lanes[2 * lane + 1] ?? 0;
    for (let at = from + 8 * lane; at < to; at += STRIPE_BYTES) {
      const inLow = view.getInt32(at, true);
      const inHigh = view.getInt32(at + 4, true);
      const addLow = Math.imul(inLow, low2);
      const addHigh = highOf(inLow, low2) + Math.imul(inHigh, low2) + Math.imul(inLow, high2);
      const sumLow = (low >>> 0) + (addLow >>> 0);
      const sumHigh = (high + addHigh + (sumLow > 0xffffffff ? 1 : 0)) | 0;
      const turnedHigh = (sumHigh << 31) | ((sumLow | 0) >>> 1);
      const turnedLow = ((sumLow | 0) << 31) | (sumHigh >>> 1);
      high = (highOf(turnedLow, low1) + Math.imul(turnedHigh, low1) + Math.imul(turnedLow, high1)) | 0;
      low = Math.imul(turnedLow, low1);
    }
    lanes[2 * lane] = high;
    lanes[2 * lane + 1] = low;
  }
}

function withRest(begun: Long, rest: Uint8Array): Long {
  const view = new DataView(rest.buffer, rest.byteOffset, rest.byteLength);
  let hash = begun;
  let at = 0;
  for (; at + 8 <= rest.length; at += 8) {
    const input: Long = [view.getInt32(at + 4, true), view.getInt32(at, true)];
    hash = sum(product(rotated(xor(hash, round([0, 0], input)), 27), PRIME_1), PRIME_4);
  }
  for (; at + 4 <= rest.length; at += 4) {
    const input = product([0, view.getInt32(at, true)], PRIME_1);
    hash = sum(product(rotated(xor(hash, input), 23), PRIME_2), PRIME_3);
  }
  for (; at < rest.length; at++) {
    hash = product(rotated(xor(hash, product([0, view.getUint8(at)], PRIME_5)), 11), PRIME_1);
  }
  return hash;
}
