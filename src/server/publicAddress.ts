import { BlockList, isIP } from 'node:net';

/** Ranges of which no server of images is one: this machine, its own network, and what manages machines there. */
const PRIVATE: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
];
const PRIVATE_V6: readonly (readonly [string, number])[] = [
  ['::', 127],
  // Addresses that stand for others, which would have to be looked into.
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

const refused = new BlockList();
for (const [net, bits] of PRIVATE) refused.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of PRIVATE_V6) refused.addSubnet(net, bits, 'ipv6');

/** Whether an IP address is of the public network. IPv4 addresses written as IPv6 count as what they are. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && !refused.check(address, version === 6 ? 'ipv6' : 'ipv4');
}
