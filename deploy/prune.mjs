// Leaves in the current folder only what the built server needs to run on Linux. For container images, after `npm run build`:
// development packages go, and of the libjpeg-turbo binding what only compiles it where no prebuilt library fits.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Dependencies that a package needs only while it is installed, by the package's name. */
const INSTALL_ONLY = { '@julusian/jpeg-turbo': ['cmake-js', 'node-addon-api'] };

/** Files that only builds, tests or other systems need. */
const LEFTOVERS = [
  'dist/tests',
  'dist/bench',
  'dist/.tsbuildinfo',
  'node_modules/.bin',
  'node_modules/.package-lock.json',
];

const root = process.cwd();
const kept = reachable(root);
for (const folder of packageFolders(join(root, 'node_modules'))) {
  if (!kept.has(folder)) remove(folder);
}
removeEmptyScopes(join(root, 'node_modules'));
for (const path of [...LEFTOVERS, ...foreignPrebuilds('node_modules/@julusian/jpeg-turbo')]) remove(join(root, path));

/** The folders of all packages that the one in `start` needs at run time, itself included. */
function reachable(start) {
  const found = new Set([start]);
  for (const folder of found) {
    for (const name of neededBy(folder)) {
      const dependency = locate(name, folder);
      if (dependency) found.add(dependency);
    }
  }
  return found;
}

function neededBy(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const names = Object.keys({
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
    ...manifest.peerDependencies,
  });
  return names.filter((name) => !INSTALL_ONLY[manifest.name]?.includes(name));
}

/** Where Node finds a package seen from a folder; undefined for an optional one that is not installed. */
function locate(name, from) {
  const candidate = join(from, 'node_modules', name);
  if (existsSync(join(candidate, 'package.json'))) return candidate;
  return from === root ? undefined : locate(name, resolve(dirname(from)));
}

/** Every installed package, the deeper ones first. */
function packageFolders(modules) {
  if (!existsSync(modules)) return [];
  const names = readdirSync(modules).filter((name) => !name.startsWith('.'));
  const folders = names.flatMap((name) => {
    const folder = join(modules, name);
    return name.startsWith('@') ? readdirSync(folder).map((scoped) => join(folder, scoped)) : [folder];
  });
  return folders.flatMap((folder) => [...packageFolders(join(folder, 'node_modules')), folder]);
}

/** Sources of the binding, and its libraries for other systems than Linux. */
function foreignPrebuilds(binding) {
  const prebuilds = join(binding, 'prebuilds');
  const names = existsSync(join(root, prebuilds)) ? readdirSync(join(root, prebuilds)) : [];
  const foreign = names.filter((name) => !name.includes('-linux-')).map((name) => join(prebuilds, name));
  return [...foreign, join(binding, 'src'), join(binding, 'CMakeLists.txt')];
}

function removeEmptyScopes(modules) {
  const scopes = readdirSync(modules).filter((name) => name.startsWith('@'));
  for (const scope of scopes) if (readdirSync(join(modules, scope)).length === 0) remove(join(modules, scope));
}

function remove(path) {
  rmSync(path, { recursive: true, force: true });
}
