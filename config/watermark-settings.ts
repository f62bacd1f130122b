import type { Setting } from './setting.ts';
import { decimal, oneOf, optional, text } from './value-type.ts';

/** Settings of what is laid over every picture. */
export const WATERMARK_SETTINGS = {
  watermark: {
    name: 'WATERMARK',
    group: 'Watermark',
    type: optional(text('an image file', /^[^\p{Cc}]+$/u)),
    default: '',
    defaultMeaning: 'none',
    description:
      'Image to lay over tiles and exports, of any kind that sharp reads, 1,048,576 pixels at most. One without ' +
      'transparency only adds light: its black does not show.',
  },
  watermarkProbability: {
    name: 'WATERMARK_PROBABILITY',
    group: 'Watermark',
    type: decimal(0, 1),
    default: '1',
    description: 'Share of the places that carry it.',
  },
  watermarkOpacity: {
    name: 'WATERMARK_OPACITY',
    group: 'Watermark',
    type: decimal(0, 1),
    default: '1',
    description: 'Strength of the watermark.',
  },
  watermarkPlacement: {
    name: 'WATERMARK_PLACEMENT',
    group: 'Watermark',
    type: oneOf(['anchored', 'random']),
    default: 'anchored',
    description:
      'Whether the watermark belongs to places of the image, one in each 512 x 512 pixels of the full resolution, and is ' +
      'scaled and turned with them; or lies anywhere in each tile and each block of an export, at its own size.',
  },
} as const satisfies Record<string, Setting>;
