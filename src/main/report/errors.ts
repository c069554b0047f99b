/** What can be wrong with the files of a report, in words. */
import { ConfigError, isFileError } from '../errors.js';

/** The temporary file for report lines cannot be used; anything else than a file error is passed on. */
export function spoolFailure(cause: unknown): unknown {
  if (!isFileError(cause)) return cause;
  return new ConfigError(`The report cannot be prepared in the directory for temporary files: ${cause.message}`, {
    code: 'report_unwritable',
    hint: 'Nothing was queued. Free space there, or name another directory with TMPDIR.',
    cause,
  });
}
