/** Runs a command with what follows its name. @returns the exit code */
export type RunCommand = (argv: readonly string[], env: NodeJS.ProcessEnv) => Promise<number>;

/** What the program can do beside serving. */
interface CommandEntry {
  readonly name: string;
  /** Loaded when it is called: a server needs none of it. */
  load(): Promise<RunCommand>;
}

/** A folder of such a name is served as `./convert`. */
const COMMANDS: readonly CommandEntry[] = [
  { name: 'convert', load: async () => (await import('./convert/convert.ts')).convert },
  { name: 'info', load: async () => (await import('./info/info.ts')).info },
];

/** The command that the first word of a command line names, if it is one. */
export function findCommand([name]: readonly string[]): CommandEntry | undefined {
  return COMMANDS.find((command) => command.name === name);
}
