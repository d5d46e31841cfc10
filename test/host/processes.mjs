/** The processes that a server of VS Code has started, by what they run. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** [id, process group, command] of every process. */
function processes() {
  if (!existsSync('/proc/self/stat')) {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,command='], { encoding: 'utf8' }).split('\n');
    return lines.map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)?.slice(1) ?? ['0', '0', '']);
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        // The name of the program stands in brackets and may hold anything.
        const [, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return [[pid, group, readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')]];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
}

/** Ids of the processes in a group whose command names `script`. */
export function childrenOf(group, script) {
  return processes()
    .filter(([, of, command]) => Number(of) === group && command.includes(script))
    .map(([pid]) => Number(pid));
}
