/** The public API of gapscan. */
export { scan } from './scan.js';
export type * from './scan-types.js';
export { REPORT_FORMATS, type ReportFormat } from './report/formats.js';
export {
  ConfigError,
  GapscanError,
  GuardError,
  InterruptedError,
  LockError,
  QueueError,
  ServerError,
  type ErrorCode,
  type ErrorDetails,
  type PlausibilityCheck,
} from './errors.js';
export { GAP_ACTIONS, GAP_KINDS, VERDICTS, type GapAction, type GapKind, type Verdict } from '../shared/verdicts.js';
