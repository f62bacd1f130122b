import { allowedIn, GROUPS, namesOf, optionOf, type Setting } from './setting.ts';
import { SETTINGS } from './settings.ts';

const USAGE = `Mezzotint streams very large images to deep-zoom viewers.

Usage: mezzotint [DIR] [--option value ...]
       mezzotint convert IN... OUT_DIR   write pyramids of images ahead of time
       mezzotint info FILE...            print what the server sees of files, with advice
       (each has a --help of its own; a folder of that name is ./convert)

Examples:
  mezzotint                                  serve the sample images on port 8080
  mezzotint /data/images --port 9000         serve a folder of one's own
  mezzotint --bind unix:/run/mezzotint.sock  listen on a socket, behind a web server
  JPEG_QUALITY=90 mezzotint /data/images     set by the environment
  mezzotint --config /etc/mezzotint.env      set by a file of NAME=value lines

Every setting can be an option, an environment variable or a line of the file.
The command line comes before the environment, that before the file.

  -h, --help     show this text
      --version  show the version
`;

/** What `--help` prints: every setting by group. */
export function helpText(): string {
  const groups = GROUPS.map((group) => {
    const settings = SETTINGS.filter((setting) => setting.group === group);
    return `${group}:\n${settings.map(settingHelp).join('\n')}\n`;
  });
  return [USAGE, ...groups].join('\n');
}

function settingHelp(setting: Setting): string {
  const names = namesOf(setting);
  const written = `  ${names.map((name) => `--${optionOf(name)}`).join(', ')}  ${names.join(', ')}`;
  const facts = `Allowed: ${allowedIn(setting)}. Default: ${setting.defaultMeaning ?? (setting.default || 'empty')}.${statusText(setting)}`;
  return [written, ...wrap(`${setting.description} ${facts}`, 72).map((line) => `      ${line}`)].join('\n');
}

function statusText({ status }: Setting): string {
  return status ? ' Accepted without effect.' : '';
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
