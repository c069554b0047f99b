/** How a report line ends: with what is only known when the queue has decided. */
import { Job } from '../../shared/engine/layout.js';
import type { LineEnd } from '../../shared/report-line.js';
import { unreachable } from '../../shared/unreachable.js';
import type { GapAction, ReasonCode, Verdict } from '../../shared/verdicts.js';
import { nextStepOf } from '../../workers/judgement/reasons.js';

/** The end as JSON, which closes the object that a head has opened. */
export function closeLine({ action, nextStep, missing }: LineEnd): string {
  return `,"action":${JSON.stringify(action)},"nextStep":${JSON.stringify(nextStep)},"missing":${JSON.stringify(missing)}}`;
}

/** How the line of a scene ends, unless it is missing and more can be said. */
export function lineEndOf(verdict: Verdict, code: ReasonCode, action: GapAction | null): LineEnd {
  return { action, nextStep: nextStepOf({ verdict, code, action }), missing: null };
}

/** What becomes of a gap that is staged so, unless the queue decides otherwise. */
export function actionOf(job: Job): GapAction | null {
  switch (job) {
    case Job.NoGap:
      return null;
    case Job.Written:
      return 'enqueued';
    case Job.NotSelected:
      return 'not_selected';
    case Job.Withheld:
      return 'withheld';
    case Job.UnsafeName:
      return 'unsafe_name';
    default:
      return unreachable(job);
  }
}
