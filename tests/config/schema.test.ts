import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PLACES, type Place } from '../../config/given.ts';
import { helpText } from '../../config/help.ts';
import { manualPage } from '../../config/manual.ts';
import { namesOf, optionOf, type Setting } from '../../config/setting.ts';
import { SETTINGS } from '../../config/settings.ts';
import { inputs, isForEveryPlace, NEVER_VALID, problemsOf } from './config-inputs.ts';

const IIPSRV_NAMES = `VERBOSITY LOGFILE OMP_NUM_THREADS FILESYSTEM_PREFIX FILESYSTEM_SUFFIX FILENAME_PATTERN
  DECODER_MODULES JPEG_QUALITY PNG_QUALITY WEBP_QUALITY AVIF_QUALITY AVIF_CODEC TIFF_COMPRESSION TIFF_QUALITY MAX_CVT
  ALLOW_UPSCALING MAX_LAYERS INTERPOLATION MAX_ICC EMBED_ICC CODEC_PASSTHROUGH KAKADU_READMODE WATERMARK
  WATERMARK_PROBABILITY WATERMARK_OPACITY MAX_IMAGE_CACHE_SIZE MAX_METADATA_CACHE_SIZE MAX_IMAGE_METADATA_CACHE_SIZE
  MEMCACHED_SERVERS MEMCACHED_TIMEOUT CACHE_CONTROL CORS BASE_URL URI_MAP IIIF_VERSION IIIF_DELIMITER IIIF_EXTRA_INFO
  IIIF_EXTENSIONS COPYRIGHT`.split(/\s+/);

const names = SETTINGS.flatMap(namesOf);
const bounded = SETTINGS.filter((setting) => setting.type.range);
const everywhere = SETTINGS.filter(isForEveryPlace);

/** For every setting with a range the nearest number below it and above it. */
function justOutside(): { setting: Setting; text: string }[] {
  return bounded.flatMap((setting) => {
    const { min, max } = rangeOf(setting);
    const step = setting.type.allowed.startsWith('a number') ? 0.001 : 1;
    return [min - step, max + step].map((value) => ({ setting, text: String(value) }));
  });
}

function expectedProblem(setting: Setting, text: string, place: Place): string {
  const name = place === 'command line' ? `--${optionOf(setting.name)}` : setting.name;
  const origin = place === 'file' ? 'mezzotint.env, line 1' : place;
  return `${name}=${text} (${origin}): expected ${setting.type.allowed}`;
}

function rangeOf(setting: Setting) {
  return setting.type.range ?? assert.fail(`${setting.name} has no range`);
}

describe('the declared settings', () => {
  it('have defaults that they allow', () => {
    for (const setting of SETTINGS) assert.ok(setting.type.parse(setting.default).ok, setting.name);
  });

  it('have names that are used once, as variables and as options', () => {
    assert.equal(new Set(names).size, names.length);
    assert.equal(new Set(names.map(optionOf)).size, names.length);
  });

  it('know every name of iipsrv', () => {
    assert.deepEqual(
      IIPSRV_NAMES.filter((name) => !names.includes(name)),
      [],
    );
  });

  it('take both ends of their ranges', () => {
    for (const setting of bounded) {
      const { min, max } = rangeOf(setting);
      for (const text of [String(min), String(max)]) assert.ok(setting.type.parse(text).ok, `${setting.name}=${text}`);
    }
  });

  for (const place of PLACES) {
    it(`refuse what lies just outside their ranges, and say what is allowed (${place})`, () => {
      for (const { setting, text } of justOutside()) {
        const [problem = '', ...more] = problemsOf(inputs({ [place]: { [setting.name]: text } }));
        assert.ok(problem.startsWith(expectedProblem(setting, text, place)), problem);
        assert.deepEqual(more, []);
      }
    });
  }

  it('take numbers only as they are written in full: no other notation and nothing after them', () => {
    const isNumber = /^[+-]?\d{1,15}(\.\d{1,15})?$/;
    const anything = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.constantFrom('1e1', '0x10', '12abc', ' 5', '5 ', '1_0'),
    );
    const property = fc.property(fc.constantFrom(...bounded), anything, (setting, text) => {
      fc.pre(text !== '' && !isNumber.test(text));
      assert.equal(setting.type.parse(text).ok, false);
    });
    fc.assert(property);
  });

  it('count a value of a stronger place and not that of a weaker one, whatever the setting', () => {
    for (const setting of everywhere) {
      for (const [weaker, stronger] of [
        ['file', 'environment'],
        ['environment', 'command line'],
        ['file', 'command line'],
      ] as const) {
        const bad = { [setting.name]: NEVER_VALID };
        const good = { [setting.name]: setting.default };
        assert.deepEqual(problemsOf(inputs({ [weaker]: bad, [stronger]: good })), [], setting.name);
        const problems = problemsOf(inputs({ [weaker]: good, [stronger]: bad }));
        assert.equal(problems.length, 1, setting.name);
        assert.ok(problems[0]?.includes(`(${stronger})`), problems[0]);
      }
    }
  });

  it('are all in the help text, under both names', () => {
    const help = helpText().split(/[\s,]+/);
    for (const name of names) assert.ok(help.includes(name) && help.includes(`--${optionOf(name)}`), name);
  });

  it('are what docs/configuration.md says (npm run docs writes it anew)', () => {
    const committed = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
    assert.equal(committed, manualPage());
  });
});
