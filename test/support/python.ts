/** The consumer's own library, persist-queue, in the system's Python. */
import { execFile, spawnSync } from 'node:child_process';

const PYTHON = '/usr/bin/python3';
const PRELUDE = 'import sys, json\ninput = json.load(sys.stdin)\n';

/** Whether the library is there (Debian: python3-persist-queue). */
export const hasPersistQueue = spawnSync(PYTHON, ['-c', 'import persistqueue']).status === 0;

/** Says in a suite's name why it is skipped. */
export const because = hasPersistQueue ? '' : ' (skipped: python3-persist-queue is not installed)';

/** Runs Python code with JSON on stdin; returns the JSON it prints. */
export function python(code: string, input: unknown = null): unknown {
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', PRELUDE + code], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** The same without waiting for it. */
export async function pythonInBackground(code: string, input: unknown): Promise<unknown> {
  const child = execFile(PYTHON, ['-c', PRELUDE + code], { encoding: 'utf8' });
  child.stdin?.end(JSON.stringify(input));
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (text: string) => (stdout += text));
  child.stderr?.on('data', (text: string) => (stderr += text));
  const status = await new Promise((resolve) => child.on('close', resolve));
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Opens the queue in `input["queue"]` as Stash2Plex does. */
export const OPEN_QUEUE = `
from persistqueue import SQLiteAckQueue
q = SQLiteAckQueue(input["queue"], multithreading=True, auto_commit=True, auto_resume=False)
`;

/** Opens it, takes every job there is, and prints the scene ids in that order. */
export const DRAIN_QUEUE = `${OPEN_QUEUE}
done = []
while q.size > 0:
    job = q.get(block=False)
    done.append(job["scene_id"])
    q.ack(job)
print(json.dumps(done))`;
