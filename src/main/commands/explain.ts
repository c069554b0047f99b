/** The command `explain`. */
import { usageError } from '../cli/usage.js';
import { Problems } from '../config/problems.js';
import { readSettings } from '../config/read-settings.js';
import { resolveSettings } from '../config/settings.js';
import { OUTPUT_SETTINGS } from '../config/settings-table.js';
import type { Subject } from '../explain/explain.js';
import { explanationAsJson, explanationAsText } from '../explain/show-explanation.js';
import { Progress } from '../output/progress.js';
import { describeWarning } from '../output/summary.js';
import type { ScanEvent } from '../scan-types.js';
import type { CommandContext, CommandInput } from './context.js';
import { EXPLAIN_SETTINGS } from './own-settings.js';

const TABLE = { plex: EXPLAIN_SETTINGS.plex, json: OUTPUT_SETTINGS.json };

/** Explains a scene; returns the exit code. @throws GapscanError */
export async function explainCommand({ flags, words }: CommandInput, context: CommandContext): Promise<number> {
  const { env, signal, terminal } = context;
  const problems = new Problems();
  const { plex, json } = readSettings(TABLE, { flags, env }, problems).values;
  problems.throwIfAny();
  const subject = subjectOf(words[0], plex);
  const scanFlags = new Map([...flags].filter(([flag]) => flag !== EXPLAIN_SETTINGS.plex.flag));
  const settings = await resolveSettings({ flags: scanFlags, env, signal, keepSecret: terminal.keepSecret });
  const { explainScene } = await import('../explain/explain.js');
  const progress = new Progress(terminal);
  const onEvent = (event: ScanEvent): void => {
    progress.handle(event);
    if (event.type === 'warning') terminal.complain(`Warning: ${describeWarning(event.warning)}`);
  };
  try {
    const explanation = await explainScene({ ...settings.options, onEvent, signal }, subject);
    if (json === true) terminal.resultJson(explanationAsJson(explanation));
    else terminal.result(explanationAsText(explanation, Date.now() / 1000));
    return 0;
  } finally {
    terminal.clearLive();
  }
}

function subjectOf(word: string | undefined, ratingKey: string | undefined): Subject {
  if (word !== undefined && ratingKey !== undefined) {
    throw usageError('Expected a scene or --plex, got both', 'Say which one is meant.');
  }
  if (word !== undefined && word.trim() !== '') return { scene: word };
  if (ratingKey !== undefined) return { ratingKey };
  throw usageError(
    'Expected a scene, got nothing',
    'Give its id or the path of one of its files, or a rating key with --plex: gapscan explain 12',
  );
}
