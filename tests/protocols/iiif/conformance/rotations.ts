import type { Check, Spot } from './check.ts';

type Colour = 'red' | 'green' | 'blue' | 'yellow';

/** The corners of a picture of that size, from the upper left one clockwise. */
function corners(width: number, height: number, colours: readonly [Colour, Colour, Colour, Colour]): Spot[] {
  const [first, second, third, fourth] = colours;
  return [
    [0, 0, first],
    [width - 1, 0, second],
    [width - 1, height - 1, third],
    [0, height - 1, fourth],
  ];
}

/** Right angles of 300 x 200, mirrored or not. */
const RIGHT: readonly (readonly [rotation: string, size: string, spots: readonly Spot[]])[] = [
  ['0', '300x200', corners(300, 200, ['red', 'green', 'yellow', 'blue'])],
  ['360', '300x200', corners(300, 200, ['red', 'green', 'yellow', 'blue'])],
  ['0.0', '300x200', corners(300, 200, ['red', 'green', 'yellow', 'blue'])],
  ['90', '200x300', corners(200, 300, ['blue', 'red', 'green', 'yellow'])],
  ['90.0', '200x300', corners(200, 300, ['blue', 'red', 'green', 'yellow'])],
  ['180', '300x200', corners(300, 200, ['yellow', 'blue', 'red', 'green'])],
  ['270', '200x300', corners(200, 300, ['green', 'yellow', 'blue', 'red'])],
  ['!0', '300x200', corners(300, 200, ['green', 'red', 'blue', 'yellow'])],
  ['!360', '300x200', corners(300, 200, ['green', 'red', 'blue', 'yellow'])],
  ['!90', '200x300', corners(200, 300, ['yellow', 'green', 'red', 'blue'])],
  ['!180', '300x200', corners(300, 200, ['blue', 'yellow', 'green', 'red'])],
  ['!270', '200x300', corners(200, 300, ['red', 'blue', 'yellow', 'green'])],
];

/** The box around 300 x 200 turned: 300 |cos| + 200 |sin| by 300 |sin| + 200 |cos|, rounded up. */
const ANY: readonly (readonly [rotation: string, size: string])[] = [
  ['22.5', '354x300'], // 277.16 + 76.54, 114.81 + 184.78
  ['!22.5', '354x300'],
  ['30', '360x324'], // 259.81 + 100, 150 + 173.21
  ['45', '354x354'],
  ['60', '324x360'],
  ['135', '354x354'],
  ['!135', '354x354'],
  ['200', '351x291'], // 281.91 + 68.40, 102.61 + 187.94
  ['345', '342x271'], // 289.78 + 51.76, 77.65 + 193.19
  ['0.1', '301x201'], // 300.00 + 0.35, 0.52 + 200.00
  ['359.9', '301x201'],
  ['89.5', '203x302'], // 2.62 + 199.99, 299.99 + 1.75
];

const MALFORMED = [
  ...['361', '360.1', '-1', '-90', '!-90', 'abc', '', '!', '!!90', '90!', '1e2', '+90', '90,0', '0x10', 'NaN', '90deg'],
  ...['90.', '1.2.3', 'Infinity', '2147483648'],
];

/** What the middle of each quarter becomes where the picture is turned about its own middle by 30 degrees, clockwise. */
const TURNED_30: readonly Spot[] = [
  [180 - 65 + 25, 162 - 37 - 43, [255, 0, 0, 255]], // (-75, -50)
  [180 + 65 + 25, 162 + 37 - 43, [0, 255, 0, 255]], // (75, -50)
  [180 - 65 - 25, 162 - 37 + 43, [0, 0, 255, 255]], // (-75, 50)
  [180 + 65 - 25, 162 + 37 + 43, [255, 255, 0, 255]], // (75, 50)
];
const MIRRORED_30: readonly Spot[] = [
  [180 - 65 + 25, 162 - 37 - 43, [0, 255, 0, 255]],
  [180 + 65 + 25, 162 + 37 - 43, [255, 0, 0, 255]],
  [180 - 65 - 25, 162 - 37 + 43, [255, 255, 0, 255]],
  [180 + 65 - 25, 162 + 37 + 43, [0, 0, 255, 255]],
];
const CLEAR_CORNERS: readonly Spot[] = [
  [0, 0, [0, 0, 0, 0]],
  [359, 0, [0, 0, 0, 0]],
  [0, 323, [0, 0, 0, 0]],
  [359, 323, [0, 0, 0, 0]],
];

function cornersOf(colour: readonly number[]): Spot[] {
  return [
    [2, 2, colour],
    [357, 321, colour],
  ];
}

function checksOf(version: 2 | 3): Check[] {
  const section = `${version === 3 ? '3.0' : '2.1'} §4.3`;
  const urlOf = (rotation: string, format = 'png') =>
    `/iiif/${version}/quad.tif/full/max/${rotation}/default.${format}`;
  return [
    ...RIGHT.map(([rotation, size, spots]) => ({ section, url: urlOf(rotation), size, spots })),
    ...ANY.map(([rotation, size]) => ({ section, url: urlOf(rotation), size })),
    ...MALFORMED.map((rotation) => ({ section, url: urlOf(rotation), status: 400, body: /rotation/ })),
    { section, url: urlOf('30'), size: '360x324', spots: [...TURNED_30, ...CLEAR_CORNERS] },
    { section, url: urlOf('!30'), size: '360x324', spots: [...MIRRORED_30, ...CLEAR_CORNERS] },
    ...['webp', 'avif', 'tif', 'gif'].map((format) => ({
      section,
      url: urlOf('30', format),
      size: '360x324',
      spots: [[2, 2, [0, 0, 0, 0]] as const],
      tolerance: 3,
    })),
    { section, url: urlOf('30', 'jpg'), size: '360x324', spots: cornersOf([255, 255, 255]), tolerance: 3 },
    { section, on: 'matte', url: urlOf('30', 'jpg'), spots: cornersOf([16, 48, 96]), tolerance: 3 },
    { section, on: 'matte', url: urlOf('30', 'png'), spots: CLEAR_CORNERS },
  ];
}

/** Region, then size, then rotation, then quality: the example of the specification's picture. */
const ORDER: readonly Check[] = [
  { section: '3.0 §4.6', url: '/iiif/3/quad.tif/125,15,120,140/90,/!345/gray.jpg', size: '115x125' },
  { section: '2.1 §4.6', url: '/iiif/2/quad.tif/125,15,120,140/90,/!345/gray.jpg', size: '115x125' },
  {
    section: '3.0 §4.6',
    url: '/iiif/3/quad.tif/0,0,300,100/150,/!90/gray.png', // green left of red, then green above red
    size: '50x150',
    spots: [
      [25, 10, [150]],
      [25, 140, [76]],
    ],
    tolerance: 1,
  },
  { section: '3.0 §4.6', url: '/iiif/3/quad.tif/0,0,300,100/150,100/90/default.png', size: '100x150' },
];

export const ROTATION_CHECKS: readonly Check[] = [...checksOf(3), ...checksOf(2), ...ORDER];
