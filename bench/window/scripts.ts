import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = fileURLToPath(new URL('../../scripts/', import.meta.url));

/** What scripts/ has for a real VS Code and a Chromium. */
export interface Scripts {
  readonly CHROMIUM_ARGUMENTS: string[];
  readonly NO_CHROMIUM: string;
  findChromium(): string | undefined;
  prepareServer(purpose: string): Promise<string | null>;
  environment(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
  startServer(folder: string, env: NodeJS.ProcessEnv): Promise<{ address: string; stop(): void }>;
  windowUrl(address: string, workspace: string, more?: readonly (readonly [string, string])[]): string;
}

async function load(name: string): Promise<object> {
  return (await import(pathToFileURL(path.join(folder, name)).href)) as object;
}

/** The scripts, with the Chromium that is there; null, with the reason said to `progress`, where it or VS Code's server is missing. */
export async function windowScripts(
  progress: (text: string) => void,
): Promise<(Scripts & { readonly executablePath: string }) | null> {
  const scripts = { ...(await load('chromium.mjs')), ...(await load('vscodeServer.mjs')) } as Scripts;
  const executablePath = scripts.findChromium();
  if (executablePath === undefined) {
    progress(`window: null, because ${scripts.NO_CHROMIUM}`);
    return null;
  }
  const problem = await scripts.prepareServer('Measuring the window');
  if (problem === null) return { ...scripts, executablePath };
  progress(`window: null, because ${problem}`);
  return null;
}
