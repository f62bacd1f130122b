import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTrust } from '../../protocols/trusted-peers.ts';

describe('trusted peers', () => {
  /** Lists, addresses in them, and addresses that are not. */
  const table: readonly (readonly [list: readonly string[], trusted: readonly string[], others: readonly string[]])[] =
    [
      [['loopback'], ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'], ['128.0.0.1', '::2', '10.0.0.1', '']],
      [['10.0.0.0/8'], ['10.0.0.0', '10.255.255.255', '::ffff:10.1.2.3'], ['11.0.0.0', '9.255.255.255', '::1', '']],
      [['192.168.1.7'], ['192.168.1.7'], ['192.168.1.6', '192.168.1.8']],
      [['10.1.2.3/0'], ['1.2.3.4', '255.255.255.255'], ['::1']],
      [
        ['fd00::/8', '2001:db8::1'],
        ['fd12::34', '2001:db8::1'],
        ['fe00::1', '2001:db8::2', '10.0.0.1'],
      ],
      [['unix'], [''], ['127.0.0.1', '::1']],
      [['unix', '10.0.0.1'], ['', '10.0.0.1'], ['127.0.0.1']],
    ];

  for (const [list, trusted, others] of table) {
    it(`of ${list.join(', ')} are those and no others`, () => {
      const isTrusted = createTrust(list);
      for (const address of trusted) assert.equal(isTrusted(address), true, address);
      for (const address of [...others, 'nonsense']) assert.equal(isTrusted(address), false, address);
      assert.equal(isTrusted(undefined), list.includes('unix'));
    });
  }
});
