import { BlockList, isIPv6 } from 'node:net';

/** Words for peers that are not told by one network. */
const LOOPBACK: readonly string[] = ['127.0.0.0/8', '::1/128'];

/**
 * Whether a peer is one of those listed.
 *
 * @param peers - addresses and networks as in `10.0.0.0/8`, `loopback`, and `unix` for those on a Unix socket
 */
export function createTrust(peers: readonly string[]): (address: string | undefined) => boolean {
  const networks = peers.flatMap((peer) => (peer === 'loopback' ? LOOPBACK : [peer])).filter((peer) => peer !== 'unix');
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    list.addSubnet(address, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  const isUnixTrusted = peers.includes('unix');
  return (address) => {
    if (address === undefined || address === '') return isUnixTrusted;
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, ''); // IPv4 on a socket that takes both
    return list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
  };
}
