/** The command `doctor`: looks at everything a scan rests on, changes nothing, and says what to do. */
import pc from 'picocolors';
import { resolveLocalPaths } from '../config/local-paths.js';
import { OUTPUT_SETTINGS } from '../config/settings-table.js';
import { Problems } from '../config/problems.js';
import { readSettings } from '../config/read-settings.js';
import { CHECK_IDS, type CheckId, type Finding } from '../doctor/check.js';
import { examine } from '../doctor/examine.js';
import { sanitize } from '../output/sanitize.js';
import type { CommandContext, CommandInput } from './context.js';

/** Runs every check; returns the exit code: 1 if one fails. @throws ConfigError for wrong flags alone */
export async function doctorCommand({ flags }: CommandInput, context: CommandContext): Promise<number> {
  const { env, signal, terminal } = context;
  const problems = new Problems();
  const { json } = readSettings(OUTPUT_SETTINGS, { flags, env }, problems).values;
  problems.throwIfAny();
  const setup = { flags, env, signal, keepSecret: terminal.keepSecret };
  terminal.draw('Looking ...');
  const findings = await examine(setup, () => resolveLocalPaths(setup));
  terminal.clearLive();
  const checks = CHECK_IDS.map((id) => ({ id, ...findings[id] }));
  if (json === true) terminal.resultJson({ schema: 'gapscan.doctor/1', checks });
  else terminal.result(asText(findings, terminal.color));
  return checks.some(({ status }) => status === 'fail') ? 1 : 0;
}

function asText(findings: Readonly<Record<CheckId, Finding>>, color: boolean): string {
  const colors = pc.createColors(color);
  const paint = { pass: colors.green, warn: colors.yellow, fail: colors.red };
  return CHECK_IDS.flatMap((id) => {
    const { status, message, fix } = findings[id];
    const line = `${paint[status](status)}  ${id.padEnd(16)} ${sanitize(message)}`;
    return fix === null ? [line] : [line, `      ${''.padEnd(16)} ${sanitize(fix)}`];
  }).join('\n');
}
