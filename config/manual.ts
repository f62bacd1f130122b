import { allowedIn, GROUPS, namesOf, optionOf, type Setting } from './setting.ts';
import { SETTINGS } from './settings.ts';

const INTRODUCTION = `# Configuration

<!-- Written by "npm run docs" from the settings declared in config/. Do not edit. -->

Every setting can be given in three places, the first before the others:

1. on the command line: \`--jpeg-quality 90\` or \`--jpeg-quality=90\`;
2. in the environment: \`JPEG_QUALITY=90\`;
3. in a file named by \`--config FILE\` or \`MEZZOTINT_CONFIG\`, one \`NAME=value\` on a line. Values may stand in single or
   double quotes; \`#\` begins a comment at the start of a line or after a blank.

A folder on the command line is \`FILESYSTEM_PREFIX\`. Relative paths start from the folder the server is started in.

A value that is not allowed stops the start, and so does an unknown name in the file or on the command line; all problems
are listed at once. An empty value counts as none, except where empty text means something.

Settings marked *no effect yet* belong to features still to come, and those marked *no effect* to something that does not
exist here. Both are accepted and checked, and the log says so in one line at the start.
`;

/** The page docs/configuration.md. */
export function manualPage(): string {
  const sections = GROUPS.map((group) => {
    const rows = SETTINGS.filter((setting) => setting.group === group).map(row);
    return [`## ${group}\n`, '| Setting | Allowed | Default | Meaning |', '|---|---|---|---|', ...rows, ''].join('\n');
  });
  return [INTRODUCTION, ...sections].join('\n');
}

function row(setting: Setting): string {
  const names = namesOf(setting).map((name) => `\`${name}\`<br>\`--${optionOf(name)}\``);
  const cells = [names.join('<br>'), escapeCell(allowedIn(setting)), defaultCell(setting), meaning(setting)];
  return `| ${cells.join(' | ')} |`;
}

function defaultCell(setting: Setting): string {
  if (setting.defaultMeaning) return setting.defaultMeaning;
  return setting.default === '' ? 'empty' : `\`${setting.default}\``;
}

function meaning({ status, description }: Setting): string {
  if (!status) return escapeCell(description);
  return `${escapeCell(description)} *${status === 'planned' ? 'No effect yet.' : 'No effect.'}*`;
}

function escapeCell(text: string): string {
  return text.replace(/[|*]/g, '\\$&');
}
