/** Runs the built command line on a pseudo-terminal and answers its question. */
import { fileURLToPath } from 'node:url';
import { pythonInBackground } from './python.js';

const BIN = fileURLToPath(new URL('../../dist/main/bin.js', import.meta.url));

const TALK = `
import os, pty
pid, fd = pty.fork()
if pid == 0:
    os.execve(input["argv"][0], input["argv"], input["env"])
said = b""
asked = False
while True:
    try:
        more = os.read(fd, 65536)
    except OSError:
        break
    if not more:
        break
    said += more
    if not asked and b"[y/N]" in said:
        asked = True
        os.write(fd, input["answer"].encode())
_, status = os.waitpid(pid, 0)
print(json.dumps({"code": os.waitstatus_to_exitcode(status), "said": said.decode(), "asked": asked}))`;

/** How it ended, and all that was said. */
export async function answerCli(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  answer: string,
): Promise<{ readonly code: number; readonly said: string; readonly asked: boolean }> {
  const clean = { PATH: process.env['PATH'] ?? '', XDG_CONFIG_HOME: '/nonexistent', TERM: 'dumb', ...env };
  const input = { argv: [process.execPath, BIN, ...args], env: clean, answer };
  return (await pythonInBackground(TALK, input)) as { code: number; said: string; asked: boolean };
}
