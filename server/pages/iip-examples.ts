/** Something a visitor turns; its value is put into the example's address where its name stands in braces. */
export type Control =
  | {
      readonly kind: 'range';
      readonly name: string;
      readonly label: string;
      readonly min: number;
      readonly max: number;
      readonly step: number;
      readonly value: number;
      /** Behind the number, for people. */
      readonly unit?: string;
    }
  | { readonly kind: 'switch'; readonly name: string; readonly label: string; readonly value: string }
  | {
      readonly kind: 'choice';
      readonly name: string;
      readonly label: string;
      readonly options: readonly (readonly [value: string, label: string])[];
    };

/** Samples that are drawn as a curve beside the picture. */
export interface Chart {
  /** The command, with names of controls in braces. */
  readonly query: string;
  readonly kind: 'spectrum' | 'profile';
  readonly label: string;
}

/** A picture and what can be done with it. */
export interface Example {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** The image's name; the query begins with it. */
  readonly image: string;
  /** What follows the image in the query, with names of controls in braces. */
  readonly query: string;
  readonly controls: readonly Control[];
  /** The control that a button turns round and round. */
  readonly turning?: { readonly name: string; readonly label: string };
  readonly chart?: Chart;
}

/** Wide enough for any page, small enough for a picture per movement of a slider. */
const WIDTH = 720;

const percent = { min: 0, max: 100, step: 1, unit: '%' } as const;

/** All live examples, in the order of the page. */
export const EXAMPLES: readonly Example[] = [
  {
    id: 'light',
    title: 'Light on a landscape',
    text: 'A normal map holds the direction that each place faces. SHD lets the sun shine on it: first where it stands, clockwise from north, then how high.',
    image: 'terrain-normals.tif',
    query: `WID=${WIDTH}&SHD={azimuth},{elevation}&CNT=2&CVT=jpeg`,
    controls: [
      { kind: 'range', name: 'azimuth', label: 'Direction', min: 0, max: 359, step: 1, value: 315, unit: '°' },
      { kind: 'range', name: 'elevation', label: 'Height', min: 1, max: 89, step: 1, value: 40, unit: '°' },
    ],
    turning: { name: 'azimuth', label: 'Move the light' },
  },
  {
    id: 'colours',
    title: 'Colours for numbers',
    text: 'Heights in metres, 32-bit floating point. MINMAX says what is black and what is white, CMP which colours lie between, and PFL reads the heights along a line as numbers.',
    image: 'terrain.tif',
    query: `WID=${WIDTH}&MINMAX=0:{low},{high}{map}{invert}&CVT=jpeg`,
    controls: [
      {
        kind: 'choice',
        name: 'map',
        label: 'Colour map',
        options: [
          ['&CMP=viridis', 'viridis'],
          ['&CMP=magma', 'magma'],
          ['&CMP=inferno', 'inferno'],
          ['&CMP=plasma', 'plasma'],
          ['&CMP=cividis', 'cividis'],
          ['&CMP=turbo', 'turbo'],
          ['&CMP=jet', 'jet'],
          ['&CMP=hot', 'hot'],
          ['&CMP=cold', 'cold'],
          ['', 'none: grey'],
        ],
      },
      { kind: 'range', name: 'low', label: 'Lowest', min: 0, max: 1600, step: 20, value: 0, unit: ' m' },
      { kind: 'range', name: 'high', label: 'Highest', min: 1700, max: 3400, step: 20, value: 3000, unit: ' m' },
      { kind: 'switch', name: 'invert', label: 'Invert', value: '&INV' },
      { kind: 'range', name: 'y', label: 'Line at row', value: 50, ...percent },
    ],
    chart: { query: 'PFL=0:0,{y}-{width},{y}', kind: 'profile', label: 'Heights along the line, in metres' },
  },
  {
    id: 'tone',
    title: 'Contrast, gamma and convolution',
    text: 'CNT multiplies, GAM lifts or sinks what lies between black and white, INV turns them round, COL takes the colour away, and CNV finds edges.',
    image: 'dusk.tif',
    query: `WID=${WIDTH}&CNT={contrast}&GAM={gamma}{invert}{colour}{kernel}&CVT=jpeg`,
    controls: [
      { kind: 'range', name: 'contrast', label: 'Contrast', min: 0, max: 4, step: 0.1, value: 1 },
      { kind: 'range', name: 'gamma', label: 'Gamma', min: 0.2, max: 3, step: 0.1, value: 1 },
      { kind: 'switch', name: 'invert', label: 'Invert', value: '&INV' },
      {
        kind: 'choice',
        name: 'colour',
        label: 'Colours',
        options: [
          ['', 'all'],
          ['&COL=grey', 'grey'],
          ['&COL=binary', 'black and white'],
        ],
      },
      {
        kind: 'choice',
        name: 'kernel',
        label: 'Convolution',
        options: [
          ['', 'none'],
          ...['sobel', 'prewitt', 'scharr', 'laplace', 'gaussian', 'sharpen', 'emboss'].map(
            (name) => [`&CNV=${name}`, name] as const,
          ),
        ],
      },
    ],
  },
  {
    id: 'spectra',
    title: 'Under the paint',
    text: 'Twelve narrow bands of one painting, from blue to infrared, where the underdrawing appears. SDS chooses a band, SPECTRA reads one pixel of them all: move the point, or press the picture.',
    image: 'spectra.tif',
    query: `SDS={band}&WID=${WIDTH}&CVT=jpeg`,
    controls: [
      { kind: 'range', name: 'band', label: 'Band', min: 0, max: 11, step: 1, value: 10 },
      { kind: 'range', name: 'x', label: 'Point from the left', value: 40, ...percent },
      { kind: 'range', name: 'y', label: 'Point from the top', value: 45, ...percent },
    ],
    chart: { query: 'SPECTRA=0,0,{x},{y}', kind: 'spectrum', label: 'Light thrown back at the point, by wavelength' },
  },
];
