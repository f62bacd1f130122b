import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WRITABLE_TIFF_COMPRESSIONS } from '../../codecs/encode/encode-tiff.ts';
import { type ConfigInputs, loadConfig } from '../../config/load-config.ts';
import { ConfigError } from '../../config/problems.ts';
import { SETTINGS } from '../../config/settings.ts';
import { FILE, inputs, problemsOf } from './config-inputs.ts';

const NOTHING: ConfigInputs = { argv: [], env: {}, readFile: () => '', cores: 4 };

function withEnv(env: Record<string, string>) {
  return loadConfig({ ...NOTHING, env });
}

function withArgv(...argv: string[]) {
  return loadConfig({ ...NOTHING, argv });
}

function withFile(text: string) {
  return loadConfig({ ...NOTHING, argv: ['--config', FILE], readFile: () => text });
}

describe('loadConfig', () => {
  it('takes a folder for pyramids, or off', () => {
    const derivativesOf = (text: string) =>
      loadConfig({ argv: [], env: { DERIVATIVES: text }, readFile: () => '', cores: 4 }).derivatives;
    assert.equal(derivativesOf('/var/pyramids')?.folder, '/var/pyramids');
    assert.equal(derivativesOf('off'), undefined);
    assert.throws(() => derivativesOf('a\nb'), /DERIVATIVES/);
  });

  it('gives the documented defaults', () => {
    assert.deepEqual(loadConfig(NOTHING), {
      listen: { host: '0.0.0.0', port: 8080, unixPath: undefined, backlog: 2048 },
      files: { roots: [], suffix: '', sequencePattern: '_pyr_', decoderModules: [], orientation: 'apply' },
      encoding: {
        jpegQuality: 75,
        pngLevel: 1,
        webpQuality: 50,
        avifQuality: 50,
        avifCodec: 'auto',
        tiffCompression: 'deflate',
        tiffQuality: 1,
        depth: 8,
        passthrough: true,
        matte: { red: 255, green: 255, blue: 255 },
      },
      metadata: { maxIcc: 65_536, colour: 'keep', rights: '' },
      watermark: undefined,
      limits: {
        maxSide: 5000,
        allowUpscaling: true,
        interpolation: 'linear',
        maxDecodedBytes: 320 * 2 ** 20,
        maxLayers: 'half',
      },
      caches: { imageBytes: 10_240_000, sourceCount: 1000, checkIntervalMs: 1000, redis: undefined },
      http: {
        cors: '*',
        cacheControl: 'max-age=86400',
        baseUrl: undefined,
        trustedProxies: [],
        uriMap: [],
        deepZoomOverlap: 0,
      },
      iiif: { defaultVersion: 3, pageDelimiter: '', hasExtensions: false, extra: {} },
      derivatives: { folder: '', maxBytes: 10_737_418_240 },
      workers: 4,
      threads: 4,
      log: { verbosity: 1, file: undefined },
      metricsPort: undefined,
      notices: [],
      drawSamples: true,
    });
  });

  it('takes the command line before the environment, that before the file, that before the default', () => {
    const file = { JPEG_QUALITY: '11' };
    const environment = { JPEG_QUALITY: '22' };
    const quality = (given: Parameters<typeof inputs>[0]) => loadConfig(inputs(given)).encoding.jpegQuality;
    assert.equal(quality({ file }), 11);
    assert.equal(quality({ file, environment }), 22);
    assert.equal(quality({ file, environment, 'command line': { JPEG_QUALITY: '33' } }), 33);
  });

  it('lists every problem at once, each with value, place and what is allowed', () => {
    const given: ConfigInputs = {
      ...NOTHING,
      argv: ['--port', '99999', '--jpg-quality=5', '--config', FILE],
      env: { MAX_CVT: '12abc', CORS: 'example.org' },
      readFile: () => 'VERBOSITY=1\nJPEG_QUALTY=5\nnonsense\nIIIF_VERSION=4',
    };
    assert.deepEqual(
      new Set(problemsOf(given)),
      new Set([
        '--port=99999 (command line): expected an integer from 0 to 65535',
        '--jpg-quality (command line): unknown option; did you mean --jpeg-quality?',
        'MAX_CVT=12abc (environment): expected an integer from -1 to 2147483647 (pixels)',
        'CORS=example.org (environment): expected *, off, or origins such as https://example.org, separated by commas',
        'JPEG_QUALTY (mezzotint.env, line 2): unknown setting; did you mean JPEG_QUALITY?',
        'mezzotint.env, line 3: expected NAME=value, quotes closed',
        'IIIF_VERSION=4 (mezzotint.env, line 4): expected 2 or 3',
      ]),
    );
  });

  it('ignores variables of the environment that are not its own', () => {
    assert.deepEqual(withEnv({ PATH: '/bin', JPEG_QUALTY: 'x' }), loadConfig(NOTHING));
  });

  it('counts an empty value as none, but not on the command line', () => {
    assert.equal(withEnv({ PORT: '', WORKERS: '' }).listen.port, 8080);
    assert.equal(problemsOf({ ...NOTHING, argv: ['--port='] }).length, 1);
    assert.equal(withEnv({ CACHE_CONTROL: '' }).http.cacheControl, '');
  });

  it('takes the misnamed variables of iipsrv, and refuses both names with different values', () => {
    assert.equal(withEnv({ MAX_IMAGE_METADATA_CACHE_SIZE: '7' }).caches.sourceCount, 7);
    const both = { MAX_METADATA_CACHE_SIZE: '7', MAX_IMAGE_METADATA_CACHE_SIZE: '8' };
    assert.match(problemsOf({ ...NOTHING, env: both })[0] ?? '', /same setting/);
    assert.equal(withEnv({ ...both, MAX_IMAGE_METADATA_CACHE_SIZE: '7' }).caches.sourceCount, 7);
  });

  it('reads several mappings of paths', () => {
    assert.deepEqual(withEnv({ URI_MAP: 'a=>IIP, /b/c/=>deepzoom,=>IIIF' }).http.uriMap, [
      { prefix: 'a', protocol: 'iip' },
      { prefix: 'b/c', protocol: 'deepzoom' },
      { prefix: '', protocol: 'iiif' },
    ]);
    for (const text of ['a=>WMS', 'a', 'a=>', 'a?b=>IIP', 'a=>IIP,', 'a b=>IIP']) {
      assert.equal(problemsOf({ ...NOTHING, env: { URI_MAP: text } }).length, 1, text);
    }
  });

  it('keeps the meanings that iipsrv gives to special values', () => {
    assert.equal(withEnv({ MAX_CVT: '-1' }).limits.maxSide, Number.POSITIVE_INFINITY);
    assert.equal(withEnv({ MAX_CVT: '0' }).limits.maxSide, 5000);
    assert.equal(withEnv({ MAX_LAYERS: '-1' }).limits.maxLayers, Number.POSITIVE_INFINITY);
    assert.equal(withEnv({ MAX_LAYERS: '3' }).limits.maxLayers, 3);
    assert.equal(withEnv({ MAX_METADATA_CACHE_SIZE: '-1' }).caches.sourceCount, Number.POSITIVE_INFINITY);
    assert.equal(withEnv({ MAX_IMAGE_CACHE_SIZE: '2.5' }).caches.imageBytes, 2_560_000);
    assert.equal(withEnv({ MAX_IMAGE_CACHE_SIZE: '0' }).caches.imageBytes, 0);
    assert.equal(withEnv({ TIFF_COMPRESSION: '4' }).encoding.tiffCompression, 'webp');
    assert.equal(withEnv({ AVIF_CODEC: '3' }).encoding.avifCodec, 'svt');
    assert.equal(withEnv({ INTERPOLATION: '0' }).limits.interpolation, 'nearest');
    assert.equal(withEnv({ INTERPOLATION: 'lanczos' }).limits.interpolation, 'lanczos');
    assert.throws(
      () => withEnv({ INTERPOLATION: '2' }),
      /0 \(nearest\), 1 \(linear\), or one of nearest, linear, cubic/,
    );
    assert.equal(withEnv({ MAX_ICC: '-1' }).metadata.maxIcc, Number.POSITIVE_INFINITY);
    assert.equal(withEnv({ MAX_ICC: '-1', EMBED_ICC: '0' }).metadata.maxIcc, 0);
    assert.deepEqual(withEnv({ MATTE: '#0080ff' }).encoding.matte, { red: 0, green: 128, blue: 255 });
    assert.throws(() => withEnv({ MATTE: 'white' }), /MATTE=white/);
    assert.equal(withEnv({ CORS: '' }).http.cors, 'off');
    assert.equal(withEnv({ OMP_NUM_THREADS: '3' }).threads, 3);
  });

  it('checks the level of a TIFF against its compression', () => {
    assert.match(problemsOf({ ...NOTHING, env: { TIFF_QUALITY: '10' } })[0] ?? '', /at most 9, .* Deflate/);
    assert.match(problemsOf({ ...NOTHING, env: { TIFF_QUALITY: '10', TIFF_COMPRESSION: '2' } })[0] ?? '', /at most 9/);
    assert.equal(withEnv({ TIFF_QUALITY: '90', TIFF_COMPRESSION: '3' }).encoding.tiffQuality, 90);
  });

  it('refuses the TIFF compression that cannot be written, saying why and what can', () => {
    assert.deepEqual(problemsOf({ ...NOTHING, env: { TIFF_COMPRESSION: '5' } }), [
      'TIFF_COMPRESSION=5 (environment): expected 0 (none), 1 (lzw), 2 (deflate), 3 (jpeg), 4 (webp); ' +
        '5 (zstd) only by request, as in QLT=zstd:3, and from Node.js 22.15 on',
    ]);
  });

  it('takes every TIFF compression that the encoder writes, and no other', () => {
    const taken = ['0', '1', '2', '3', '4'].map((text) => withEnv({ TIFF_COMPRESSION: text }).encoding.tiffCompression);
    assert.deepEqual(taken, WRITABLE_TIFF_COMPRESSIONS);
  });

  it('says that another AVIF encoder than aom has no effect', () => {
    for (const text of ['0', '1']) assert.deepEqual(withEnv({ AVIF_CODEC: text }).notices, []);
    for (const text of ['2', '3']) assert.match(withEnv({ AVIF_CODEC: text }).notices.join(), /^AVIF_CODEC: .*aom/);
  });

  it('accepts settings without effect and says so in one line each, without their values', () => {
    const { notices } = withEnv({
      MEMCACHED_SERVERS: 'secret.example',
      KAKADU_READMODE: '1',
      OMP_NUM_THREADS: '2',
      LOGFILE: 'syslog',
    });
    assert.deepEqual(notices.map((notice) => notice.split(':')[0]).sort(), [
      'KAKADU_READMODE',
      'LOGFILE',
      'MEMCACHED_SERVERS',
      'OMP_NUM_THREADS',
    ]);
    assert.ok(!notices.join().includes('secret'));
  });

  it('has one notice for every setting that is declared to be without effect', () => {
    const idle = SETTINGS.filter((setting) => setting.status && setting.default !== '');
    const { notices } = withEnv(Object.fromEntries(idle.map((setting) => [setting.name, setting.default])));
    assert.equal(notices.length, idle.length);
  });

  it('names a Redis address that is not valid, but never shows it', () => {
    const error = catchError({ ...NOTHING, env: { REDIS_URL: 'http://user:hunter2@cache' } });
    assert.match(error.message, /REDIS_URL/);
    assert.ok(!error.message.includes('hunter2'));
  });

  it('shows control characters of a value escaped and a long one cut', () => {
    const error = catchError({ ...NOTHING, env: { PORT: '\u001b[31m\n', MAX_CVT: 'x'.repeat(5000) } });
    assert.ok(!error.message.includes('\u001b') && error.message.length < 600);
    assert.equal(error.message.split('\n').length, 3);
  });

  it('says when the file cannot be read', () => {
    const readFile = () => {
      throw new Error('ENOENT: no such file');
    };
    assert.match(problemsOf({ ...NOTHING, env: { MEZZOTINT_CONFIG: '/x' }, readFile })[0] ?? '', /\/x.*ENOENT/);
  });
});

describe('where the server listens', () => {
  const tcp = (host: string, port: number) => ({ host, port, unixPath: undefined, backlog: 2048 });

  it('is HOST and PORT, or --bind', () => {
    assert.deepEqual(withEnv({ HOST: '::1', PORT: '81' }).listen, tcp('::1', 81));
    assert.deepEqual(withArgv('--bind', '127.0.0.1:9001').listen, tcp('127.0.0.1', 9001));
    assert.deepEqual(withArgv('--bind=[::]:9001').listen, tcp('::', 9001));
    const unix = withArgv('--bind', 'unix:/run/x.sock', '--backlog', '5').listen;
    assert.deepEqual(unix, { ...tcp('0.0.0.0', 8080), unixPath: '/run/x.sock', backlog: 5 });
  });

  it('is what the stronger place says', () => {
    assert.equal(loadConfig({ ...NOTHING, argv: ['--bind', 'a:1'], env: { PORT: '2' } }).listen.port, 1);
    assert.equal(loadConfig({ ...NOTHING, argv: ['--port', '3'], env: { BIND: 'a:1' } }).listen.port, 3);
    assert.match(problemsOf({ ...NOTHING, argv: ['--port', '3', '--bind', 'a:1'] })[0] ?? '', /only one/);
  });

  it('is refused when it is no address', () => {
    for (const bind of [
      '8080',
      ':80',
      'a:b',
      'a:65536',
      '::1:80',
      '[zz]:80',
      'unix:',
      `unix:/${'x'.repeat(107)}`,
      'a b:1',
    ]) {
      assert.equal(problemsOf({ ...NOTHING, argv: ['--bind', bind] }).length, 1, bind);
    }
  });
});

describe('the command line', () => {
  it('takes a folder, which is FILESYSTEM_PREFIX', () => {
    const { files } = loadConfig({ ...NOTHING, argv: ['/data'], env: { FILESYSTEM_PREFIX: '/other' } });
    assert.deepEqual(files.roots, [{ name: '', folder: '/data' }]);
    assert.deepEqual(withArgv('--port', '80', '--', '--odd').files.roots, [{ name: '', folder: '--odd' }]);
  });

  it('takes several folders with names, each once', () => {
    assert.deepEqual(withArgv('maps=/data/maps, books=/srv/b=c').files.roots, [
      { name: 'maps', folder: '/data/maps' },
      { name: 'books', folder: '/srv/b=c' },
    ]);
    assert.deepEqual(withArgv('/a=b,c=d').files.roots, [{ name: '', folder: '/a=b,c=d' }]);
    for (const given of ['maps=/a,/b', 'maps=/a,maps=/b', 'maps=/a,', 'maps=/a,.x=/b', 'maps=/a,b/c=/d']) {
      assert.equal(problemsOf({ ...NOTHING, argv: [given] }).length, 1, given);
    }
  });

  it('names the member of IIIF_EXTRA_INFO that is wrong', () => {
    const problemOf = (given: string) => problemsOf({ ...NOTHING, env: { IIIF_EXTRA_INFO: given } }).join();
    assert.match(problemOf('"width": 1'), /; "width" is what the server says itself$/);
    assert.match(
      problemOf('"seeAlso": {"id": "https://e.org"}'),
      /; "seeAlso" is not a list of objects with "id" and "type"$/,
    );
    assert.match(problemOf('"rights": "mine"'), /; "rights" is not the address of a licence or rights statement$/);
    assert.match(problemOf('"preferredFormats": "webp"'), /; "preferredFormats" is not a list of formats$/);
    assert.match(problemOf('"a": '), /; it is no JSON: /);
    assert.match(problemOf('[1]'), /; it is no JSON/);
    const { extra } = loadConfig({
      ...NOTHING,
      env: { IIIF_EXTRA_INFO: '"preferredFormats": ["webp"], "x": null' },
    }).iiif;
    assert.deepEqual(extra, { preferredFormats: ['webp'], x: null });
    assert.deepEqual(loadConfig({ ...NOTHING, env: { IIIF_EXTRA_INFO: '{"x": 1}' } }).iiif.extra, { x: 1 });
  });

  it('takes only addresses and networks for TRUSTED_PROXIES', () => {
    const peers = '10.0.0.0/8, 192.168.1.1,::1,fd00::/8,loopback,unix';
    const { trustedProxies } = loadConfig({ ...NOTHING, env: { TRUSTED_PROXIES: peers } }).http;
    assert.deepEqual(trustedProxies, ['10.0.0.0/8', '192.168.1.1', '::1', 'fd00::/8', 'loopback', 'unix']);
    for (const given of ['proxy.example', '10.0.0.0/33', '::1/129', '1.2.3', '10.0.0.0/8/1', '*', '10.0.0.1,']) {
      assert.equal(problemsOf({ ...NOTHING, env: { TRUSTED_PROXIES: given } }).length, 1, given);
    }
  });

  it('takes values that begin with a minus', () => {
    assert.equal(withArgv('--max-cvt', '-1', '/data').limits.maxSide, Number.POSITIVE_INFINITY);
  });

  it('refuses two folders, a missing value and a value given twice', () => {
    for (const argv of [
      ['/a', '/b'],
      ['--port'],
      ['--port', '--host', 'x'],
      ['--port', '1', '--port', '2'],
      ['-p', '80'],
    ]) {
      assert.notEqual(problemsOf({ ...NOTHING, argv }).length, 0, argv.join(' '));
    }
  });
});

describe('the file', () => {
  it('may hold comments, blank lines, quotes and either end of line', () => {
    const config = withFile(
      '\uFEFF# all\r\n\r\nJPEG_QUALITY = 20 # low\nFILESYSTEM_PREFIX="/my images#1"\nCACHE_CONTROL=\'a "b" # c\'\nCORS=https://a.example',
    );
    assert.equal(config.encoding.jpegQuality, 20);
    assert.deepEqual(config.files.roots, [{ name: '', folder: '/my images#1' }]);
    assert.equal(config.http.cacheControl, 'a "b" # c');
    assert.deepEqual(config.http.cors, ['https://a.example']);
  });

  it('cannot name another file, set something twice, or leave a quote open', () => {
    for (const text of ['MEZZOTINT_CONFIG=x', 'PORT=1\nPORT=2', 'CACHE_CONTROL="x', '=5']) {
      const given = { ...NOTHING, argv: ['--config', FILE], readFile: () => text };
      assert.equal(problemsOf(given).length, 1, text);
    }
  });
});

function catchError(given: ConfigInputs): ConfigError {
  try {
    loadConfig(given);
  } catch (error) {
    if (error instanceof ConfigError) return error;
  }
  return assert.fail('expected a ConfigError');
}
