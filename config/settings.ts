import { IMAGE_SETTINGS } from './image-settings.ts';
import { SERVER_SETTINGS } from './server-settings.ts';
import { namesOf, optionOf, type Setting } from './setting.ts';

/** Everything that can be set. */
export const SETTINGS: readonly Setting[] = [...Object.values(SERVER_SETTINGS), ...Object.values(IMAGE_SETTINGS)];

/** The setting of an environment variable or of a name in the file. */
export function settingNamed(name: string): Setting | undefined {
  return SETTINGS.find((setting) => namesOf(setting).includes(name));
}

/** The names as the command line writes them, without the dashes. */
export function optionNames(): string[] {
  return SETTINGS.flatMap((setting) => namesOf(setting).map(optionOf));
}

/** The setting of an option, given without its dashes. */
export function settingOfOption(option: string): Setting | undefined {
  return SETTINGS.find((setting) => namesOf(setting).some((name) => optionOf(name) === option));
}
