/** Decodes files with libvips in a process of its own: the one under test forbids the library what it does not need. */
import sharp from 'sharp';
import type { DecodedReply, DecodeOrder } from './decoder.ts';

process.on('message', (order: DecodeOrder) => {
  void decode(order).then((reply) => process.send?.(reply));
});
process.on('disconnect', () => process.exit(0));

async function decode({ id, file }: DecodeOrder): Promise<DecodedReply> {
  try {
    const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
    return { id, width: info.width, height: info.height, channels: info.channels, data };
  } catch (error) {
    return { id, problem: String(error) };
  }
}
